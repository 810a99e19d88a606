import type { Directory, Membership, Organization, User } from "../state/directory.ts";
import type { MagicAuth } from "../state/magic-auth.ts";

// The objects of the API, as workos/openapi-spec has them and as the deserializers of @workos-inc/node 11 read them.

/** `UserlandUser`. */
export function userBody(user: User): Record<string, unknown> {
  const { firstName, lastName } = user;
  return {
    object: "user",
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    name: `${firstName} ${lastName}`.trim() || null,
    first_name: firstName || null,
    last_name: lastName || null,
    profile_picture_url: null,
    last_sign_in_at: user.lastSignInAt === null ? null : moment(user.lastSignInAt),
    locale: null,
    created_at: moment(user.createdAt),
    updated_at: moment(user.updatedAt),
    external_id: user.externalId,
    metadata: user.metadata,
  };
}

/** `Organization`. This issuer knows no domains. */
export function organizationBody({ id, name, metadata, externalId, createdAt }: Organization): Record<string, unknown> {
  return {
    object: "organization",
    id,
    name,
    domains: [],
    metadata,
    external_id: externalId,
    allow_profiles_outside_organization: false,
    created_at: moment(createdAt),
    updated_at: moment(createdAt),
  };
}

/** `UserlandUserOrganizationMembership`. */
export function membershipBody(directory: Directory, membership: Membership): Record<string, unknown> {
  const { id, userId, organizationId, role, status, createdAt, updatedAt } = membership;
  const user = directory.user(userId);
  return {
    object: "organization_membership",
    id,
    user_id: userId,
    organization_id: organizationId,
    organization_name: directory.organization(organizationId)?.name,
    status,
    directory_managed: false,
    custom_attributes: {},
    role: { slug: role },
    roles: [{ slug: role }],
    ...(user === undefined ? {} : { user: userBody(user) }),
    created_at: moment(createdAt),
    updated_at: moment(updatedAt),
  };
}

/** `MagicAuth`. */
export function magicAuthBody({ id, user, email, createdAt, expiresAt }: MagicAuth, code: string): Record<string, unknown> {
  const at = { created_at: moment(createdAt), updated_at: moment(createdAt), expires_at: moment(expiresAt) };
  return { object: "magic_auth", id, user_id: user.id, email, code, ...at };
}

/** Milliseconds since the epoch as the API shows them. */
export function moment(at: number): string {
  return new Date(at).toISOString();
}
