import type { Codes } from "./codes.ts";
import { apiRefusal, bearer, browserUrl, json, Refusal, readJsonObject, redirect, requiredText } from "./http.ts";
import type { Machine } from "./machine.ts";
import type { IssuerOptions } from "./options.ts";
import { sameSecret } from "./secrets.ts";
import { authenticate } from "./workos-authenticate.ts";
import { authorize } from "./workos-authorize.ts";
import { userBody } from "./workos-user.ts";

interface Visit {
  readonly request: Request;
  readonly query: URLSearchParams;
  /** The last part of the path, where a route has a parameter there. */
  readonly parameter: string;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  handle(visit: Visit): Response | Promise<Response>;
}

/**
 * The HTTP surface that the WorkOS SDKs speak, as a pure fetch handler. What a client does wrong is answered
 * with a JSON error and never thrown; what the harness around it throws (a journal, a random source) does come through.
 */
export function workosSurface(
  options: IssuerOptions,
  machine: Machine,
  codes: Codes,
  jwks: { readonly keys: readonly Record<string, unknown>[] },
): (request: Request) => Promise<Response> {
  const origin = new URL(options.origin).origin;
  const routes: readonly Route[] = [
    { method: "GET", path: /^\/user_management\/authorize$/, handle: ({ query }) => authorize(options, codes, query) },
    { method: "POST", path: /^\/user_management\/authenticate$/, handle: ({ request }) => authenticate(options, machine, codes, request) },
    { method: "GET", path: /^\/sso\/jwks\/([^/]+)$/, handle: keySet },
    { method: "GET", path: /^\/user_management\/users\/([^/]+)$/, handle: user },
    { method: "GET", path: /^\/user_management\/sessions\/logout$/, handle: logout },
    { method: "POST", path: /^\/user_management\/sessions\/revoke$/, handle: revoke },
  ];

  function keySet({ parameter }: Visit): Response {
    if (parameter !== options.clientId) throw apiRefusal(404, "entity_not_found", "There is no such client.");
    return json(200, jwks);
  }

  function user({ request, parameter }: Visit): Response {
    checkApiKey(request);
    const found = options.users.find((one) => one.id === parameter);
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
    if (!machine.endSession(session, "user", "signed out at the logout URL")) throw noSession();
    return returnTo === null ? json(200, { message: "Signed out." }) : redirect(returnTo);
  }

  async function revoke({ request }: Visit): Promise<Response> {
    checkApiKey(request);
    const session = requiredText(await readJsonObject(request), "session_id");
    if (!machine.endSession(session, "admin", "revoked through the API")) throw noSession();
    return json(200, {});
  }

  function checkApiKey(request: Request): void {
    const key = bearer(request);
    if (key !== null && sameSecret(key, options.apiKey)) return;
    throw apiRefusal(401, "unauthorized", "Expected the API key as a bearer token.", { "www-authenticate": "Bearer" });
  }

  async function respond(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.origin !== origin) throw apiRefusal(421, "misdirected_request", "This issuer lives at another origin.");
    const atPath = routes.filter((route) => route.path.test(url.pathname));
    if (atPath.length === 0) throw apiRefusal(404, "not_found", "There is no such endpoint.");
    const route = atPath.find((one) => one.method === request.method);
    if (route === undefined) {
      const allow = atPath.map((one) => one.method).join(", ");
      throw apiRefusal(405, "method_not_allowed", `This endpoint takes ${allow}.`, { allow });
    }
    const parameter = route.path.exec(url.pathname)?.[1] ?? "";
    return route.handle({ request, query: url.searchParams, parameter });
  }

  return async (request) => {
    try {
      return await respond(request);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  };
}

function noSession(): Refusal {
  return apiRefusal(404, "entity_not_found", "There is no such session.");
}
