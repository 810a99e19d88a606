import { type FetchPorts, fetchJson } from "../keys/fetch-json.ts";
import { type Refusal, rejected, unavailable } from "./refusal.ts";
import { readText, type Text } from "./text.ts";

const MAX_EMAIL = 254; // Characters (RFC 5321 §4.5.3.1.3).
const DEFAULT_TIMEOUT = 5_000; // Milliseconds; a person waits for this.

export interface UserDirectoryOptions {
  /** Origin of the WorkOS API, for instance `https://api.workos.com`. */
  readonly origin: string;
  /** The WorkOS API key. */
  readonly apiKey: string;
  readonly ports: FetchPorts;
  /** Milliseconds; default 5 s. */
  readonly timeout?: number;
}

/** The canonical email of a user. Never rejects; a fault is an answer too. */
export type FindEmail = (userId: Text) => Promise<{ readonly kind: "found"; readonly email: Text } | Refusal>;

/**
 * Asks WorkOS for a user: `GET {origin}/user_management/users/{id}` with the API key.
 *
 * Only a JSON 404 says that there is no such user; a 401 or 403 is about our key, and any other status about nothing we know,
 * so they are outages and not verdicts.
 *
 * @example
 * ```ts
 * const findEmail = createUserDirectory({ origin: "https://api.workos.com", apiKey, ports });
 * const found = await findEmail(token.userId);
 * ```
 */
export function createUserDirectory(options: UserDirectoryOptions): FindEmail {
  const { origin, ports, timeout = DEFAULT_TIMEOUT } = options;
  const headers = { authorization: `Bearer ${options.apiKey}` };

  return async (userId) => {
    const answer = await fetchJson(ports, { url: `${origin}/user_management/users/${encodeURIComponent(userId)}`, headers, timeout });
    if (answer.kind === "unavailable") return unavailable("users", answer.said, answer.retryAfter);
    if (answer.status === 404) return rejected("user_not_found");
    if (answer.status !== 200) return unavailable("users", `the answer was ${answer.status}`, null);

    const user = answer.body as { readonly id?: unknown; readonly email?: unknown } | null;
    if (typeof user?.id !== "string") return unavailable("users", "the answer was 200 without a user", null);
    if (user.id !== userId) return rejected("user_mismatch");
    const email = readEmail(user.email);
    return email === null ? rejected("email_missing") : { kind: "found", email };
  };
}

/** An email address as far as one can tell from its looks; null otherwise. */
export function readEmail(value: unknown): Text | null {
  const text = readText(value, MAX_EMAIL);
  return typeof text === "string" && /^[^\s@]+@[^\s@]+$/.test(text) ? text : null;
}
