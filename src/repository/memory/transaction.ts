import { noSuchWorkspace } from "../check.ts";
import { publicPart } from "../new-api-key.ts";
import type { Transaction } from "../store.ts";
import type { MemoryDatabase } from "./database.ts";
import { findMember, findRecord } from "./reads.ts";

/** A transaction that has not ended: its writes wait in a list, and nobody sees them before they are applied. */
export interface OpenTransaction {
  readonly statements: Transaction;
  /** Applies all writes in one go, and lets the next in. */
  commit(): void;
  /** Forgets all writes, and lets the next in. */
  rollback(): void;
}

/** Begins a transaction; see {@link Transaction} for what its statements do and wait for. */
export function beginTransaction(database: MemoryDatabase): OpenTransaction {
  const { workspaces, members, apiKeys, events, records, locks } = database;
  const writes: (() => void)[] = [];
  const owner = {};

  const statements: Transaction = {
    async claim({ key, now }) {
      await locks.acquire(`record:${key}`, owner);
      return findRecord(database, { key, now }) === null;
    },

    async provision(provisioning) {
      // The caller hands the same objects to its own caller, who may do with them as it likes.
      const { workspace, member, apiKey } = structuredClone(provisioning);
      await locks.acquire(`member:${member.workosUserId}`, owner);
      if (members.has(member.workosUserId)) return false;
      const { id: workspaceId, createdAt } = workspace;
      writes.push(() => {
        workspaces.set(workspaceId, workspace);
        members.set(member.workosUserId, member);
        apiKeys.set(apiKey.id, apiKey);
        events.push(
          { type: "workspace.created", workspaceId, subjectId: workspaceId, createdAt },
          { type: "workspace_member.added", workspaceId, subjectId: member.id, createdAt },
          { type: "api_key.created", workspaceId, subjectId: apiKey.id, createdAt },
        );
      });
      return true;
    },

    async see({ workosUserId, email, now }) {
      await locks.acquire(`member:${workosUserId}`, owner);
      const found = findMember(database, workosUserId);
      if (found === null) return null;
      const member = { ...found.member, email, lastSeenAt: Math.max(found.member.lastSeenAt, now) };
      writes.push(() => members.set(workosUserId, member));
      return { workspace: found.workspace, member: structuredClone(member) };
    },

    async findRecord(query) {
      return findRecord(database, query);
    },

    async insertApiKey(apiKey) {
      const { id, workspaceId, createdAt } = apiKey;
      if (!workspaces.has(workspaceId)) throw noSuchWorkspace();
      writes.push(() => {
        apiKeys.set(id, structuredClone(apiKey));
        events.push({ type: "api_key.created", workspaceId, subjectId: id, createdAt });
      });
    },

    async revokeApiKey({ workspaceId, apiKeyId, now }) {
      await locks.acquire(`api-key:${apiKeyId}`, owner);
      const apiKey = apiKeys.get(apiKeyId);
      if (apiKey?.workspaceId !== workspaceId) return null;
      if (apiKey.revokedAt !== null) return publicPart(structuredClone(apiKey));
      const revoked = { ...apiKey, revokedAt: now };
      writes.push(() => {
        apiKeys.set(apiKeyId, revoked);
        events.push({ type: "api_key.revoked", workspaceId, subjectId: apiKeyId, createdAt: now });
      });
      return publicPart(structuredClone(revoked));
    },

    async complete(completed) {
      writes.push(() => {
        for (const record of completed) records.set(record.key, record);
      });
    },
  };

  return {
    statements,
    commit() {
      for (const write of writes) write();
      locks.releaseAll(owner);
    },
    rollback: () => locks.releaseAll(owner),
  };
}
