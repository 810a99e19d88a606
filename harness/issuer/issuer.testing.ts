import { createHash } from "node:crypto";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { createIssuer, type Issuer, type IssuerEvent, type IssuerOptions } from "./issuer.ts";
import { profiles } from "./profiles.ts";

// For tests alone, and therefore allowed to know the fixtures.

export const ORIGIN = "https://api.workos.test";
export const API_KEY = "sk_test_0123456789";
export const CLIENT_ID = "client_test";
export const CALLBACK = "https://app.test/callback";
/** Not a whole second, so that a test sees what `iat` and `exp` are rounded to. */
export const START = 1_750_000_000_250;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
  readonly body: any;
}

export interface Pair {
  readonly refresh: string;
  readonly access: string;
}

/** An issuer with a clock that stands still, counted randomness, and helpers that speak its wire. */
export interface Bench {
  readonly issuer: Issuer;
  readonly events: IssuerEvent[];
  /** The names given to secrets so far. */
  readonly names: Map<string, string>;
  advance(ms: number): void;
  now(): number;
  send(path: string, init?: RequestInit): Promise<Reply>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  authorize(query?: Record<string, string | null>): Promise<Reply>;
  /** A code for Ada, or for whomever the query names. */
  code(query?: Record<string, string | null>): Promise<string>;
  authenticate(body: Record<string, unknown>): Promise<Reply>;
  signIn(email?: string): Promise<Pair>;
  refresh(token: string): Promise<Reply>;
  /** The sessions in one line: `F1: g0 spent, g1 live | F2 ended (reuse)`. */
  summary(): string;
}

export function bench(overrides: Partial<IssuerOptions> = {}): Bench {
  const names = new Map<string, string>();
  const events: IssuerEvent[] = [];
  let now = START;
  let draws = 0;
  const issuer = createIssuer({
    profile: profiles.workos,
    origin: ORIGIN,
    issuer: "https://api.workos.com",
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    accessTokenLifetime: 300_000,
    users,
    keys: signingKeys,
    interactive: false,
    now: () => now,
    randomBytes: (length) => createHash("sha256").update(`draw ${++draws}`).digest().subarray(0, length),
    name: (secret, label) => names.set(secret, label),
    journal: (event) => events.push(event),
    ...overrides,
  });

  async function send(path: string, init?: RequestInit): Promise<Reply> {
    const response = await issuer.fetch(new Request(new URL(path, ORIGIN), init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === "" ? null : JSON.parse(text) };
  }

  const post: Bench["post"] = (path, body, headers) =>
    send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });

  const authorize: Bench["authorize"] = (query = {}) => {
    const all = { client_id: CLIENT_ID, redirect_uri: CALLBACK, response_type: "code", login_hint: users[0].email, ...query };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    return send(`/user_management/authorize?${new URLSearchParams(given)}`);
  };

  const code: Bench["code"] = async (query) => {
    const location = new URL((await authorize(query)).headers.get("location") ?? "no redirect:");
    return location.searchParams.get("code") ?? "";
  };

  const authenticate: Bench["authenticate"] = (body) =>
    post("/user_management/authenticate", { client_id: CLIENT_ID, client_secret: API_KEY, ...body });

  return {
    issuer,
    events,
    names,
    advance: (ms) => {
      now += ms;
    },
    now: () => now,
    send,
    post,
    authorize,
    code,
    authenticate,
    async signIn(email = users[0].email) {
      const reply = await authenticate({ grant_type: "authorization_code", code: await code({ login_hint: email }) });
      return { refresh: reply.body.refresh_token, access: reply.body.access_token };
    },
    refresh: (token) => authenticate({ grant_type: "refresh_token", refresh_token: token }),
    summary: () => summary(issuer.state()),
  };
}

function summary(state: unknown): string {
  const { sessions } = state as { sessions: { family: string; ended: string | null; tokens: [string, unknown][] }[] };
  const one = ({ family, ended, tokens }: (typeof sessions)[number]) => {
    if (ended !== null) return `${family} ended (${ended})`;
    const places = tokens.map(([label, at]) => `${label.slice(`RT ${family}.`.length)} ${word(at)}`);
    return `${family}: ${places.join(", ")}`;
  };
  return sessions.map(one).join(" | ");
}

/** A token that is neither live nor done for is in a grace, whatever ends it. */
function word(state: unknown): string {
  const [first] = Array.isArray(state) ? state : [state];
  return ["live", "spent", "revoked", "expired", "being spent"].find((one) => one === first) ?? "grace";
}
