import type { Artifact } from "../repository.ts";
import type { ArtifactPosition, Store } from "../store.ts";
import type { MemoryDatabase } from "./database.ts";
import { findMember, findRecord } from "./reads.ts";
import { beginTransaction } from "./transaction.ts";

/**
 * A store in memory, as atomic and as blocking as the one in Postgres: a transaction's writes are applied in one go when it commits,
 * and whoever needs what it holds waits until it has ended. For tests, simulations and demonstrations.
 *
 * @example
 * ```ts
 * const store = createMemoryStore(createMemoryDatabase({ lockTimeout: 2_000, setTimer }));
 * ```
 */
export function createMemoryStore(database: MemoryDatabase): Store {
  return {
    async lookup({ key, workosUserId, now }) {
      return { record: findRecord(database, { key, now }), known: database.members.has(workosUserId) };
    },

    async findRecord(query) {
      return findRecord(database, query);
    },

    async findMember(workosUserId) {
      return findMember(database, workosUserId);
    },

    async findApiKeys(prefix) {
      return structuredClone([...database.apiKeys.values()].filter((apiKey) => apiKey.prefix === prefix));
    },

    async listArtifacts({ workspaceId, after, limit }) {
      const rest = database.artifacts.filter(
        (artifact) => artifact.workspaceId === workspaceId && (after === null || isAfter(artifact, after)),
      );
      return structuredClone(rest.sort((a, b) => (isAfter(a, b) ? 1 : -1)).slice(0, limit));
    },

    async sweep(now) {
      let deleted = 0;
      for (const [key, record] of database.records) {
        if (record.expiresAt <= now) {
          database.records.delete(key);
          deleted++;
        } else if (record.secret !== null && record.secret.expiresAt <= now) {
          database.records.set(key, { ...record, secret: null });
        }
      }
      return deleted;
    },

    async transaction(run) {
      const { statements, commit, rollback } = beginTransaction(database);
      try {
        const result = await run(statements);
        commit();
        return result;
      } catch (error) {
        rollback();
        throw error;
      }
    },
  };
}

/** Newest first, so whatever is older comes after. */
function isAfter(artifact: Artifact, position: ArtifactPosition): boolean {
  if (artifact.createdAt !== position.createdAt) return artifact.createdAt < position.createdAt;
  return artifact.id < position.id;
}
