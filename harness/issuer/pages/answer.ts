import type { Core } from "../core.ts";
import { redirect } from "../http.ts";
import type { Reply } from "../message.ts";
import type { User } from "../state/directory.ts";
import type { AuthorizationRequest } from "../state/interactions.ts";
import type { Session } from "../state/records.ts";
import { html } from "./html.ts";
import { showPage } from "./page.ts";

/** Why an app gets no code (RFC 6749 §4.1.2.1, OIDC Core 3.1.2.6). */
export interface Denial {
  readonly error: string;
  readonly description: string;
}

/** Where an answer goes, and how. */
export type Asker = Pick<AuthorizationRequest, "surface" | "redirectUri" | "responseMode" | "state">;

/** Sends the browser back with a code. `session` is the one it continues; null lets the exchange begin one. */
export function approve(
  core: Core,
  request: AuthorizationRequest,
  who: { readonly user: User; readonly method: string; readonly session: Session | null; readonly organizationId: string | null },
  posted = false,
): Reply {
  const { surface, client, challenge, redirectUri, nonce, scopes } = request;
  const code = core.codes.issue({ ...who, surface, client, challenge, redirectUri, nonce, scope: scopes?.join(" ") ?? null });
  return answer(core, request, { code }, posted);
}

/** Sends the browser back without one. */
export function deny(core: Core, request: Asker, { error, description }: Denial, posted = false): Reply {
  return answer(core, request, { error, error_description: description }, posted);
}

function answer(core: Core, request: Asker, outcome: Readonly<Record<string, string>>, posted: boolean): Reply {
  const parameters = {
    ...outcome,
    ...(request.state === null ? {} : { state: request.state }),
    // A client of several issuers tells by it whose answer this is (RFC 9207).
    ...(request.surface === "oidc" ? { iss: core.origin } : {}),
  };
  if (request.responseMode === "form_post") return post(request.redirectUri, parameters);
  const target = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return redirect(target, posted ? 303 : 302);
}

/** OAuth 2.0 Form Post Reply Mode §2. */
function post(action: string, parameters: Readonly<Record<string, string>>): Reply {
  const fields = Object.entries(parameters).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const body = html`<h1>Back to the app</h1><form method="post" action="${action}">${fields}<button class="main">Continue</button></form>`;
  return showPage({ title: "Back to the app", body, submits: true });
}
