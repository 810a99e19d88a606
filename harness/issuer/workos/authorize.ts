import type { Core } from "../core.ts";
import { browserUrl, oauthRefusal, type Parameters, parseParameters } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Client } from "../options.ts";
import { authorizePerson } from "../pages/flow.ts";
import { readChallenge, readMaxAge, readPrompts, Unacceptable } from "../pages/parameters.ts";
import type { Visit } from "../router.ts";

/**
 * `GET /user_management/authorize`: approves at once as the user whose email is the `login_hint`, or as whoever is signed in at the
 * issuer, and else shows the sign-in page.
 *
 * What is wrong with the request is a 400 shown to the browser: a mistake in a scenario should be seen, and not travel on to the app
 * as a redirect. What the person does on the page, such as to cancel, does travel to the app.
 */
export function authorize(core: Core, { request }: Visit): Reply {
  const { options, directory } = core;
  const query = parseParameters(request.url.search);
  if (query.repeated.size > 0) throw oauthRefusal(400, "invalid_request", "Expected no parameter more than once.");
  if (query.get("client_id") !== options.clientId) throw oauthRefusal(400, "invalid_client", "Unknown `client_id`.");
  const target = browserUrl(query.get("redirect_uri"));
  if (target === null) throw oauthRefusal(400, "invalid_request", "Expected `redirect_uri` to be an absolute http(s) URL.");
  if (query.get("response_type") !== "code") {
    throw oauthRefusal(400, "unsupported_response_type", "Expected `response_type` to be code.");
  }
  const { challenge, prompts, maxAge } = readWishes(query);
  const loginHint = query.get("login_hint");
  if (options.interactive === false && directory.userByEmail(loginHint ?? "") === undefined) {
    throw oauthRefusal(
      400,
      "login_required",
      "Expected `login_hint` to be the email of a known user: this issuer is set up without pages.",
    );
  }
  const provider = query.get("provider") ?? "authkit";
  return authorizePerson(core, request, {
    ...{ surface: "workos", responseMode: "query", redirectUri: target.href, state: query.get("state"), challenge, prompts, maxAge },
    ...{ loginHint, organizationId: query.get("organization_id"), scopes: null, nonce: null, expected: null },
    client: directory.client(options.clientId) as Client,
    signUp: query.get("screen_hint") === "sign-up",
    // Whatever the provider, this page stands in for it. WorkOS names the method after an OAuth provider.
    method: provider.endsWith("OAuth") ? provider : "Password",
  });
}

function readWishes(query: Parameters) {
  try {
    return { challenge: readChallenge(query), prompts: readPrompts(query), maxAge: readMaxAge(query) };
  } catch (error) {
    if (error instanceof Unacceptable) throw oauthRefusal(400, error.error, error.description);
    throw error;
  }
}
