import type { Core } from "../core.ts";
import { browserUrl, oauthRefusal, redirect } from "../http.ts";
import type { Client } from "../options.ts";

/** 32 bytes of SHA-256 as base64url without padding (RFC 7636 §4.2). */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/**
 * `GET /user_management/authorize`: approves at once, as the user whose email is the `login_hint`, and redirects with a code.
 *
 * Every refusal is a 400 shown to the browser: a mistake in a scenario should be seen, and not travel on to the app as a redirect.
 */
export function authorize({ options, directory, codes }: Core, query: URLSearchParams): Response {
  if (query.get("client_id") !== options.clientId) throw oauthRefusal(400, "invalid_client", "Unknown `client_id`.");
  const target = browserUrl(query.get("redirect_uri"));
  if (target === null) throw oauthRefusal(400, "invalid_request", "Expected `redirect_uri` to be an absolute http(s) URL.");
  if (query.get("response_type") !== "code") {
    throw oauthRefusal(400, "unsupported_response_type", "Expected `response_type` to be code.");
  }
  const challenge = readChallenge(query);
  const user = directory.userByEmail(query.get("login_hint") ?? "");
  if (user === undefined) {
    throw oauthRefusal(400, "login_required", "Expected `login_hint` to be the email of a seeded user: this issuer has no sign-in page.");
  }
  const organizationId = query.get("organization_id");
  if (organizationId !== null && directory.membership(user.id, organizationId) === undefined) {
    throw oauthRefusal(400, "invalid_request", "The user is no member of the organization that `organization_id` names.");
  }
  const client = directory.client(options.clientId) as Client;
  const approval = { user, client, method: "Password", challenge, redirectUri: target.href, organizationId };
  target.searchParams.set("code", codes.issue({ ...approval, scope: null, nonce: null, session: null }));
  const state = query.get("state");
  if (state !== null) target.searchParams.set("state", state);
  return redirect(target);
}

function readChallenge(query: URLSearchParams): string | null {
  const challenge = query.get("code_challenge");
  const method = query.get("code_challenge_method");
  if (challenge === null && method === null) return null;
  if (method !== "S256" || challenge === null || !S256_CHALLENGE.test(challenge)) {
    throw oauthRefusal(400, "invalid_request", "Expected `code_challenge` with `code_challenge_method` S256.");
  }
  return challenge;
}
