/**
 * Why a request is not authenticated. The set is closed, so that a log can be counted and a test can be complete; nothing of the
 * token is in it. Each comes with the sentence that the caller is told.
 */
export const REJECTIONS = {
  authorization_missing: "Send the access token as `Authorization: Bearer <token>`.",
  authorization_malformed: "The Authorization header is not `Bearer <token>`.",
  token_too_large: "The access token is too large.",
  token_malformed: "The access token is not a well-formed JWT.",
  duplicate_names: "The access token names a member twice.",
  algorithm_not_allowed: "The access token must be signed with RS256.",
  header_not_supported: "The access token's header asks for an extension that is not supported.",
  type_not_allowed: "The token is of another type than an access token.",
  unknown_key: "The access token is signed with a key that is not the issuer's.",
  key_ambiguous: "The access token does not say which of the issuer's keys signed it.",
  signature_invalid: "The access token's signature is wrong.",
  issuer_not_allowed: "The access token is from another issuer.",
  client_mismatch: "The access token is for another client.",
  audience_mismatch: "The access token is for another audience.",
  claim_malformed: "The access token holds a claim of the wrong shape.",
  expiry_missing: "The access token has no end.",
  expired: "The access token has expired.",
  not_yet_valid: "The access token is not valid yet.",
  subject_missing: "The access token names no user.",
  identity_missing: "The access token names neither a token nor a session.",
  user_not_found: "There is no such user.",
  user_mismatch: "The issuer knows the user under another id.",
  email_missing: "The user has no email address.",
} as const;

/** One reason of {@link REJECTIONS}. */
export type RejectionReason = keyof typeof REJECTIONS;

/** What must answer before anything can be said. */
export type Dependency = "keys" | "users" | "repository";

/** The credential is no good: 401. */
export interface Rejected {
  readonly kind: "rejected";
  readonly reason: RejectionReason;
}

/** No verdict is possible now: 503, never 401. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly dependency: Dependency;
  /** For an operator; quotes nothing of a token, a user or an answer. */
  readonly said: string;
  /** Seconds. */
  readonly retryAfter: number;
}

export type Refusal = Rejected | Unavailable;

/** What the callback and the reads tell an operator. There is no token, user id or email in any of it. */
export type LogEntry =
  | { readonly event: "rejected"; readonly reason: RejectionReason }
  | { readonly event: "unavailable"; readonly dependency: Dependency; readonly said: string }
  | { readonly event: "conflict"; readonly code: "idempotency_in_flight" | "idempotency_key_reused" }
  /** A session or a sign-in came to no verdict, or the app and the issuer do not fit together. */
  | { readonly event: "session"; readonly outcome: "unavailable" | "misconfigured"; readonly said: string }
  /** `error` is the name and code of what was thrown; its message may quote a statement's values. */
  | { readonly event: "failed"; readonly error: string };

export type Log = (entry: LogEntry) => void;

/** Seconds that a client is asked to wait when the dependency named no time. */
const DEFAULT_RETRY_AFTER = 5;

export function rejected(reason: RejectionReason): Rejected {
  return { kind: "rejected", reason };
}

/** @param retryAfter seconds; null for {@link DEFAULT_RETRY_AFTER} */
export function unavailable(dependency: Dependency, said: string, retryAfter: number | null): Unavailable {
  // A client that is told to come back at once would hammer what is down.
  return { kind: "unavailable", dependency, said, retryAfter: Math.max(1, Math.ceil(retryAfter ?? DEFAULT_RETRY_AFTER)) };
}

/** Tells the log of a refusal and passes it on. */
export function logged(log: Log, refusal: Refusal): Refusal {
  if (refusal.kind === "rejected") log({ event: "rejected", reason: refusal.reason });
  else log({ event: "unavailable", dependency: refusal.dependency, said: refusal.said });
  return refusal;
}
