import type { IdempotencyRecord, MemberOfWorkspace, RecordQuery } from "../store.ts";
import type { MemoryDatabase } from "./database.ts";

/** The record of a key as committed, unless it has expired. */
export function findRecord(database: MemoryDatabase, { key, now }: RecordQuery): IdempotencyRecord | null {
  const record = database.records.get(key);
  return record !== undefined && now < record.expiresAt ? record : null;
}

/** A copy of a member and its workspace, as committed. */
export function findMember(database: MemoryDatabase, workosUserId: string): MemberOfWorkspace | null {
  const member = database.members.get(workosUserId);
  const workspace = member && database.workspaces.get(member.workspaceId);
  return member && workspace ? structuredClone({ workspace, member }) : null;
}
