import type { Artifact, Workspace, WorkspaceMember } from "../repository.ts";
import type { IdempotencyRecord, StoredApiKey } from "../store.ts";
import { createLocks, type Locks, type SetTimer } from "./locks.ts";

/** Something that happened in a workspace, for whoever reacts to it. */
export interface MemoryEvent {
  readonly type: "workspace.created" | "workspace_member.added" | "api_key.created" | "api_key.revoked";
  readonly workspaceId: string;
  /** What it happened to: the id of a workspace, member or key. */
  readonly subjectId: string;
  readonly createdAt: number;
}

/** A database in memory. Several stores may share one, as several isolates share a server. */
export interface MemoryDatabase {
  readonly workspaces: Map<string, Workspace>;
  /** By WorkOS user, of whom each has one. */
  readonly members: Map<string, WorkspaceMember>;
  readonly apiKeys: Map<string, StoredApiKey>;
  readonly artifacts: Artifact[];
  readonly events: MemoryEvent[];
  readonly records: Map<string, IdempotencyRecord>;
  readonly locks: Locks;
}

/**
 * @param options.lockTimeout Milliseconds that a statement waits for another transaction.
 * @param options.setTimer Real, or a simulation's.
 *
 * @example
 * ```ts
 * const database = createMemoryDatabase({
 *   lockTimeout: 2_000,
 *   setTimer(callback, milliseconds) {
 *     const timer = setTimeout(callback, milliseconds);
 *     return () => clearTimeout(timer);
 *   },
 * });
 * ```
 */
export function createMemoryDatabase(options: { readonly lockTimeout: number; readonly setTimer: SetTimer }): MemoryDatabase {
  return {
    workspaces: new Map(),
    members: new Map(),
    apiKeys: new Map(),
    artifacts: [],
    events: [],
    records: new Map(),
    locks: createLocks(options),
  };
}
