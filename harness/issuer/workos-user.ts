import type { SeededUser } from "./options.ts";

/** Seeded users exist from the start; a fixed moment keeps answers equal in every run. */
const SEEDED_AT = "2024-01-01T00:00:00.000Z";

/** A user as WorkOS shows one: the fields that `deserializeUser` of @workos-inc/node 11 reads. */
export function userBody(user: SeededUser): Record<string, unknown> {
  return {
    object: "user",
    id: user.id,
    email: user.email,
    email_verified: true,
    name: `${user.firstName} ${user.lastName}`,
    first_name: user.firstName,
    last_name: user.lastName,
    profile_picture_url: null,
    last_sign_in_at: null,
    locale: null,
    created_at: SEEDED_AT,
    updated_at: SEEDED_AT,
    external_id: null,
    metadata: {},
  };
}
