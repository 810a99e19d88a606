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

/** Members, workspaces, API keys and idempotency records (DESIGN §5). Two implementations, one contract. */
export interface Repository {
  /**
   * Replay by key, else see the existing member (once per key), else provision under `workos-user:{id}`.
   *
   * @throws RepositoryError `idempotency_in_flight` when a concurrent holder of the key did not finish in time,
   * `idempotency_key_reused` when the key belongs to another identity.
   */
  resolveWebMember(request: ResolveWebMember): Promise<ResolvedMember>;
  /** Reads, and writes nothing. */
  getWebMemberByWorkOsUserId(workosUserId: string): Promise<{ readonly member: WorkspaceMember; readonly workspace: Workspace } | null>;
  createApiKey(request: { readonly workspaceId: string; readonly name: string; readonly scopes: readonly string[]; readonly idempotencyKey: string; readonly now: number }): Promise<IssuedApiKey>;
  /** Revoking a revoked key changes nothing and returns it. Null when there is no such key in the workspace. */
  revokeApiKey(request: { readonly workspaceId: string; readonly apiKeyId: string; readonly now: number }): Promise<ApiKey | null>;
  /** The key that a secret belongs to, in constant time over candidates; null when unknown or revoked. */
  verifyApiKey(secret: string): Promise<ApiKey | null>;
  listArtifacts(request: { readonly workspaceId: string; readonly cursor: string | null; readonly limit: number }): Promise<Page<Artifact>>;
  /** Deletes expired idempotency records and returns how many there were. */
  sweep(now: number): Promise<number>;
}

/** Why the repository refuses. */
export type RepositoryErrorCode = "idempotency_in_flight" | "idempotency_key_reused" | "unavailable" | "invalid_argument";

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
