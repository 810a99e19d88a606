import type { User } from "../state/directory.ts";

/** A user as WorkOS shows one: the fields that `deserializeUser` of @workos-inc/node 11 reads. */
export function userBody(user: User): Record<string, unknown> {
  return {
    object: "user",
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    name: `${user.firstName} ${user.lastName}`,
    first_name: user.firstName,
    last_name: user.lastName,
    profile_picture_url: null,
    last_sign_in_at: moment(user.lastSignInAt),
    locale: null,
    created_at: moment(user.createdAt),
    updated_at: moment(user.updatedAt),
    external_id: user.externalId,
    metadata: {},
  };
}

function moment(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
