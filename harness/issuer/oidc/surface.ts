import type { Core } from "../core.ts";
import { json } from "../http.ts";
import type { Route } from "../router.ts";
import { authorize } from "./authorize.ts";
import { crossOrigin } from "./cross-origin.ts";
import { discovery } from "./discovery.ts";
import { endSession } from "./end-session.ts";
import { introspect } from "./introspect.ts";
import { revoke } from "./revoke.ts";
import { tokenEndpoint } from "./token.ts";
import { userInfo } from "./user-info.ts";

/** The HTTP surface of an OpenID provider. */
export function oidcRoutes(core: Core): readonly Route[] {
  const token = tokenEndpoint(core);
  const metadata = () => json(200, discovery(core.origin));
  return [
    ...crossOrigin([
      { method: "GET", path: /^\/\.well-known\/openid-configuration$/, handle: metadata },
      { method: "GET", path: /^\/\.well-known\/oauth-authorization-server$/, handle: metadata },
      { method: "GET", path: /^\/oauth2\/jwks$/, handle: () => json(200, core.keys.published()) },
      { method: "POST", path: /^\/oauth2\/token$/, handle: ({ request }) => token(request) },
      { method: "GET", path: /^\/oauth2\/userinfo$/, handle: ({ request }) => userInfo(core, request) },
      { method: "POST", path: /^\/oauth2\/userinfo$/, handle: ({ request }) => userInfo(core, request) },
      { method: "POST", path: /^\/oauth2\/revoke$/, handle: ({ request }) => revoke(core, request) },
    ]),
    { method: "GET", path: /^\/oauth2\/authorize$/, handle: (visit) => authorize(core, visit) },
    { method: "POST", path: /^\/oauth2\/authorize$/, handle: (visit) => authorize(core, visit) },
    { method: "POST", path: /^\/oauth2\/introspect$/, handle: ({ request }) => introspect(core, request) },
    { method: "GET", path: /^\/oauth2\/end-session$/, handle: (visit) => endSession(core, visit) },
    { method: "POST", path: /^\/oauth2\/end-session$/, handle: (visit) => endSession(core, visit) },
  ];
}
