import { z } from "@hono/zod-openapi";
import { FAILURES, type FailureCode } from "./failure.ts";

/** The contracts of the API: what is checked on the way in, and described in `docs/openapi.json`. */

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

const moment = z.iso.datetime().openapi({ example: "2030-01-01T00:00:00.000Z" });

export const ErrorBody = z
  .object({
    error: z.object({ code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]), message: z.string() }),
  })
  .openapi("Error");

export const WorkspaceBody = z
  .object({ id: z.string(), name: z.string().openapi({ example: "ada's Workspace" }), created_at: moment })
  .openapi("Workspace");

export const MemberBody = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    workos_user_id: z.string(),
    email: z.string(),
    created_at: moment,
    last_seen_at: moment,
  })
  .openapi("WorkspaceMember");

const Scopes = z.array(z.string()).openapi({ example: ["publish", "read"] });

export const ApiKeyBody = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    name: z.string().openapi({ example: "Default" }),
    scopes: Scopes,
    prefix: z.string().openapi({ description: "The first characters of the secret, to be recognised by." }),
    created_at: moment,
    revoked_at: moment.nullable(),
  })
  .openapi("ApiKey");

export const CallbackBody = z
  .object({
    workspace: WorkspaceBody,
    workspace_member: MemberBody,
    scopes: Scopes,
    default_api_key: z
      .object({ api_key: ApiKeyBody, secret: z.string() })
      .nullable()
      .openapi({ description: "Only for the sign-in that made the member, and for its replays. The secret is shown nowhere else." }),
  })
  .openapi("SignIn");

export const MeBody = z.object({ workspace: WorkspaceBody, workspace_member: MemberBody, scopes: Scopes }).openapi("Me");

export const WorkspaceAnswer = z.object({ workspace: WorkspaceBody });

export const ArtifactsQuery = z.object({
  cursor: z.string().min(1).max(512).optional().openapi({ description: "`next_cursor` of the page before." }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});

export const ArtifactsBody = z
  .object({
    artifacts: z.array(z.object({ id: z.string(), workspace_id: z.string(), name: z.string(), created_at: moment }).openapi("Artifact")),
    next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
  })
  .openapi("Artifacts");

/** As in a host name (RFC 1123 §2.1), which it may become part of. */
const slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "expected lower-case letters, digits and inner hyphens, at most 63")
  .openapi({ example: "apollo" });

/** What names an organization; not more is asked of it than the claims do, because it is only compared with them. */
const organizationSlug = z.string().min(1).max(255).openapi({ description: "Needed when the signed claims name several organizations." });

export const NewProjectBody = z
  .strictObject({ slug, name: z.string().trim().min(1).max(200), organizationSlug: organizationSlug.optional() })
  .openapi("NewProject");

export const ProjectsQuery = z.object({ organizationSlug: organizationSlug.optional() });

export const ProjectBody = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  })
  .openapi("Project");

export const ProjectAnswer = z.object({ project: ProjectBody });
export const ProjectsBody = z.object({ projects: z.array(ProjectBody) });
