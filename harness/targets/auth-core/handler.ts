import { Auth, type AuthConfig, skipCSRFCheck } from "@auth/core";
import type { Environment, Instance } from "../../model/target.ts";
import { configurationOf, PROVIDER, type Told } from "./configuration.ts";

/**
 * `@auth/core` behind a plain web handler, the way the framework packages of Auth.js call it: its own routes go to it as they are; signing in
 * and out are its actions, called by the server itself; and a page asks its session action, and carries the cookies that it sets.
 */
export function createHandler(environment: Environment): Instance {
  const { origin } = environment;
  const configuration = configurationOf(environment);
  /** What the server itself asks of Auth.js comes from no form, so there is no token of one. */
  const own: AuthConfig = { ...configuration, skipCSRFCheck };

  function act(action: string, request: Request): Promise<Response> {
    const headers = { cookie: request.headers.get("cookie") ?? "", "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ callbackUrl: `${origin}/` }).toString();
    return Auth(new Request(`${origin}/auth/${action}`, { method: "POST", headers, body }), own);
  }

  async function page(request: Request): Promise<Response> {
    const asked = await Auth(
      new Request(`${origin}/auth/session`, { headers: { cookie: request.headers.get("cookie") ?? "" } }),
      configuration,
    );
    const session = (await asked.json()) as ({ readonly user: { readonly email: string } } & Told) | null;
    const isOut = session === null || session.error === "RefreshTokenError";
    const answer = isOut
      ? new Response(null, { status: 302, headers: { location: "/login" } })
      : Response.json({ user: session.user.email });
    for (const line of asked.headers.getSetCookie()) answer.headers.append("set-cookie", line);
    return answer;
  }

  return {
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/login") return act(`signin/${PROVIDER}${search}`, request);
      if (pathname === "/logout" && request.method === "POST") return act("signout", request);
      return pathname.startsWith("/auth/") ? Auth(request, configuration) : page(request);
    },
  };
}
