import type { Core } from "../core.ts";
import { apiRefusal, bearer, browserUrl, json, readJsonObject, redirect, requiredText } from "../http.ts";
import type { Route, Visit } from "../router.ts";
import { sameSecret } from "../state/secrets.ts";
import { authenticate } from "./authenticate.ts";
import { authorize } from "./authorize.ts";
import { userBody } from "./bodies.ts";

/** The HTTP surface that the WorkOS SDKs speak. */
export function workosRoutes(core: Core): readonly Route[] {
  const { options, machine, directory } = core;

  function keySet({ parameter }: Visit): Response {
    if (parameter !== options.clientId) throw apiRefusal(404, "entity_not_found", "There is no such client.");
    return json(200, core.keys.published());
  }

  function user({ request, parameter }: Visit): Response {
    checkApiKey(request);
    const found = directory.user(parameter);
    if (found === undefined) throw apiRefusal(404, "entity_not_found", "There is no such user.");
    return json(200, userBody(found));
  }

  function logout({ query }: Visit): Response {
    const session = query.get("session_id");
    if (!session) throw apiRefusal(400, "invalid_request", "Missing `session_id`.");
    const returnTo = browserUrl(query.get("return_to"));
    if (query.has("return_to") && returnTo === null) {
      throw apiRefusal(400, "invalid_request", "Expected `return_to` to be an absolute http(s) URL.");
    }
    if (!machine.end({ session }, "user", "signed out at the logout URL")) throw noSession();
    return returnTo === null ? json(200, { message: "Signed out." }) : redirect(returnTo);
  }

  async function revoke({ request }: Visit): Promise<Response> {
    checkApiKey(request);
    const session = requiredText(await readJsonObject(request), "session_id");
    if (!machine.end({ session }, "admin", "revoked through the API")) throw noSession();
    return json(200, {});
  }

  function checkApiKey(request: Request): void {
    const key = bearer(request);
    if (key !== null && sameSecret(key, options.apiKey)) return;
    throw apiRefusal(401, "unauthorized", "Expected the API key as a bearer token.", { "www-authenticate": "Bearer" });
  }

  return [
    { method: "GET", path: /^\/user_management\/authorize$/, handle: (visit) => authorize(core, visit) },
    { method: "POST", path: /^\/user_management\/authenticate$/, handle: ({ request }) => authenticate(core, request) },
    { method: "GET", path: /^\/sso\/jwks\/([^/]+)$/, handle: keySet },
    { method: "GET", path: /^\/user_management\/users\/([^/]+)$/, handle: user },
    { method: "GET", path: /^\/user_management\/sessions\/logout$/, handle: logout },
    { method: "POST", path: /^\/user_management\/sessions\/revoke$/, handle: revoke },
  ];
}

function noSession() {
  return apiRefusal(404, "entity_not_found", "There is no such session.");
}
