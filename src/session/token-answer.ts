import { issuerWords } from "./issuer-words.ts";

/** What the issuer's token endpoint answered, as the session must understand it. */
export type TokenAnswer =
  /** `refreshToken` is null when the issuer does not rotate and left it out. */
  | { readonly kind: "issued"; readonly accessToken: string; readonly refreshToken: string | null }
  /** The presented code or refresh token is not good (any more). */
  | { readonly kind: "rejected"; readonly said: string }
  /** The issuer objects to the request or the client, not to the user: a drifted secret, a wrong client id. `said` is its own words. */
  | { readonly kind: "misconfigured"; readonly said: string }
  /** An infrastructure fault: no verdict. `retryAfter` in seconds, null when the issuer named none. */
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number | null };

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

/**
 * The first row that applies decides. The status goes before the body, because a proxy's 502 may carry any body; and nothing
 * but a complete, well-formed `invalid_grant` is ever a verdict on the user's session.
 *
 * Sources: RFC 6749 §5.2; WorkOS `docs/authkit/session-resilience` (400 `invalid_grant` terminal; 408, 429, 5xx transient).
 */
const TABLE: readonly Row[] = [
  {
    when: ({ status }) => status === 408 || status === 429 || status >= 500,
    answer: ({ status, retryAfter }) => ({ kind: "unavailable", said: `the issuer answered ${status}`, retryAfter }),
  },
  {
    when: ({ json }) => json === null,
    answer: ({ status, retryAfter }) => ({
      kind: "unavailable",
      said: `the issuer answered ${status} with a body that is not one complete JSON object`,
      retryAfter,
    }),
  },
  {
    when: ({ status, json }) => isSuccess(status) && isText(json?.access_token),
    answer: ({ json }) => ({
      kind: "issued",
      accessToken: String(json?.access_token),
      refreshToken: isText(json?.refresh_token) ? json.refresh_token : null,
    }),
  },
  {
    when: ({ status }) => isSuccess(status),
    answer: ({ status, retryAfter }) => ({
      kind: "unavailable",
      said: `the issuer answered ${status} without an access_token`,
      retryAfter,
    }),
  },
  {
    when: ({ status, json }) => status === 400 && json?.error === "invalid_grant",
    answer: (reply) => ({ kind: "rejected", said: words(reply) }),
  },
  {
    when: () => true,
    answer: (reply) => ({ kind: "misconfigured", said: words(reply) }),
  },
];

/**
 * Classifies an answer of the token endpoint by an explicit table.
 *
 * @example
 * ```ts
 * classifyReply({ status: 400, json: { error: "invalid_grant" }, retryAfter: null, secrets: [] }); // { kind: "rejected", said: "invalid_grant" }
 * ```
 */
export function classifyReply(reply: TokenReply): TokenAnswer {
  const row = TABLE.find(({ when }) => when(reply));
  if (row === undefined) throw new Error("unreachable: the last row takes everything");
  return row.answer(reply);
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

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** OAuth's `error` and `error_description`, or WorkOS's `code` and `message`. */
function words({ status, json, secrets }: TokenReply): string {
  const said = issuerWords([json?.error ?? json?.code, json?.error_description ?? json?.message], secrets);
  return said === "" ? `status ${status} without an error code` : said;
}
