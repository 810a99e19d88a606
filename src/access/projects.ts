import type { Ports } from "../session/ports.ts";
import type { Organization, Principal, Project } from "./claims.ts";
import { chooseOrganization, type OrganizationRefusal } from "./organizations.ts";
import type { ProjectStore } from "./project-store.ts";

const ID_BYTES = 12; // 96 random bits: no two projects share them.

export interface NewProject {
  readonly slug: string;
  readonly name: string;
  /** Needed when the claims name several organizations. */
  readonly organizationSlug?: string | undefined;
}

/** A project that the principal may see, and the organization by which they may. */
export interface VisibleProject {
  readonly project: Project;
  readonly organization: Organization;
}

export interface Projects {
  /** @returns Why not, when the claims do not allow it or the slug is taken anywhere. */
  create(principal: Principal, request: NewProject): Promise<VisibleProject | OrganizationRefusal | "slug_taken">;
  /** What the principal may see, of one organization or of all of theirs. */
  list(principal: Principal, organizationSlug?: string): Promise<readonly VisibleProject[] | "not_a_member">;
}

export interface ProjectsOptions {
  /** Called on its own receiver. */
  readonly store: ProjectStore;
  readonly ports: Pick<Ports, "now" | "randomBytes">;
}

/**
 * Projects by signed claims. Others see a new project once their claims name it, after their next refresh; its creator, whose
 * claims are as old, is softened: what they have created is looked up, and shown while they are a member of its organization.
 *
 * @example
 * ```ts
 * const projects = createProjects({ store: createMemoryProjectStore(), ports });
 * await projects.create(principal, { slug: "apollo", name: "Apollo" });
 * await projects.list(principal); // [{ project: apollo, organization: acme }]
 * ```
 */
export function createProjects({ store, ports }: ProjectsOptions): Projects {
  return {
    async create(principal, { slug, name, organizationSlug }) {
      const organization = chooseOrganization(principal, organizationSlug);
      if (typeof organization === "string") return organization;
      const id = `proj_${hex(ports.randomBytes(ID_BYTES))}`;
      const project = { id, slug, name, organizationId: organization.id };
      const isNew = await store.insert({ ...project, createdBy: principal.userId, createdAt: ports.now() });
      return isNew ? { project, organization } : "slug_taken";
    },

    async list(principal, organizationSlug) {
      const { organizations } = principal;
      const within = organizations.filter(({ slug }) => organizationSlug === undefined || slug === organizationSlug);
      if (organizationSlug !== undefined && within.length === 0) return "not_a_member";

      const own = (await store.createdBy(principal.userId)).map(({ id, slug, name, organizationId }) => ({
        id,
        slug,
        name,
        organizationId,
      }));
      // Where both know a project, the later entry counts: the signed word.
      const byId = new Map([...own, ...principal.projects].map((project) => [project.id, project]));
      return [...byId.values()].flatMap((project) => {
        const organization = within.find(({ id }) => id === project.organizationId);
        return organization === undefined ? [] : [{ project, organization }];
      });
    },
  };
}

/**
 * The `projects` claim for a user's next token.
 *
 * @example
 * ```ts
 * const claims = { sub, organizations, projects: await projectClaims(store, organizations) };
 * ```
 */
export async function projectClaims(store: ProjectStore, organizations: readonly Pick<Organization, "id">[]) {
  const stored = await store.ofOrganizations(organizations.map(({ id }) => id));
  return stored.map(({ id, slug, name, organizationId }) => ({ id, slug, name, organization_id: organizationId }));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
