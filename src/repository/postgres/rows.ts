import type { Selectable } from "kysely";
import { publicPart } from "../new-api-key.ts";
import type { ApiKey } from "../repository.ts";
import type { IdempotencyRecord, MemberOfWorkspace, StoredApiKey } from "../store.ts";
import type { Schema } from "./schema.ts";

/** What {@link memberOf} needs of a member joined with its workspace. */
export const MEMBER_COLUMNS = [
  "workspaces.id as workspace_id",
  "workspaces.name as workspace_name",
  "workspaces.created_at as workspace_created_at",
  "workspace_members.id as member_id",
  "workspace_members.workos_user_id",
  "workspace_members.email",
  "workspace_members.scopes",
  "workspace_members.created_at as member_created_at",
  "workspace_members.last_seen_at",
] as const;

interface MemberRow extends Pick<Selectable<Schema["workspace_members"]>, "workos_user_id" | "email" | "scopes" | "last_seen_at"> {
  readonly workspace_id: string;
  readonly workspace_name: string;
  readonly workspace_created_at: Date;
  readonly member_id: string;
  readonly member_created_at: Date;
}

export function memberOf(row: MemberRow): MemberOfWorkspace {
  return {
    workspace: { id: row.workspace_id, name: row.workspace_name, createdAt: row.workspace_created_at.getTime() },
    member: {
      id: row.member_id,
      workspaceId: row.workspace_id,
      workosUserId: row.workos_user_id,
      email: row.email,
      scopes: row.scopes,
      createdAt: row.member_created_at.getTime(),
      lastSeenAt: row.last_seen_at.getTime(),
    },
  };
}

export function storedApiKeyOf(row: Selectable<Schema["api_keys"]>): StoredApiKey {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    scopes: row.scopes,
    prefix: row.prefix,
    secretMac: row.secret_mac,
    pepperVersion: row.pepper_version,
    isDefault: row.is_default,
    createdAt: row.created_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
  };
}

export function apiKeyOf(row: Selectable<Schema["api_keys"]>): ApiKey {
  return publicPart(storedApiKeyOf(row));
}

export function toApiKeyRow(apiKey: StoredApiKey): Schema["api_keys"] {
  return {
    id: apiKey.id,
    workspace_id: apiKey.workspaceId,
    name: apiKey.name,
    scopes: apiKey.scopes,
    prefix: apiKey.prefix,
    secret_mac: apiKey.secretMac,
    pepper_version: apiKey.pepperVersion,
    is_default: apiKey.isDefault,
    created_at: new Date(apiKey.createdAt),
    revoked_at: null,
  };
}

type RecordRow = Selectable<Schema["idempotency_records"]>;

/** The columns of {@link recordOf}, all null when an outer join found none. */
export type MaybeRecordRow = { readonly [Column in keyof RecordRow]: RecordRow[Column] | null };

/** Null without a row, and for a row without a result: that is another's claim, which only a writer outside of this code commits. */
export function recordOf(row: MaybeRecordRow | undefined): IdempotencyRecord | null {
  if (row === undefined || row.key === null || row.subject === null || row.result === null || row.expires_at === null) return null;
  const { key, subject, result, sealed_secret: sealed, secret_expires_at: secretExpiresAt, expires_at: expiresAt } = row;
  const secret = sealed === null || secretExpiresAt === null ? null : { sealed, expiresAt: secretExpiresAt.getTime() };
  return { key, subject, result, secret, expiresAt: expiresAt.getTime() };
}

export function toRecordRow({ key, subject, result, secret, expiresAt }: IdempotencyRecord): Schema["idempotency_records"] {
  return {
    key,
    subject,
    result,
    sealed_secret: secret?.sealed ?? null,
    secret_expires_at: secret && new Date(secret.expiresAt),
    expires_at: new Date(expiresAt),
  };
}
