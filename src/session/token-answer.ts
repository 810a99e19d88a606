import { issuerWords } from "./issuer-words.ts";

/** What the issuer's token endpoint answered, as the session must understand it. */
export type TokenAnswer =
  | {
      readonly kind: "issued";
      readonly accessToken: string;
      /** Null when the issuer does not rotate and left it out. */
      readonly refreshToken: string | null;
      /** Seconds that the refresh token lives from now on; null when the issuer does not say. */
      readonly refreshTokenLifetime: number | null;
    }
  /** The presented code or refresh token is not good (any more). */
  | { readonly kind: "rejected"; readonly said: string }
  /** The issuer objects to the request or the client, not to the user: a drifted secret, a wrong client id. `said` is its own words. */
  | { readonly kind: "misconfigured"; readonly said: string }
  | TokenFault;

/** An infrastructure fault: no verdict. */
export interface TokenFault {
  readonly kind: "unavailable";
  readonly said: string;
  /** Seconds; null when the issuer named none. */
  readonly retryAfter: number | null;
  /**
   * What is known of the issuer's part:
   *
   * - `unreached`: the request never got there, so it can be sent again;
   * - `declined`: the issuer has not acted, and does not want to be asked again at once;
   * - `unknown`: it may have acted, and its answer may be the only copy of a successor.
   */
  readonly issuer: "unreached" | "declined" | "unknown";
}

/** One HTTP answer, reduced to what the table below looks at. */
export interface TokenReply {
  readonly status: number;
  /** The body, when it is one complete JSON object; null for HTML, truncated JSON, an empty body. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  /** Strings that must not reach an error text, should the issuer echo them. */
  readonly secrets: readonly string[];
}

const MAX_RETRY_AFTER = 3600; // Seconds.

interface Row {
  readonly when: (reply: TokenReply) => boolean;
  readonly answer: (reply: TokenReply) => TokenAnswer;
}

/** Issuers whose answers mean something else than the standard says. */
export type Dialect = "standard" | "auth0" | "cognito" | "dex" | "hydra" | "supabase" | "zitadel";

/**
 * Where an issuer departs from the table below (field notes §2). These rows go first.
 */
const DIALECTS: Readonly<Record<Dialect, readonly Row[]>> = {
  standard: [],
  // Auth0 answers a spent or revoked refresh token with 403.
  auth0: [{ when: ({ status, json }) => status === 403 && json?.error === "invalid_grant", answer: rejected }],
  // Cognito names its exceptions, and has one of its own for reuse.
  cognito: [{ when: ({ status, json }) => status === 400 && json?.error === "RefreshTokenReuseException", answer: rejected }],
  // Dex says `invalid_request` of a refresh token that is spent, unknown or too old; of a request that it cannot read too, in other words.
  dex: [
    {
      when: ({ status, json }) =>
        status === 400 && json?.error === "invalid_request" && /^Refresh token /.test(String(json.error_description)),
      answer: rejected,
    },
  ],
  // Hydra's loser of a race is told to try again, under a code that elsewhere means a bad request.
  hydra: [{ when: ({ status, json }) => status === 400 && json?.error === "invalid_request", answer: declined }],
  supabase: [
    {
      when: ({ status, json }) => status === 400 && SUPABASE_ENDS.has(String(json?.error_code ?? json?.code ?? json?.error)),
      answer: rejected,
    },
    // Its lock on the token was held by somebody else for more than five seconds.
    { when: ({ status }) => status === 409, answer: declined },
  ],
  // Zitadel says either for a spent refresh token.
  zitadel: [{ when: ({ status, json }) => status === 400 && json?.error === "invalid_request", answer: rejected }],
};

/** Every dialect by its name. */
export const DIALECT_NAMES = Object.keys(DIALECTS) as readonly Dialect[];

/** Supabase Auth's error codes for a session that is over. */
const SUPABASE_ENDS: ReadonlySet<string> = new Set([
  "refresh_token_already_used",
  "refresh_token_not_found",
  "session_expired",
  "session_not_found",
]);

