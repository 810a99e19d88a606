import type { Core } from "../core.ts";
import { oauthRefusal } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { User } from "../state/directory.ts";
import type { AuthorizationRequest } from "../state/interactions.ts";
import type { Session } from "../state/records.ts";
import { approve, deny } from "./answer.ts";
import { cookieOf, INTERACTION_COOKIE, SIGN_ON_COOKIE, setCookie } from "./cookies.ts";
import { showInteraction } from "./interaction-page.ts";
import { needOf, organizationOf } from "./needs.ts";

/**
 * What an app's request comes to: a code at once for whom the `login_hint` names or who is signed in at the issuer already, else a
 * page; with `prompt=none` never a page.
 */
export function authorizePerson(core: Core, browser: IssuerRequest, request: AuthorizationRequest): Reply {
  const { directory, options, signOns, machine, origin } = core;
  const { prompts, method, organizationId } = request;
  const hinted = request.loginHint === null ? undefined : directory.userByEmail(request.loginHint);
  if (options.interactive === false) {
    const refused = impossibleWithoutPages(request, hinted);
    if (hinted === undefined || refused !== null) return deny(core, request, { error: refused ?? "login_required", description: NO_PAGES });
    checkMembership(core, request, hinted);
    return approve(core, request, { user: hinted, method, session: null, organizationId });
  }

  const current = signOns.of(cookieOf(browser, SIGN_ON_COOKIE));
  if (current !== null && suits(core, request, current)) return go(core, browser, request, current);
  if (prompts.has("none")) {
    return deny(core, request, { error: "login_required", description: "Nobody whom the request would take is signed in here." });
  }
  const isNamed = hinted !== undefined && (request.expected === null || request.expected === hinted);
  if (!isNamed || prompts.has("select_account")) return showPages(core, browser, request, null);
  checkMembership(core, request, hinted);
  const session = machine.openSession(hinted, method);
  return setCookie(go(core, browser, request, session), origin, SIGN_ON_COOKIE, signOns.begin(session));
}

const NO_PAGES = "Expected `login_hint` to be the email of a known user: this issuer is set up without pages.";

/** The error for what only a page could do. */
function impossibleWithoutPages({ prompts, client }: AuthorizationRequest, hinted: User | undefined): string | null {
  if (prompts.has("none") || hinted === undefined) return "login_required";
  if (prompts.has("select_account")) return "account_selection_required";
  return prompts.has("consent") || client.asksConsent === true ? "consent_required" : null;
}

/** Whether somebody who is signed in already is whom the request wants. */
function suits({ options, directory }: Core, request: AuthorizationRequest, { user, startedAt }: Session): boolean {
  const { prompts, loginHint, expected, maxAge, organizationId } = request;
  if (prompts.has("login") || prompts.has("select_account")) return false;
  if (loginHint !== null && directory.userByEmail(loginHint) !== user) return false;
  if (expected !== null && expected !== user) return false;
  if (organizationId !== null && directory.membership(user.id, organizationId) === undefined) return false;
  return maxAge === null || options.now() - startedAt <= maxAge * 1000;
}

/** Somebody has signed in: back to the app, or on to what is still to be asked. */
function go(core: Core, browser: IssuerRequest, request: AuthorizationRequest, session: Session): Reply {
  const { user, method } = session;
  const passing = { session, organizationId: request.organizationId, request, consented: false };
  const need = needOf(core, passing);
  // A hint is how scripts sign in, and they would not know what to do with a choice.
  if (need === null || (need === "organization" && request.loginHint !== null)) {
    const organizationId = request.loginHint === null ? organizationOf(core, passing) : request.organizationId;
    return approve(core, request, { user, method, session, organizationId });
  }
  if (request.prompts.has("none")) {
    const error = need === "consent" ? "consent_required" : "interaction_required";
    return deny(core, request, { error, description: "The person would have to be asked something." });
  }
  return showPages(core, browser, request, session);
}

function showPages(core: Core, browser: IssuerRequest, request: AuthorizationRequest, session: Session | null): Reply {
  const begun = core.interactions.begin(request, session, cookieOf(browser, INTERACTION_COOKIE));
  return setCookie(showInteraction(core, begun.interaction), core.origin, INTERACTION_COOKIE, begun.browser);
}

/** A mistake in a script should be seen, and not travel on to the app. */
function checkMembership({ directory }: Core, { organizationId }: AuthorizationRequest, user: User): void {
  if (organizationId === null || directory.membership(user.id, organizationId) !== undefined) return;
  throw oauthRefusal(400, "invalid_request", "The user is no member of the organization that `organization_id` names.");
}
