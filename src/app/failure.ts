import type { Refusal } from "../callback/refusal.ts";
import { REJECTIONS } from "../callback/refusal.ts";

/** Every way in which the API refuses, with its status. The set is closed: a caller may switch over it. */
export const FAILURES = {
  invalid_request: 400,
  organization_required: 400,
  not_authenticated: 401,
  not_a_member: 403,
  no_organization: 403,
  not_found: 404,
  method_not_allowed: 405,
  idempotency_in_flight: 409,
  idempotency_key_reused: 409,
  slug_taken: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  internal_error: 500,
  unavailable: 503,
} as const;

export type FailureCode = keyof typeof FAILURES;

/**
 * Thrown by a handler, and answered as `{ error: { code, message } }` with the status of its code.
 *
 * @example
 * ```ts
 * const failure = new ApiFailure("slug_taken", "There is a project with this slug.");
 * failure.toResponse().status; // 409
 * ```
 */
export class ApiFailure extends Error {
  readonly code: FailureCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: FailureCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "ApiFailure";
    this.code = code;
    this.headers = headers;
  }

  toResponse(): Response {
    const body = JSON.stringify({ error: { code: this.code, message: this.message } });
    return new Response(body, { status: FAILURES[this.code], headers: { "content-type": "application/json", ...this.headers } });
  }
}

/** A refusal as its answer: 401 for a credential that is no good, 503 for an outage, and never one for the other. */
export function failureOf(refusal: Refusal): ApiFailure {
  if (refusal.kind === "unavailable") {
    const message = "Something that this needs does not answer. Try again later.";
    return new ApiFailure("unavailable", message, { "retry-after": String(refusal.retryAfter) });
  }
  // Without a credential there is nothing to call invalid (RFC 6750 §3.1).
  const challenge = refusal.reason === "authorization_missing" ? "Bearer" : 'Bearer error="invalid_token"';
  return new ApiFailure("not_authenticated", REJECTIONS[refusal.reason], { "www-authenticate": challenge });
}
