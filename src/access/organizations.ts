import type { Organization, Principal } from "./claims.ts";

/** Why no organization was chosen. */
export type OrganizationRefusal =
  /** The signed claims name none. */
  | "no_organization"
  /** They name several, and the request none. */
  | "organization_required"
  /** The request names one that is not in the signed claims, whether or not it exists. */
  | "not_a_member";

/**
 * The organization that a request is about: the one it names, when the signed claims have it, or else the only one there is.
 * There is no "active organization" to look up.
 *
 * @param slug Undefined when the request names none.
 *
 * @example
 * ```ts
 * const chosen = chooseOrganization(principal, body.organizationSlug);
 * if (typeof chosen === "string") return forbidden(chosen);
 * ```
 */
export function chooseOrganization({ organizations }: Principal, slug: string | undefined): Organization | OrganizationRefusal {
  if (slug !== undefined) return organizations.find((one) => one.slug === slug) ?? "not_a_member";
  if (organizations.length > 1) return "organization_required";
  return organizations[0] ?? "no_organization";
}
