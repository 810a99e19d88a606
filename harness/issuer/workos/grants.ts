import type { Core } from "../core.ts";
import { apiRefusal, oauthRefusal, optionalText, requiredText } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
import type { Client } from "../options.ts";
import { rejection } from "../rejection.ts";
import type { TokenPair } from "../state/machine.ts";
import { ONE_TIME_CODE } from "../state/magic-auth.ts";
import type { Pending } from "../state/pending.ts";
import { sameSecret } from "../state/secrets.ts";
import { cookieRefreshToken } from "./browser-session.ts";
import { requireSecret } from "./client-authentication.ts";
import { allowedOrigin } from "./cors.ts";
import { requireMembership, requireVerifiedEmail, signInAnywhere, signInTo } from "./sign-in.ts";

/** What a request to `/user_management/authenticate` brings. */
export interface Attempt {
  readonly core: Core;
  readonly request: IssuerRequest;
  readonly client: Client;
  readonly body: Record<string, unknown>;
}

type Grant = (attempt: Attempt) => TokenPair | Promise<TokenPair>;

/** The grants of `POST /user_management/authenticate` by `grant_type`: those of workos/openapi-spec without MFA and Radar. */
export const GRANTS: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ["authorization_code", exchangeCode],
  ["refresh_token", refresh],
  ["password", password],
  ["urn:workos:oauth:grant-type:magic-auth:code", magicAuth],
  ["urn:workos:oauth:grant-type:email-verification:code", verifyEmail],
  ["urn:workos:oauth:grant-type:organization-selection", selectOrganization],
  ["urn:ietf:params:oauth:grant-type:device_code", deviceCode],
]);

function exchangeCode({ core, client, body }: Attempt): TokenPair {
  const code = requiredText(body, "code");
  const exchange = core.codes.exchange(code, core.directory.client(client.id) as Client, optionalText(body, "code_verifier"));
  const invalid = oauthRefusal(400, "invalid_grant", "The code is unknown, expired or already exchanged.");
  switch (exchange.kind) {
    case "accepted": {
      const { approval } = exchange;
      if (approval.surface !== "workos" || core.directory.user(approval.user.id) !== approval.user) throw invalid;
      // PKCE stands in for the secret of a public client, so without it there would be no proof at all.
      if (approval.challenge === null) requireSecret(client);
      return core.machine.signIn({ ...approval, client, surface: "workos" });
    }
    case "wrong-verifier":
      throw oauthRefusal(400, "invalid_grant", "The `code_verifier` does not match the challenge of the code.");
    case "invalid":
      throw invalid;
  }
}

async function refresh({ core, request, client, body }: Attempt): Promise<TokenPair> {
  const token = optionalText(body, "refresh_token") ?? fromBrowser(core, request, client) ?? requiredText(body, "refresh_token");
  const wanted = optionalText(body, "organization_id");
  const family = core.machine.refreshToken(token)?.family;
  // A token of the other surface is for the machine to refuse, so that the journal is told.
  if (family !== undefined && family.surface === "workos" && family.ended === null) {
    // Not established whether WorkOS lets a token that was issued to a secret be refreshed without one; here it does not.
    if (family.client.secret !== null) requireSecret(client);
    // Also the organization that the session had: whoever lost the membership gets no more tokens for it.
    const organizationId = wanted ?? family.organizationId;
    if (organizationId !== null) requireMembership(core, family.session.user, organizationId);
  }
  const redemption = await core.machine.redeem(token, { clientId: client.id, surface: "workos", organizationId: wanted });
  if (redemption.kind === "rejected") throw rejection(core.options.profile, redemption.reason);
  return redemption.pair;
}

/** A page of a foreign origin must not refresh with the cookie, and a caller with the secret has no use for it. */
function fromBrowser(core: Core, request: IssuerRequest, client: Client): string | null {
  return client.secret === null && allowedOrigin(core, request) !== null ? cookieRefreshToken(core, request) : null;
}

function password({ core, client, body }: Attempt): TokenPair {
  requireSecret(client);
  const user = core.directory.userByEmail(requiredText(body, "email"));
  const presented = requiredText(body, "password");
  const known = user?.password ?? null;
  if (user === undefined || known === null || !sameSecret(presented, known)) {
    throw apiRefusal(400, "invalid_credentials", "The email or the password is wrong.");
  }
  const proved = { user, client, method: "Password" };
  requireVerifiedEmail(core, proved);
  return signInAnywhere(core, proved);
}

function magicAuth({ core, client, body }: Attempt): TokenPair {
  requireSecret(client);
  const email = requiredText(body, "email");
  const redemption = core.magicAuths.redeem(email, requiredText(body, "code"));
  switch (redemption.kind) {
    case "accepted": {
      const { user } = redemption;
      if (core.directory.user(user.id) !== user) throw wrongCode();
      // Whoever read the mail has verified the address.
      if (!user.emailVerified) core.directory.changeUser(user, { emailVerified: true });
      return signInAnywhere(core, { user, client, method: "MagicAuth" });
    }
    case "invalid":
      throw wrongCode();
    case "expired":
      throw apiRefusal(400, "one_time_code_expired", "The one-time code has expired.");
    case "used":
      throw apiRefusal(400, "one_time_code_previously_used", "The one-time code was used before.");
  }
}

function verifyEmail(attempt: Attempt): TokenPair {
  const { core, client, body } = attempt;
  const token = requiredText(body, "pending_authentication_token");
  const pending = pendingOf(attempt, token, "verified-email");
  if (!sameSecret(requiredText(body, "code"), ONE_TIME_CODE)) throw wrongCode();
  core.pendings.spend(token);
  core.directory.changeUser(pending.user, { emailVerified: true });
  return signInAnywhere(core, { ...pending, client });
}

function selectOrganization(attempt: Attempt): TokenPair {
  const { core, client, body } = attempt;
  const token = requiredText(body, "pending_authentication_token");
  const organizationId = requiredText(body, "organization_id");
  const pending = pendingOf(attempt, token, "organization");
  requireMembership(core, pending.user, organizationId);
  core.pendings.spend(token);
  return signInTo(core, { ...pending, client }, organizationId);
}

function pendingOf({ core, client }: Attempt, token: string, lacks: Pending["lacks"]): Pending {
  requireSecret(client);
  const pending = core.pendings.find(token, lacks);
  if (pending !== undefined && core.directory.user(pending.user.id) === pending.user) return pending;
  throw apiRefusal(400, "invalid_pending_authentication_token", "The pending authentication token is unknown, expired or spent.");
}

function deviceCode({ core, body }: Attempt): TokenPair {
  const poll = core.deviceCodes.poll(requiredText(body, "device_code"), core.options.clientId);
  switch (poll.kind) {
    case "approved": {
      const { user, method, organizationId } = poll.approval;
      if (core.directory.user(user.id) !== user) throw oauthRefusal(400, "invalid_grant", "The device code is unknown or spent.");
      // A device keeps no secret, whatever else it sends (RFC 8628 §5.6).
      return signInTo(core, { user, method, client: core.directory.publicClient }, organizationId);
    }
    case "invalid":
      throw oauthRefusal(400, "invalid_grant", "The device code is unknown or spent.");
    default:
      throw oauthRefusal(400, poll.kind, POLLS[poll.kind]);
  }
}

const POLLS = {
  authorization_pending: "The person has not decided yet.",
  slow_down: "Polled too early: wait five seconds longer between polls from now on.",
  expired_token: "The device code has expired.",
  access_denied: "The person denied the request.",
} as const;

function wrongCode() {
  return apiRefusal(400, "invalid_one_time_code", "The one-time code is wrong.");
}
