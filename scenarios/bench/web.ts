import { FIRST_REFRESH_TOKEN, FRESH, SECOND_REFRESH_TOKEN } from "./scenario.ts";
import { StrictRotation, singleFlight } from "./single-flight.ts";
import type { Tokens } from "./tokens.ts";

/** Weights 2 and 3: target and issuer are fetch handlers, and messages have headers and bodies. */
export const APP = "https://app.test";
export const ISSUER = "https://issuer.test";

export type Handler = (request: Request) => Promise<Response>;
/** As a target calls it: the part of `fetch` that it uses. */
type Send = (url: string, init: RequestInit) => Promise<Response>;

/** What every load carries. */
export function cookieHeader(tokens: Tokens): string {
  return cookie(tokens.expired, FIRST_REFRESH_TOKEN);
}

/** One isolate of the target: a page behind a session cookie. */
export function webTarget(tokens: Tokens, send: Send): Handler {
  const refresh = singleFlight(async (refreshToken) => {
    const response = await send(`${ISSUER}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ grant_type: "refresh_token", refresh_token: refreshToken }),
    });
    if (response.status !== 200) return null;
    const pair = (await response.json()) as { access_token: string; refresh_token: string };
    // A client proves a token before it keeps it.
    return (await tokens.verify(pair.access_token)) ? pair : null;
  });

  return async (request) => {
    const [accessToken = "", refreshToken = ""] = (request.headers.get("cookie") ?? "").slice("session=".length).split("|");
    if (await tokens.verify(accessToken)) return page();
    const pair = await refresh(refreshToken);
    if (pair === null) return new Response(null, { status: 302, headers: { location: "/login" } });
    return page({ "set-cookie": cookie(pair.access_token, pair.refresh_token) });
  };
}

/** The issuer, and what it counted. */
export function webIssuer(tokens: Tokens): { readonly fetch: Handler; readonly redemptions: StrictRotation["redemptions"] } {
  const rotation = new StrictRotation(FIRST_REFRESH_TOKEN, SECOND_REFRESH_TOKEN);
  return {
    redemptions: rotation.redemptions,
    async fetch(request) {
      const { refresh_token } = (await request.json()) as { refresh_token: string };
      const successor = rotation.redeem(refresh_token);
      if (successor === null) return json(400, { error: "invalid_grant" });
      return json(200, { access_token: await tokens.sign(FRESH), refresh_token: successor });
    },
  };
}

function page(headers: Record<string, string> = {}): Response {
  return new Response("<h1>Hello, Ada</h1>", { status: 200, headers: { "content-type": "text/html", ...headers } });
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function cookie(accessToken: string, refreshToken: string): string {
  return `session=${accessToken}|${refreshToken}`;
}
