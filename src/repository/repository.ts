/** A tenant. Every person who signs in for the first time is given one of their own. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch, as every moment here. */
  readonly createdAt: number;
}

/** A person in a workspace. One a WorkOS user. */
export interface WorkspaceMember {
  readonly id: string;
  readonly workspaceId: string;
  readonly workosUserId: string;
  readonly email: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/** An API key without its secret, which is shown once and never stored in clear. */
export interface ApiKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** The first characters of the secret, to be recognised by. */
  readonly prefix: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** A key together with the secret that its owner is shown this once. */
export interface IssuedApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

/** Something that a workspace has made; the dashboard pages through them. */
export interface Artifact {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it to get the next page; null on the last. */
  readonly nextCursor: string | null;
}

/** What a sign-in callback resolves to. A replay under the same key within the record's life is identical to it. */
export interface ResolvedMember {
  readonly workspace: Workspace;
  readonly member: WorkspaceMember;
  /** Present with its secret only for the sign-in that provisioned the member, and for replays of it. */
  readonly defaultApiKey: IssuedApiKey | null;
}

export interface ResolveWebMember {
  readonly workosUserId: string;
  readonly email: string;
  /** `workos-jti:{jti}` or `workos-session:{sid}`. */
  readonly idempotencyKey: string;
  /** When the record stops replaying; a `sid` record stops replaying the secret after 10 minutes in any case. */
  readonly expiresAt: number;
  readonly now: number;
}

export interface CreateApiKey {
  readonly workspaceId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Chosen by the caller, unique within the workspace; the same one within 10 minutes is answered with the same key and secret. */
  readonly idempotencyKey: string;
  readonly now: number;
}

export interface RevokeApiKey {
  readonly workspaceId: string;
  readonly apiKeyId: string;
  readonly now: number;
}

/**
 * Members, workspaces, API keys and idempotency records (DESIGN §5). Two implementations, one contract.
 *
 * Texts are at most 256 characters, moments whole milliseconds since the epoch. The methods of both implementations need no
 * receiver, but call them on one all the same: another implementation may.
 *
 * @throws RepositoryError Every method: `invalid_argument` for arguments that no retry makes right, `unavailable` when the database
 * cannot be reached, in which case a write may or may not have happened and is safe to repeat.
 */
export interface Repository {
  /**
   * Replay by key, else see the existing member (once per key), else provision under `workos-user:{id}`.
   *
   * A first sign-in that began before another one of the same user had ended is answered like it, with the same secret.
   * A first sign-in's record under a `sid` replays with `defaultApiKey: null` from its tenth minute on.
   *
   * @throws RepositoryError `idempotency_in_flight` when a concurrent holder of the key did not finish in time,
   * `idempotency_key_reused` when the key belongs to another identity.
   */
  resolveWebMember(request: ResolveWebMember): Promise<ResolvedMember>;
  /** Reads, and writes nothing. */
  getWebMemberByWorkOsUserId(workosUserId: string): Promise<{ readonly member: WorkspaceMember; readonly workspace: Workspace } | null>;
  /**
   * @throws RepositoryError `idempotency_in_flight` as above, `idempotency_key_reused` when the key made one with another name or other
   * scopes, `invalid_argument` when there is no such workspace.
   */
  createApiKey(request: CreateApiKey): Promise<IssuedApiKey>;
  /** Revoking a revoked key changes nothing and returns it. Null when there is no such key in the workspace. */
  revokeApiKey(request: RevokeApiKey): Promise<ApiKey | null>;
  /** The key that a secret belongs to, in constant time over candidates; null when unknown or revoked. */
  verifyApiKey(secret: string): Promise<ApiKey | null>;
  /** Newest first. `limit` is 1 to 100; `cursor` is null or the `nextCursor` of an earlier page. */
  listArtifacts(request: { readonly workspaceId: string; readonly cursor: string | null; readonly limit: number }): Promise<Page<Artifact>>;
  /** Wipes expired secrets, deletes expired idempotency records and returns how many records it deleted. */
  sweep(now: number): Promise<number>;
}

/**
 * Why the repository refuses. The set is closed: a caller may switch over it.
 *
 * - `idempotency_in_flight`: another request holds the key; ask again after `retryAfter`.
 * - `idempotency_key_reused`: the key answers another question; asking again does not help.
 * - `unavailable`: the database cannot be reached, or a key ring lacks a key; ask again after `retryAfter` unless that is null.
 * - `invalid_argument`: the caller is at fault.
 */
export type RepositoryErrorCode = "idempotency_in_flight" | "idempotency_key_reused" | "unavailable" | "invalid_argument";

/**
 * The one error class of the repository. Its message says what was expected, what came and what to do, and holds no secret, no
 * email and no user id.
 *
 * @example
 * ```ts
 * if (error instanceof RepositoryError && error.retryAfter !== null) retryIn(error.retryAfter);
 * ```
 */
export class RepositoryError extends Error {
  readonly code: RepositoryErrorCode;
  /** Seconds after which a retry makes sense; null when it never does. */
  readonly retryAfter: number | null;

  constructor(code: RepositoryErrorCode, message: string, retryAfter: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = "RepositoryError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
