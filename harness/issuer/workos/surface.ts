import type { Core } from "../core.ts";
import { json } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import { authenticate } from "./authenticate.ts";
import { authorize } from "./authorize.ts";
import { corsRoutes, preflight, withCors } from "./cors.ts";
import { deviceRoutes } from "./device.ts";
import { withIdempotency } from "./idempotency.ts";
import { magicAuthRoutes } from "./magic-auth.ts";
import { membershipRoutes } from "./memberships.ts";
import { organizationRoutes } from "./organizations.ts";
import { notFound } from "./requests.ts";
import { sessionRoutes } from "./sessions.ts";
import { userRoutes } from "./users.ts";

/**
 * The HTTP surface that the WorkOS SDKs speak. Shapes, statuses and codes come from WorkOS' own OpenAPI (workos/openapi-spec) and
 * from what the SDKs read and send; what neither says is marked where it stands.
 */
export function workosRoutes(core: Core): readonly Route[] {
  const { options, keys } = core;

  function keySet({ parameter }: Visit): Reply {
    if (parameter !== options.clientId) throw notFound("Client");
    return json(200, keys.published());
  }

  const authentication = /^\/user_management\/authenticate$/;
  const routes: readonly Route[] = [
    { method: "GET", path: /^\/user_management\/authorize$/, handle: (visit) => authorize(core, visit) },
    { method: "POST", path: authentication, handle: ({ request }) => withCors(core, request, () => authenticate(core, request)) },
    { method: "OPTIONS", path: authentication, handle: ({ request }) => preflight(core, request) },
    { method: "GET", path: /^\/sso\/jwks\/([^/]+)$/, handle: keySet },
    // The AuthKit domain's, in WorkOS' metadata for MCP and Connect: the same keys without a client in the path.
    { method: "GET", path: /^\/oauth2\/jwks$/, handle: () => json(200, keys.published()) },
    ...deviceRoutes(core),
    ...magicAuthRoutes(core),
    ...userRoutes(core),
    ...sessionRoutes(core),
    ...organizationRoutes(core),
    ...membershipRoutes(core),
    ...corsRoutes(core),
  ];
  return options.idempotencyKeys === "replayed" ? withIdempotency(options, routes) : routes;
}
