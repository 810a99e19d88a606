import type { FetchPorts } from "../keys/fetch-json.ts";
import { type Repository, RepositoryError, type ResolvedMember } from "../repository/repository.ts";
import type { VerifiedToken } from "./claims.ts";
import { type Identity, idempotencyKeyOf, readRoles } from "./identity.ts";
import { type Log, logged, type Refusal } from "./refusal.ts";
import { outageOf } from "./repository-fault.ts";
import type { VerifyToken } from "./token.ts";
import { type FindEmail, readEmail } from "./users.ts";

/**
 * Milliseconds between attempts while another request holds the key. A provisioning takes some tens of milliseconds, so a
 * browser rarely sees the conflict; together they stay under what a person takes for a hang.
 */
const PAUSES = [100, 300, 900] as const;
/** Milliseconds after which no further attempt begins: each may itself have waited for a lock. */
const PATIENCE = 5_000;

/**
 * Milliseconds for which a record outlives its token. The token is accepted up to 30 s late and its key set, its user and the
 * record itself may take as long to come: no request with the token may find the record gone.
 */
export const RECORD_TOLERANCE = 60_000;

const DEFAULT_CONFLICT_RETRY_AFTER = 1; // Seconds.

/** What became of a callback. */
export type CallbackOutcome =
  | { readonly kind: "resolved"; readonly resolved: ResolvedMember }
  | Refusal
  /** Another request with the key has not finished. `retryAfter` in seconds. */
  | { readonly kind: "in_flight"; readonly retryAfter: number }
  /** The key belongs to another user: two users' tokens share an id, and replaying would mix them up. */
  | { readonly kind: "key_reused" };

export interface CallbackOptions {
  readonly verify: VerifyToken;
  readonly findEmail: FindEmail;
  /** Called on its own receiver. */
  readonly repository: Pick<Repository, "resolveWebMember">;
  readonly ports: Pick<FetchPorts, "now" | "wait">;
  readonly log: Log;
  /** A signed claim to take the email from; where it is absent, or when this is left out, WorkOS is asked. */
  readonly trustedEmailClaim?: string;
}

/** @param authorization the header as it came. Rejects only when the repository fails in a way that has no name. */
export type Callback = (authorization: string | null) => Promise<CallbackOutcome>;

/**
 * What `POST /v1/auth/web/callback` does (DESIGN §5): token → identity → idempotency key → member. The repository is touched
 * last, and only for an identity that is whole.
 *
 * @example
 * ```ts
 * const callback = createCallback({ verify, findEmail, repository, ports, log });
 * const outcome = await callback(request.headers.get("authorization"));
 * if (outcome.kind === "resolved") welcome(outcome.resolved.member);
 * ```
 */
export function createCallback(options: CallbackOptions): Callback {
  const { repository, ports, log, trustedEmailClaim } = options;

  async function identify(token: VerifiedToken): Promise<{ readonly kind: "known"; readonly identity: Identity } | Refusal> {
    const trusted = trustedEmailClaim === undefined ? null : readEmail(token.claims[trustedEmailClaim]);
    const found = trusted === null ? await options.findEmail(token.userId) : { kind: "found" as const, email: trusted };
    if (found.kind !== "found") return logged(log, found);
    return { kind: "known", identity: { ...token.ids, workos_user_id: token.userId, email: found.email, ...readRoles(token.claims) } };
  }

  async function resolve(identity: Identity, expiresAt: number): Promise<CallbackOutcome> {
    try {
      const resolved = await repository.resolveWebMember({
        workosUserId: identity.workos_user_id,
        email: identity.email,
        idempotencyKey: idempotencyKeyOf(identity),
        expiresAt,
        now: ports.now(),
      });
      return { kind: "resolved", resolved };
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== null) return logged(log, outage);
      if (!(error instanceof RepositoryError)) throw error;
      if (error.code === "idempotency_key_reused") return { kind: "key_reused" };
      if (error.code === "idempotency_in_flight") {
        return { kind: "in_flight", retryAfter: Math.max(1, Math.ceil(error.retryAfter ?? DEFAULT_CONFLICT_RETRY_AFTER)) };
      }
      throw error;
    }
  }

  return async (authorization) => {
    const verdict = await options.verify(authorization);
    if (verdict.kind !== "accepted") return verdict;
    const known = await identify(verdict.token);
    if (known.kind !== "known") return known;

    const expiresAt = verdict.token.expiresAt + RECORD_TOLERANCE;
    const lastStart = ports.now() + PATIENCE;
    let outcome = await resolve(known.identity, expiresAt);
    for (const pause of PAUSES) {
      if (outcome.kind !== "in_flight" || ports.now() + pause >= lastStart) break;
      await ports.wait(pause);
      outcome = await resolve(known.identity, expiresAt);
    }
    if (outcome.kind === "in_flight") log({ event: "conflict", code: "idempotency_in_flight" });
    if (outcome.kind === "key_reused") log({ event: "conflict", code: "idempotency_key_reused" });
    return outcome;
  };
}
