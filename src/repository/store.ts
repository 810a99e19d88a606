import type { ApiKey, Artifact, RevokeApiKey, Workspace, WorkspaceMember } from "./repository.ts";

/** A key as it is stored: of its secret there is only a MAC, which is worthless without the pepper. */
export interface StoredApiKey extends ApiKey {
  /** HMAC-SHA-256 of the secret, base64url. */
  readonly secretMac: string;
  /** Which key of the pepper ring made the MAC. */
  readonly pepperVersion: string;
  /** The one key that provisioning made. */
  readonly isDefault: boolean;
}

/** A secret that only its own record opens; see `seal.ts`. */
export interface SealedSecret {
  readonly sealed: string;
  /** Milliseconds since the epoch; from then on the record replays without the secret. */
  readonly expiresAt: number;
}

/** What a request was answered, for its replays. */
export interface IdempotencyRecord {
  readonly key: string;
  /** Whose key it is: a WorkOS user, or the workspace for an API key. Nobody else is given the answer. */
  readonly subject: string;
  /** The answer without its secret, as JSON text, so that a replay is the same to the byte. */
  readonly result: string;
  readonly secret: SealedSecret | null;
  /** Milliseconds since the epoch; from then on the record counts as absent, swept or not. */
  readonly expiresAt: number;
}

/** All that a first sign-in stores, made before the first statement: what can fail has failed by then. */
export interface Provisioning {
  readonly workspace: Workspace;
  readonly member: WorkspaceMember;
  readonly apiKey: StoredApiKey;
}

/** A member and the workspace that it belongs to. */
export interface MemberOfWorkspace {
  readonly workspace: Workspace;
  readonly member: WorkspaceMember;
}

/** Where a page of artifacts begins: after this one, newest first. */
export type ArtifactPosition = Pick<Artifact, "createdAt" | "id">;

/** A question about one idempotency key at one moment. */
export interface RecordQuery {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The statements of one transaction. Each method is one statement, and may wait for a lock that another transaction holds until
 * that one ends; a lock not had in time rejects with RepositoryError `idempotency_in_flight`.
 */
export interface Transaction {
  /**
   * Takes a key that nobody has, or whose record has expired; waits while another transaction is taking it.
   *
   * @returns False when somebody else's record is there, completed and live.
   */
  claim(claim: RecordQuery & { readonly subject: string; readonly expiresAt: number }): Promise<boolean>;
  /**
   * Stores workspace, member, default key and their three events; waits while another transaction provisions the same user.
   *
   * @returns False, and stores nothing, when the user has a member already.
   */
  provision(provisioning: Provisioning): Promise<boolean>;
  /** Updates email and `lastSeenAt`, which never goes back. Null when there is no such member. */
  see(sighting: { readonly workosUserId: string; readonly email: string; readonly now: number }): Promise<MemberOfWorkspace | null>;
  findRecord(query: RecordQuery): Promise<IdempotencyRecord | null>;
  /**
   * Stores a key and its event.
   *
   * @throws RepositoryError `invalid_argument` when there is no such workspace.
   */
  insertApiKey(apiKey: StoredApiKey): Promise<void>;
  /** Revokes a key, with an event, unless it was revoked before; waits for another that does so. Null when the workspace has no such key. */
  revokeApiKey(request: RevokeApiKey): Promise<ApiKey | null>;
  /** Writes the answers under claimed keys, and under keys whose owner holds the lock of the member. */
  complete(records: readonly IdempotencyRecord[]): Promise<void>;
}

/**
 * The database as the repository uses it. Each method but `transaction` is one statement outside of any transaction.
 * Isolation is READ COMMITTED: a statement sees what was committed when it began, or when the lock it waited for was released.
 */
export interface Store {
  /** The live record of a key, and whether the user has a member, as of one moment. */
  lookup(
    query: RecordQuery & { readonly workosUserId: string },
  ): Promise<{ readonly record: IdempotencyRecord | null; readonly known: boolean }>;
  findRecord(query: RecordQuery): Promise<IdempotencyRecord | null>;
  findMember(workosUserId: string): Promise<MemberOfWorkspace | null>;
  /** Keys whose secrets begin with `prefix`, revoked ones too. */
  findApiKeys(prefix: string): Promise<readonly StoredApiKey[]>;
  /** At most `limit` artifacts after a position, newest first, by id descending within a moment. */
  listArtifacts(request: {
    readonly workspaceId: string;
    readonly after: ArtifactPosition | null;
    readonly limit: number;
  }): Promise<readonly Artifact[]>;
  /** Wipes secrets and then deletes records that are past their end, but for those in use; returns how many it deleted. */
  sweep(now: number): Promise<number>;
  /**
   * Runs statements and commits them, all or none: a rejection of `run` rolls back and is passed on.
   *
   * @throws StoreConflict when the database gave up this transaction in favour of another: the same again may succeed.
   * @throws RepositoryError `unavailable` when it cannot be reached; whether it committed is then unknown.
   */
  transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/** Another transaction was in the way: start over, and what it left will be seen. Never leaves the repository. */
export class StoreConflict extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreConflict";
  }
}
