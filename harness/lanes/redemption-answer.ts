import type { Credential } from "../model/credential.ts";
import type { RedemptionAnswer } from "../model/event.ts";
import { jsonOr } from "../model/json.ts";

/** Answers that say "not now": RFC 9110 408, 429 and the 5xx. */
const TRANSIENT = (status: number) => status === 408 || status === 429 || status >= 500;

/** What is said of the client says nothing of the token (RFC 6749 §5.2). */
const CLIENT_ERRORS: ReadonlySet<unknown> = new Set(["invalid_client", "unauthorized_client", "unsupported_grant_type"]);

/**
 * What an answer of the token endpoint means to the client that has presented a refresh token.
 *
 * @param refreshTokenIn finds the successor in the answer's body
 *
 * @example
 * ```ts
 * const token = { type: "refresh-token", user: "user_ada", session: "s1", family: "F1", generation: 0, sibling: 0 } as const;
 * redemptionAnswer(token, { status: 503, body: "" }, () => null); // { kind: "fault", detail: "status 503" }
 * ```
 */
export function redemptionAnswer(
  token: Credential,
  { status, body }: { readonly status: number; readonly body: string },
  refreshTokenIn: (text: string) => Credential | null,
): RedemptionAnswer {
  if (TRANSIENT(status)) return { kind: "fault", detail: `status ${status}` };
  const json = jsonOr(body, undefined);
  if (status < 300 && json === undefined) return { kind: "fault", detail: "a body that is no JSON" };
  // An issuer that does not rotate leaves the token out: the one presented lives on.
  if (status < 300) return { kind: "issued", successor: refreshTokenIn(body) ?? token };
  const code = (json as { error?: unknown } | null | undefined)?.error;
  return CLIENT_ERRORS.has(code) ? { kind: "fault", detail: String(code) } : { kind: "rejected" };
}
