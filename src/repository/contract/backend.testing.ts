import { setTimeout } from "node:timers/promises";
import { createRepository } from "../create-repository.ts";
import { createKeyRing, type VersionedKey } from "../key-ring.ts";
import type { RepositoryPorts } from "../ports.ts";
import type { Artifact, Repository, ResolveWebMember, Workspace, WorkspaceMember } from "../repository.ts";
import { type Around, interceptStore } from "../store.testing.ts";
import type { Store, StoredApiKey } from "../store.ts";

/** All that is committed. */
export interface Tables {
  readonly workspaces: readonly Workspace[];
  readonly members: readonly WorkspaceMember[];
  readonly apiKeys: readonly StoredApiKey[];
  readonly events: readonly {
    readonly type: string;
    readonly workspaceId: string;
    readonly subjectId: string;
    readonly createdAt: number;
  }[];
  readonly records: readonly {
    readonly key: string;
    readonly subject: string;
    readonly result: string | null;
    readonly sealed: string | null;
  }[];
}

/** One empty database of the implementation under test. */
export interface Backend {
  /** What every isolate has of its own; `lockTimeout` as given to {@link OpenBackend}. */
  store(): Store;
  tables(): Promise<Tables>;
  /** Everything there is, in text. */
  dump(): Promise<string>;
  addArtifact(artifact: Artifact): Promise<void>;
  /** What only an operator does. */
  deleteMember(workosUserId: string): Promise<void>;
  /** Moves what is stored under one key to another, as a thief with write access would. */
  moveRecord(from: string, to: string, subject: string): Promise<void>;
  /** How many transactions wait for a lock at this moment. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** @param lockTimeout Milliseconds. */
export type OpenBackend = (options: { readonly lockTimeout: number }) => Promise<Backend>;

/** Milliseconds since the epoch, some day in 2026. */
export const NOW = 1_790_000_000_000;
export const MINUTE = 60_000;

/** 32 bytes that are the same in every run. */
export function keyOf(version: string): VersionedKey {
  return { version, key: new Uint8Array(32).fill(version.charCodeAt(0)) };
}

export function portsWith(change: { readonly peppers?: readonly string[]; readonly sealKeys?: readonly string[] } = {}): RepositoryPorts {
  return {
    peppers: createKeyRing("pepper", (change.peppers ?? ["1"]).map(keyOf)),
    sealKeys: createKeyRing("seal key", (change.sealKeys ?? ["1"]).map(keyOf)),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  };
}

/** A repository as one isolate has it. */
export function repositoryOn(backend: Backend, around: Around = (_, run) => run(), ports: RepositoryPorts = portsWith()): Repository {
  return createRepository(interceptStore(backend.store(), around), ports);
}

/** A callback of Ada's, whose token ends in five minutes. */
export function callback(change: Partial<ResolveWebMember> = {}): ResolveWebMember {
  const now = change.now ?? NOW;
  return {
    workosUserId: "user_ada",
    email: "ada@example.com",
    idempotencyKey: "workos-jti:1",
    expiresAt: now + 5 * MINUTE,
    now,
    ...change,
  };
}

/** Resolves when `count` transactions wait for a lock; a test that never gets there runs into its own time limit. */
export async function untilWaiting(backend: Backend, count: number): Promise<void> {
  while ((await backend.waiting()) < count) await setTimeout(1);
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
