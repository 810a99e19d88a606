import { createRoute } from "@hono/zod-openapi";
import type { z } from "zod";
import * as schemas from "./schemas.ts";

/** Every route of the API, without its handler: `docs/openapi.json` is made from these. */

const security = [{ accessToken: [] }];

function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

const retryAfter = { "Retry-After": { description: "Seconds.", schema: { type: "integer" as const } } };

const badRequest = json(schemas.ErrorBody, "The request is not what this document describes.");
const refused = {
  401: json(schemas.ErrorBody, "`not_authenticated`: the access token is missing or no good."),
  500: json(schemas.ErrorBody, "`internal_error`: a fault of ours."),
  503: { ...json(schemas.ErrorBody, "`unavailable`: no verdict is possible now. It says nothing about the session."), headers: retryAfter },
};
const memberOnly = { ...refused, 403: json(schemas.ErrorBody, "`not_a_member`: the callback has never been called for this user.") };

export const callbackRoute = createRoute({
  method: "post",
  path: "/v1/auth/web/callback",
  summary: "Sign in",
  description: "Called by the web app after every sign-in. The same token gets the same answer, and changes nothing the second time.",
  security,
  responses: {
    200: json(schemas.CallbackBody, "Who signed in, and where."),
    409: {
      ...json(schemas.ErrorBody, "`idempotency_in_flight`: the same sign-in is being handled. `idempotency_key_reused`: by another user."),
      headers: retryAfter,
    },
    ...refused,
  },
});

export const meRoute = createRoute({
  method: "get",
  path: "/v1/web/me",
  summary: "Who I am",
  security,
  responses: { 200: json(schemas.MeBody, "The member and their workspace."), ...memberOnly },
});

export const workspaceRoute = createRoute({
  method: "get",
  path: "/v1/web/workspace",
  summary: "My workspace",
  security,
  responses: { 200: json(schemas.WorkspaceAnswer, "The workspace."), ...memberOnly },
});

export const artifactsRoute = createRoute({
  method: "get",
  path: "/v1/web/workspace/artifacts",
  summary: "What my workspace has made",
  security,
  request: { query: schemas.ArtifactsQuery },
  responses: { 200: json(schemas.ArtifactsBody, "One page."), 400: badRequest, ...memberOnly },
});

export const projectsRoute = createRoute({
  method: "get",
  path: "/v1/web/projects",
  summary: "The projects that I may see",
  description: "By the signed claims, and what I have created since they were signed.",
  security,
  request: { query: schemas.ProjectsQuery },
  responses: {
    200: json(schemas.ProjectsBody, "The projects."),
    400: badRequest,
    403: json(schemas.ErrorBody, "`not_a_member`: the signed claims do not name the organization."),
    ...refused,
  },
});

export const newProjectRoute = createRoute({
  method: "post",
  path: "/v1/web/projects",
  summary: "Create a project",
  security,
  request: { body: { required: true, content: { "application/json": { schema: schemas.NewProjectBody } } } },
  responses: {
    201: json(schemas.ProjectAnswer, "The project. Others see it after their next refresh."),
    400: json(schemas.ErrorBody, "`invalid_request`, or `organization_required`: the claims name several organizations."),
    403: json(schemas.ErrorBody, "`not_a_member` of the organization, or `no_organization` at all."),
    409: json(schemas.ErrorBody, "`slug_taken`."),
    413: json(schemas.ErrorBody, "`payload_too_large`."),
    415: json(schemas.ErrorBody, "`unsupported_media_type`."),
    ...refused,
  },
});

export const ROUTES = [callbackRoute, meRoute, workspaceRoute, artifactsRoute, projectsRoute, newProjectRoute] as const;
