import { WorkOS } from "@workos-inc/node";
import type { Environment, Instance } from "../../model/target.ts";

/** The name that WorkOS' own documentation and SDKs use. */
const COOKIE = "wos-session";
/** As in the SDK's documented Express example: the cookie is kept until the browser forgets or the app clears it. */
const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=Lax";

/**
 * `@workos-inc/node`'s sealed session behind a plain web handler, the way its documentation shows it: authenticate;
 * when that fails, refresh; when that fails, clear the cookie and send the person to sign in. A refresh that the SDK
 * calls retryable is no verdict, so it is answered 503 and the cookie stays. A refusal whose code the SDK does not know, such as
 * dex's `invalid_request`, it throws: by WorkOS' table (docs/authkit/session-resilience) that ends the session too.
 */
export function createHandler({ origin, issuer, cookiePasswords }: Environment): Instance {
  const { hostname, port, protocol } = new URL(issuer.origin);
  const workos = new WorkOS(issuer.apiKey, {
    clientId: issuer.clientId,
    apiHostname: hostname,
    https: protocol === "https:",
    ...(port === "" ? {} : { port: Number(port) }),
  });
  const cookiePassword = cookiePasswords[0] ?? "";

  return {
    async fetch(request) {
      const url = new URL(request.url);
      if (url.pathname === "/login") {
        const location = workos.userManagement.getAuthorizationUrl({
          provider: "authkit",
          clientId: issuer.clientId,
          redirectUri: `${origin}/callback`,
          loginHint: url.searchParams.get("login_hint") ?? "",
        });
        return redirect(location);
      }
      if (url.pathname === "/callback") {
        const { sealedSession } = await workos.userManagement.authenticateWithCode({
          clientId: issuer.clientId,
          code: url.searchParams.get("code") ?? "",
          session: { sealSession: true, cookiePassword },
        });
        return redirect("/", `${COOKIE}=${sealedSession}; ${ATTRIBUTES}`);
      }
      return page(workos, request, cookiePassword);
    },
  };
}

async function page(workos: WorkOS, request: Request, cookiePassword: string): Promise<Response> {
  const sessionData = cookie(request);
  if (sessionData === null) return redirect("/login");
  const session = workos.userManagement.loadSealedSession({ sessionData, cookiePassword });
  const authenticated = await session.authenticate();
  if (authenticated.authenticated) return Response.json({ user: authenticated.user.id });
  const refreshed = await session.refresh().catch((error: unknown) => {
    if (isRefusal(error)) return { authenticated: false as const };
    throw error;
  });
  if (refreshed.authenticated) {
    return Response.json(
      { user: refreshed.user?.id },
      { headers: { "set-cookie": `${COOKIE}=${refreshed.sealedSession}; ${ATTRIBUTES}` } },
    );
  }
  if ("retryable" in refreshed && refreshed.retryable) return new Response("try again", { status: 503, headers: { "retry-after": "1" } });
  return redirect("/login", `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
}

/** Whether an error of the SDK's stands for a 4xx answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "status" in error && typeof error.status === "number" && error.status >= 400 && error.status < 500;
}

function cookie(request: Request): string | null {
  const pair = (request.headers.get("cookie") ?? "").split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  return pair === undefined ? null : pair.slice(COOKIE.length + 1);
}

function redirect(location: string, setCookie?: string): Response {
  return new Response(null, { status: 302, headers: setCookie === undefined ? { location } : { location, "set-cookie": setCookie } });
}
