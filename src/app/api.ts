import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { type Principal, readPrincipal } from "../access/claims.ts";
import type { OrganizationRefusal } from "../access/organizations.ts";
import type { ProjectStore } from "../access/project-store.ts";
import { createProjects } from "../access/projects.ts";
import { createCallback } from "../callback/callback.ts";
import type { ClaimRules } from "../callback/claims.ts";
import { createMemberLookup } from "../callback/member.ts";
import { type Log, logged, rejected } from "../callback/refusal.ts";
import { createTokenVerifier } from "../callback/token.ts";
import { createUserDirectory } from "../callback/users.ts";
import type { FetchPorts } from "../keys/fetch-json.ts";
import type { KeySet } from "../keys/key-set.ts";
import { type Repository, RepositoryError, type Workspace, type WorkspaceMember } from "../repository/repository.ts";
import type { Ports } from "../session/ports.ts";
import { answerError, answerUnrouted, refuseInvalid } from "./errors.ts";
import { ApiFailure, failureOf } from "./failure.ts";
import * as routes from "./routes.ts";
import * as views from "./views.ts";

const MAX_BODY = 16_384; // Bytes; the largest body is a name and two slugs.

/** What {@link createApi} needs. */
export interface ApiOptions {
  readonly ports: FetchPorts & Ports;
  /** The issuer's public keys: static, remote, or one after the other. */
  readonly keys: KeySet;
  /** Whose tokens are accepted. */
  readonly accept: ClaimRules;
  /** The WorkOS API that knows the users. */
  readonly workos: { readonly origin: string; readonly apiKey: string };
  readonly repository: Repository;
  readonly projectStore: ProjectStore;
  readonly log: Log;
  /** A signed claim to take a user's email from, instead of asking WorkOS. */
  readonly trustedEmailClaim?: string;
}

const ORGANIZATION_REFUSALS: Readonly<Record<OrganizationRefusal | "slug_taken", string>> = {
  no_organization: "You are not a member of any organization.",
  organization_required: "You are a member of several organizations: say which in `organizationSlug`.",
  not_a_member: "You are not a member of this organization.",
  slug_taken: "There is a project with this slug. Choose another.",
};

/**
 * The API behind the web app, for any runtime that has `fetch`. All its state is in what it returns and in what it is given.
 *
 * @throws RangeError at once, when `accept` would let every token or none pass.
 *
 * @example
 * ```ts
 * const api = createApi({ ports, keys, accept: { issuers, clientId }, workos: { origin, apiKey }, repository, projectStore, log });
 * const response = await api.fetch(new Request("https://api.example/v1/web/me", { headers: { authorization: `Bearer ${token}` } }));
 * ```
 */
export function createApi(options: ApiOptions) {
  const { ports, repository, log } = options;
  const verify = createTokenVerifier({ ...options.accept, keys: options.keys, now: () => ports.now(), log });
  const findEmail = createUserDirectory({ ...options.workos, ports });
  const trusted = options.trustedEmailClaim === undefined ? {} : { trustedEmailClaim: options.trustedEmailClaim };
  const callback = createCallback({ verify, findEmail, repository, ports, log, ...trusted });
  const lookUp = createMemberLookup({ verify, repository, log });
  const projects = createProjects({ store: options.projectStore, ports });

  /** Both come before the validators: a stranger learns nothing about what a good request looks like. */
  const asMember = createMiddleware<{ Variables: { me: { member: WorkspaceMember; workspace: Workspace } } }>(async (c, next) => {
    const reader = await lookUp(c.req.header("authorization") ?? null);
    if (reader.kind === "not_a_member") throw new ApiFailure("not_a_member", "You have no workspace yet: sign in through the callback.");
    if (reader.kind !== "member") throw failureOf(reader);
    c.set("me", reader);
    await next();
  });
  const asPrincipal = createMiddleware<{ Variables: { principal: Principal } }>(async (c, next) => {
    const verdict = await verify(c.req.header("authorization") ?? null);
    if (verdict.kind !== "accepted") throw failureOf(verdict);
    const principal = readPrincipal(verdict.token.claims);
    if (principal === null) throw failureOf(logged(log, rejected("claim_malformed")));
    c.set("principal", principal);
    await next();
  });
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  app.onError((error) => answerError(error, log));
  app.notFound((c) => answerUnrouted(app, c));
  app.use(async (c, next) => {
    try {
      await next();
    } catch (error) {
      // The framework lets through what is thrown and no Error.
      c.res = answerError(error, log);
    }
    // Every answer is about one user, and one of them holds a secret.
    c.header("cache-control", "no-store");
  });

  app.use(
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new ApiFailure("payload_too_large", `Send at most ${MAX_BODY} bytes.`);
      },
    }),
  );

  app.openapi(routes.callbackRoute, async (c) => {
    const outcome = await callback(c.req.header("authorization") ?? null);
    switch (outcome.kind) {
      case "resolved":
        return c.json(views.callbackView(outcome.resolved), 200);
      case "in_flight":
        throw new ApiFailure("idempotency_in_flight", "This sign-in is being handled. Try again.", {
          "retry-after": `${outcome.retryAfter}`,
        });
      case "key_reused":
        throw new ApiFailure("idempotency_key_reused", "Another user has signed in with this token or session. Sign in again.");
      default:
        throw failureOf(outcome);
    }
  });

  app.openapi({ ...routes.meRoute, middleware: asMember }, (c) => c.json(views.meView(c.var.me), 200));

  app.openapi({ ...routes.workspaceRoute, middleware: asMember }, (c) =>
    c.json({ workspace: views.workspaceView(c.var.me.workspace) }, 200),
  );

  app.openapi({ ...routes.artifactsRoute, middleware: asMember }, async (c) => {
    const { cursor = null, limit } = c.req.valid("query");
    try {
      return c.json(views.artifactsView(await repository.listArtifacts({ workspaceId: c.var.me.workspace.id, cursor, limit })), 200);
    } catch (error) {
      // The limit is within its bounds and the workspace exists, so it is the cursor.
      if (!(error instanceof RepositoryError) || error.code !== "invalid_argument") throw error;
      throw new ApiFailure("invalid_request", "cursor: expected the `next_cursor` of another page.");
    }
  });

  app.openapi({ ...routes.projectsRoute, middleware: asPrincipal }, async (c) => {
    const visible = await projects.list(c.var.principal, c.req.valid("query").organizationSlug);
    if (typeof visible === "string") throw new ApiFailure(visible, ORGANIZATION_REFUSALS[visible]);
    return c.json({ projects: visible.map(views.projectView) }, 200);
  });

  app.openapi({ ...routes.newProjectRoute, middleware: asPrincipal }, async (c) => {
    const created = await projects.create(c.var.principal, c.req.valid("json"));
    if (typeof created === "string") throw new ApiFailure(created, ORGANIZATION_REFUSALS[created]);
    return c.json({ project: views.projectView(created) }, 201);
  });

  return app;
}
