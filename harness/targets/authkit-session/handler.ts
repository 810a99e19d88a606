import { type AuthService, CookieSessionStorage, configure, createAuthService } from "@workos/authkit-session";
import type { Environment, Instance } from "../../model/target.ts";

type Bag = Record<string, string | string[]> | undefined;

/** As the SDK's documentation shows it: reads cookies of requests, and leaves it to the handler to put headers into answers. */
class RequestCookies extends CookieSessionStorage<Request, Response> {
  override async getCookie(request: Request, name: string): Promise<string | null> {
    for (const part of (request.headers.get("cookie") ?? "").split(";")) {
      const [key, ...rest] = part.trim().split("=");
      if (key === name) return decodeURIComponent(rest.join("="));
    }
    return null;
  }
}

/**
 * `@workos/authkit-session` behind a plain web handler, the way its documentation shows it: ask `withAuth` who it is, send nobody in
 * particular to sign in, and keep what was refreshed. Why there is no user `withAuth` does not say, so nothing else can be made of it.
 */
export function createHandler({ origin, issuer, cookiePasswords }: Environment): Instance {
  const { hostname, port, protocol } = new URL(issuer.origin);
  configure(
    {
      ...{ clientId: issuer.clientId, apiKey: issuer.apiKey, redirectUri: `${origin}/callback`, cookiePassword: cookiePasswords[0] ?? "" },
      ...{ apiHostname: hostname, apiHttps: protocol === "https:", ...(port === "" ? {} : { apiPort: Number(port) }) },
    },
    // Else the variables of whoever runs this come before what is said here.
    () => undefined,
  );
  const auth = createAuthService({ sessionStorageFactory: (config) => new RequestCookies(config) });

  return {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/login") {
        const { url, headers } = await auth.createSignIn(undefined, { loginHint: searchParams.get("login_hint") ?? "" });
        return redirect(url, headers);
      }
      if (pathname === "/callback") {
        const { returnPathname, headers } = await auth.handleCallback(request, new Response(), {
          code: searchParams.get("code") ?? "",
          state: searchParams.get("state") ?? undefined,
        });
        return redirect(returnPathname, headers);
      }
      if (pathname === "/logout" && request.method === "POST") return logOut(auth, request, origin);
      return page(auth, request);
    },
  };
}

async function page(auth: AuthService<Request, Response>, request: Request): Promise<Response> {
  const { auth: who, refreshedSessionData } = await auth.withAuth(request);
  if (who.user === null) return redirect("/login");
  const answer = Response.json({ user: who.user.id });
  if (refreshedSessionData !== undefined) keep(answer, (await auth.saveSession(undefined, refreshedSessionData)).headers);
  return answer;
}

async function logOut(auth: AuthService<Request, Response>, request: Request, origin: string): Promise<Response> {
  const { auth: who } = await auth.withAuth(request);
  if (who.user === null) return redirect("/login");
  const { logoutUrl, headers } = await auth.signOut(who.sessionId, { returnTo: `${origin}/` });
  return redirect(logoutUrl, headers);
}

function redirect(location: string, headers?: Bag): Response {
  const answer = new Response(null, { status: 302, headers: { location } });
  keep(answer, headers);
  return answer;
}

/** Each cookie as a header of its own, as the SDK asks for. */
function keep(answer: Response, headers: Bag): void {
  for (const line of [headers?.["Set-Cookie"] ?? []].flat()) answer.headers.append("set-cookie", line);
}
