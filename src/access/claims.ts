import { z } from "zod";

/** An organization that the signed claims say the user is a member of. */
export interface Organization {
  readonly id: string;
  /** Unique among organizations; what a URL or a request names. */
  readonly slug: string;
  readonly name: string;
  /** The user's role in it. */
  readonly role: string;
}

/** A project as claims and stores know it. */
export interface Project {
  readonly id: string;
  /** Unique among all projects. */
  readonly slug: string;
  readonly name: string;
  readonly organizationId: string;
}

/** Who acts, by signed claims alone: no call is needed to know what they may see. */
export interface Principal {
  readonly userId: string;
  readonly organizations: readonly Organization[];
  /** As of the token: newer ones are missing until the next refresh. */
  readonly projects: readonly Project[];
}

const text = z.string().regex(/\S/);

/** The shape of the claims. Both may be absent: most tokens of a new user have neither. */
const CLAIMS = z.object({
  sub: text,
  organizations: z.array(z.object({ id: text, slug: text, name: text, role: text })).default([]),
  projects: z.array(z.object({ id: text, slug: text, name: text, organization_id: text })).default([]),
});

/**
 * Reads the principal from the claims of a verified token: `sub`, `organizations: [{ id, slug, name, role }]` and
 * `projects: [{ id, slug, name, organization_id }]`.
 *
 * @param claims Their signature must have been verified.
 * @returns Null when a claim has another shape or an id or slug occurs twice: half-understood rights are no rights.
 *
 * @example
 * ```ts
 * readPrincipal({ sub: "user_ada" }); // { userId: "user_ada", organizations: [], projects: [] }
 * ```
 */
export function readPrincipal(claims: Readonly<Record<string, unknown>>): Principal | null {
  const { success, data } = CLAIMS.safeParse(claims);
  if (!success || !areDistinct(data.organizations) || !areDistinct(data.projects)) return null;
  const projects = data.projects.map(({ organization_id, ...project }) => ({ ...project, organizationId: organization_id }));
  return { userId: data.sub, organizations: data.organizations, projects };
}

function areDistinct(named: readonly { readonly id: string; readonly slug: string }[]): boolean {
  const [ids, slugs] = [new Set(named.map(({ id }) => id)), new Set(named.map(({ slug }) => slug))];
  return ids.size === named.length && slugs.size === named.length;
}
