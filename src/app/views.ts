import type { z } from "zod";
import type { VisibleProject } from "../access/projects.ts";
import type { ApiKey, Artifact, Page, ResolvedMember, Workspace, WorkspaceMember } from "../repository/repository.ts";
import type { EventRange } from "./live/event-log.ts";
import type * as schemas from "./schemas.ts";

/** How stored things look on the wire: snake case, moments in ISO 8601, and no field that is not named here. */

export function callbackView({ workspace, member, defaultApiKey }: ResolvedMember): z.infer<typeof schemas.CallbackBody> {
  const default_api_key = defaultApiKey === null ? null : { api_key: apiKeyView(defaultApiKey.apiKey), secret: defaultApiKey.secret };
  return { ...meView({ workspace, member }), default_api_key };
}

export function meView(me: { readonly workspace: Workspace; readonly member: WorkspaceMember }): z.infer<typeof schemas.MeBody> {
  return { workspace: workspaceView(me.workspace), workspace_member: memberView(me.member), scopes: [...me.member.scopes] };
}

export function workspaceView({ id, name, createdAt }: Workspace): z.infer<typeof schemas.WorkspaceBody> {
  return { id, name, created_at: iso(createdAt) };
}

function memberView(member: WorkspaceMember): z.infer<typeof schemas.MemberBody> {
  return {
    id: member.id,
    workspace_id: member.workspaceId,
    workos_user_id: member.workosUserId,
    email: member.email,
    created_at: iso(member.createdAt),
    last_seen_at: iso(member.lastSeenAt),
  };
}

function apiKeyView(key: ApiKey): z.infer<typeof schemas.ApiKeyBody> {
  return {
    id: key.id,
    workspace_id: key.workspaceId,
    name: key.name,
    scopes: [...key.scopes],
    prefix: key.prefix,
    created_at: iso(key.createdAt),
    revoked_at: key.revokedAt === null ? null : iso(key.revokedAt),
  };
}

export function artifactsView({ items, nextCursor }: Page<Artifact>): z.infer<typeof schemas.ArtifactsBody> {
  const artifacts = items.map(({ id, workspaceId, name, createdAt }) => ({
    id,
    workspace_id: workspaceId,
    name,
    created_at: iso(createdAt),
  }));
  return { artifacts, next_cursor: nextCursor };
}

export function projectView({ project, organization }: VisibleProject): z.infer<typeof schemas.ProjectBody> {
  const { id, slug, name } = project;
  return { id, slug, name, organization: { id: organization.id, slug: organization.slug, name: organization.name } };
}

/** What the live stream sends. */
export function eventRangeView({ first, events, total }: EventRange) {
  return { first, total, events: events.map(({ kind, text, at }) => ({ kind, text, at: iso(at) })) };
}

/** @param moment milliseconds since the epoch */
function iso(moment: number): string {
  return new Date(moment).toISOString();
}