/**
 * The first row that applies decides. The status goes before the body, because a proxy's 502 may carry any body; and nothing
 * but a complete, well-formed `invalid_grant` is ever a verdict on the user's session.
 *
 * Sources: RFC 6749 §5.2; WorkOS `docs/authkit/session-resilience` (400 `invalid_grant` terminal; 408, 429, 5xx transient).
 */
const TABLE: readonly Row[] = [
  // Contention or a limit: the issuer says that it has not acted.
  { when: ({ status }) => status === 429, answer: declined },
  { when: ({ status, retryAfter }) => status === 503 && retryAfter !== null, answer: declined },
  { when: ({ status }) => status === 408 || status >= 500, answer: (reply) => fault(reply, `the issuer answered ${reply.status}`) },
  {
    when: ({ json }) => json === null,
    answer: (reply) => fault(reply, `the issuer answered ${reply.status} with a body that is not one complete JSON object`),
  },
  {
    when: ({ status, json }) => isSuccess(status) && isText(json?.access_token),
    answer: ({ json }) => ({
      kind: "issued",
      accessToken: String(json?.access_token),
      refreshToken: isText(json?.refresh_token) ? json.refresh_token : null,
      refreshTokenLifetime: lifetime(json?.refresh_token_expires_in) ?? lifetime(json?.refresh_expires_in),
    }),
  },
  {
    when: ({ status }) => isSuccess(status),
    answer: (reply) => fault(reply, `the issuer answered ${reply.status} without an access_token`),
  },
  { when: ({ status, json }) => status === 400 && json?.error === "invalid_grant", answer: rejected },
  { when: () => true, answer: (reply) => ({ kind: "misconfigured", said: words(reply) }) },
];

/**
 * Classifies an answer of the token endpoint by an explicit table.
 *
 * @example
 * ```ts
 * classifyReply({ status: 400, json: { error: "invalid_grant" }, retryAfter: null, secrets: [] }); // { kind: "rejected", said: "invalid_grant" }
 * ```
 */
export function classifyReply(reply: TokenReply, dialect: Dialect = "standard"): TokenAnswer {
  const row = [...DIALECTS[dialect], ...TABLE].find(({ when }) => when(reply));
  if (row === undefined) throw new Error("unreachable: the last row takes everything");
  return row.answer(reply);
}

function rejected(reply: TokenReply): TokenAnswer {
  return { kind: "rejected", said: words(reply) };
}

function declined(reply: TokenReply): TokenAnswer {
  return { kind: "unavailable", said: `the issuer answered ${reply.status}`, retryAfter: reply.retryAfter, issuer: "declined" };
}

function fault({ retryAfter }: TokenReply, said: string): TokenAnswer {
  return { kind: "unavailable", said, retryAfter, issuer: "unknown" };
}

/**
 * The wait that a `Retry-After` header asks for (RFC 9110 §10.2.3).
 *
 * @param header Seconds or an HTTP date; null when absent.
 * @param now Milliseconds since the epoch.
 * @returns Whole seconds, at most an hour; null when absent or unintelligible.
 *
 * @example
 * ```ts
 * parseRetryAfter("7", Date.now()); // 7
 * ```
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  let seconds = Number.NaN;
  if (/^\d+$/.test(text)) seconds = Number(text);
  // Every HTTP date ends so; without the check, engines take almost any text for some date.
  else if (text.endsWith("GMT")) seconds = Math.ceil((Date.parse(text) - now) / 1000);
  // An issuer that asks for a day would lock a session out long after it is back.
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, seconds), MAX_RETRY_AFTER);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Seconds. No standard has a member for it: most issuers that say it call it `refresh_token_expires_in`, Keycloak `refresh_expires_in`,
 * which is 0 for an offline token that has no end.
 */
function lifetime(value: unknown): number | null {
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(seconds) && (seconds as number) > 0 ? (seconds as number) : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** OAuth's `error` and `error_description`, or WorkOS's `code` and `message`. */
function words({ status, json, secrets }: TokenReply): string {
  const said = issuerWords([json?.error ?? json?.code, json?.error_description ?? json?.message], secrets);
  return said === "" ? `status ${status} without an error code` : said;
}
