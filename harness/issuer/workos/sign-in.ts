import type { Core } from "../core.ts";
import { json, oauthRefusal, Refusal } from "../http.ts";
import type { Client } from "../options.ts";
import type { User } from "../state/directory.ts";
import type { TokenPair } from "../state/machine.ts";
import { userBody } from "./bodies.ts";

/** A person who has proved who they are. */
export interface Proved {
  readonly user: User;
  readonly client: Client;
  /** As `authentication_method` names it. */
  readonly method: string;
}

/**
 * Begins the session of a sign-in that chose no organization: of one membership it is that organization, of several the app has to
 * ask (`organization_selection_required`; status and code from workos/openapi-spec, the other fields from
 * workos.com/docs/reference/authkit/authentication-errors).
 */
export function signInAnywhere(core: Core, proved: Proved): TokenPair {
  const own = core.directory.membershipsOf(proved.user.id);
  if (own.length < 2) return signInTo(core, proved, own[0]?.organizationId ?? null);
  const organizations = own.map(({ organizationId }) => ({ id: organizationId, name: core.directory.organization(organizationId)?.name }));
  throw lacks(
    "organization_selection_required",
    "The user must choose an organization to finish their authentication.",
    core.pendings.begin({ ...proved, lacks: "organization" }),
    { organizations, user: userBody(proved.user) },
  );
}

/** Begins the session of a sign-in to one organization, or to none. */
export function signInTo({ machine }: Core, { user, client, method }: Proved, organizationId: string | null): TokenPair {
  return machine.signIn({ user, client, method, organizationId, surface: "workos", scope: null, session: null });
}

/** A password alone does not prove that the email is theirs (`email_verification_required`, sources as above). */
export function requireVerifiedEmail(core: Core, proved: Proved): void {
  const { email, emailVerified } = proved.user;
  if (emailVerified) return;
  throw lacks(
    "email_verification_required",
    "Email ownership must be verified before authentication.",
    core.pendings.begin({ ...proved, lacks: "verified-email" }),
    { email },
  );
}

/** Refuses an organization that does not exist, or that the user does not belong to: the codes are those of workos/openapi-spec. */
export function requireMembership({ directory }: Core, user: User, organizationId: string): void {
  if (directory.organization(organizationId) === undefined) {
    throw oauthRefusal(400, "organization_not_found", "There is no organization with this `organization_id`.");
  }
  if (directory.membership(user.id, organizationId) === undefined) {
    throw oauthRefusal(400, "organization_membership_not_found", "The user is no active member of the organization.");
  }
}

function lacks(code: string, message: string, token: string, more: Record<string, unknown>): Refusal {
  return new Refusal(json(403, { code, message, pending_authentication_token: token, ...more }));
}
