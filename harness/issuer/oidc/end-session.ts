import type { Core } from "../core.ts";
import { browserUrl, type Parameters, parseParameters, readForm, redirect } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { Client } from "../options.ts";
import { cookieOf, SIGN_ON_COOKIE, setCookie } from "../pages/cookies.ts";
import { html } from "../pages/html.ts";
import { showPage } from "../pages/page.ts";
import { problem } from "../pages/problem.ts";
import type { Visit } from "../router.ts";
import { s256, sameSecret } from "../state/secrets.ts";
import { type Hint, readHint } from "./id-token.ts";

/**
 * `GET` and `POST /oauth2/end-session` (OIDC RP-Initiated Logout 1.0). An `id_token_hint` ends the session that it names. Without one
 * the browser's own session is ended, and only after the person has said so: anybody can link here.
 */
export async function endSession(core: Core, visit: Visit): Promise<Reply> {
  const { request } = visit;
  const posted = request.method === "POST";
  const given = posted ? readForm(request) : parseParameters(request.url.search);
  if (given.repeated.size > 0) throw problem(request, 400, "invalid_request", "Expected no parameter more than once.");
  const { hint, target } = await readRequest(core, request, given);
  const secret = cookieOf(request, SIGN_ON_COOKIE);
  const session = core.signOns.of(secret);

  const sessionId = hint?.sessionId ?? session?.id;
  // Nobody else can derive it from the browser's secret, so no other site can press the button.
  const confirmation = s256(secret ?? "");
  const confirmed = posted && sameSecret(given.get("confirmation") ?? "", confirmation);
  if (hint === null && session !== null && !confirmed) return askFirst(given, confirmation);
  if (sessionId !== undefined) core.machine.end({ session: sessionId }, "user", "signed out at the end-session endpoint");

  const reply = target === null ? signedOut() : redirect(target, posted ? 303 : 302);
  return session?.id === sessionId && session !== null ? setCookie(reply, core.origin, SIGN_ON_COOKIE, null) : reply;
}

async function readRequest(core: Core, request: IssuerRequest, given: Parameters): Promise<{ hint: Hint | null; target: URL | null }> {
  const wrong = (description: string) => problem(request, 400, "invalid_request", description);
  const token = given.get("id_token_hint");
  const hint = token === null ? null : await readHint(core, token);
  if (token !== null && hint === null) throw wrong("Expected `id_token_hint` to be an ID token of this issuer.");
  const id = given.get("client_id");
  if (id !== null && hint !== null && id !== hint.clientId) throw wrong("Expected `client_id` to be the client of the `id_token_hint`.");
  const client = core.directory.client(id ?? hint?.clientId ?? "");
  if (id !== null && client === undefined) throw wrong("Unknown `client_id`.");

  const asked = given.get("post_logout_redirect_uri");
  if (asked === null) return { hint, target: null };
  if (client === undefined) throw wrong("Expected an `id_token_hint` or a `client_id` beside `post_logout_redirect_uri`.");
  const target = browserUrl(asked);
  if (target === null || !isRegistered(client, asked)) {
    throw wrong("Expected `post_logout_redirect_uri` to be, character by character, one that the client has registered.");
  }
  const state = given.get("state");
  if (state !== null) target.searchParams.set("state", state);
  return { hint, target };
}

function isRegistered({ postLogoutRedirectUris }: Client, uri: string): boolean {
  return postLogoutRedirectUris === null || postLogoutRedirectUris.includes(uri);
}

function askFirst(given: Parameters, confirmation: string): Reply {
  const kept = ["client_id", "post_logout_redirect_uri", "state"].flatMap((name) => {
    const value = given.get(name);
    return value === null ? [] : [html`<input type="hidden" name="${name}" value="${value}">`];
  });
  const body = html`
    <h1>Sign out?</h1>
    <p>This ends your session here and in every app that you used it for.</p>
    <form method="post" action="/oauth2/end-session">${kept}<input type="hidden" name="confirmation" value="${confirmation}"><button class="main">Sign out</button></form>`;
  return showPage({ title: "Sign out", body });
}

function signedOut(): Reply {
  return showPage({ title: "Signed out", body: html`<h1>You are signed out</h1><p>You can close this page.</p>` });
}
