import { authkitLoader, authLoader, configure, getSignInUrl, signOut } from "@workos-inc/authkit-react-router";
import type { LoaderFunctionArgs } from "react-router";
import type { Environment, Instance } from "../../model/target.ts";

/** What a loader may return beside a response: React Router's `data()`. */
interface Data {
  readonly data: unknown;
  readonly init: ResponseInit | null;
}

/**
 * `@workos-inc/authkit-react-router` as its documentation sets it up: `authLoader` at the callback, and at each page `authkitLoader` where
 * somebody must be signed in, and `signOut` as an action. In place of React Router stands what it does with both: a thrown response is the
 * answer, `data()` becomes JSON, and an error a 500.
 */
export function createHandler({ origin, issuer, cookiePasswords }: Environment): Instance {
  const { hostname, port, protocol } = new URL(issuer.origin);
  configure(
    {
      ...{ clientId: issuer.clientId, apiKey: issuer.apiKey, redirectUri: `${origin}/callback`, cookiePassword: cookiePasswords[0] ?? "" },
      ...{ apiHostname: hostname, apiHttps: protocol === "https:", ...(port === "" ? {} : { apiPort: Number(port) }) },
    },
    // Nothing that whoever runs this has in his environment.
    () => undefined,
  );
  const callback = authLoader();

  async function answer(request: Request): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url);
    const args = { request, params: {}, context: {} } as unknown as LoaderFunctionArgs;
    if (pathname === "/login") {
      const location = new URL(await getSignInUrl());
      // The SDK has no word for it: whoever stands before the browser would type it at AuthKit's page.
      location.searchParams.set("login_hint", searchParams.get("login_hint") ?? "");
      return new Response(null, { status: 302, headers: { location: location.href } });
    }
    if (pathname === "/callback") return callback(args);
    if (pathname === "/logout" && request.method === "POST") return signOut(request, { returnTo: `${origin}/` });
    return authkitLoader(args, { ensureSignedIn: true });
  }

  return {
    async fetch(request) {
      const answered = await answer(request).catch((error: unknown) => {
        return error instanceof Response ? error : new Response("Unexpected Server Error", { status: 500 });
      });
      if (answered instanceof Response) return answered;
      const { data, init } = answered as Data;
      return Response.json(data, init ?? {});
    },
  };
}
