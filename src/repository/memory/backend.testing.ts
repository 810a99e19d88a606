import type { Backend } from "../contract/backend.testing.ts";
import { createMemoryDatabase } from "./database.ts";
import { createMemoryStore } from "./store.ts";

/** The memory implementation for the contract, with real timers. */
export async function openMemoryBackend({ lockTimeout }: { readonly lockTimeout: number }): Promise<Backend> {
  const database = createMemoryDatabase({
    lockTimeout,
    setTimer(callback, milliseconds) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  const { workspaces, members, apiKeys, events, artifacts, records, locks } = database;
  return {
    store: () => createMemoryStore(database),
    async tables() {
      return structuredClone({
        workspaces: [...workspaces.values()],
        members: [...members.values()],
        apiKeys: [...apiKeys.values()],
        events,
        records: [...records.values()].map(({ key, subject, result, secret }) => ({
          key,
          subject,
          result,
          sealed: secret?.sealed ?? null,
        })),
      });
    },
    async dump() {
      return JSON.stringify([workspaces, members, apiKeys, events, artifacts, records].map((table) => [...table]));
    },
    async addArtifact(artifact) {
      artifacts.push(artifact);
    },
    async deleteMember(workosUserId) {
      const member = members.get(workosUserId);
      members.delete(workosUserId);
      if (member) workspaces.delete(member.workspaceId);
      for (const [id, { workspaceId }] of apiKeys) if (workspaceId === member?.workspaceId) apiKeys.delete(id);
    },
    async moveRecord(from, to, subject) {
      const record = records.get(from);
      if (record) records.set(to, { ...record, key: to, subject });
    },
    waiting: async () => locks.waiting(),
    async close() {},
  };
}
