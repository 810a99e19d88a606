import type { Project } from "./claims.ts";

/** A project as it is stored. */
export interface StoredProject extends Project {
  /** The user's id. */
  readonly createdBy: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/**
 * Where projects are kept, and what the issuer reads when it signs claims. A port: callers own the implementation.
 *
 * Its methods reject with `RepositoryError` `unavailable` when the store is down.
 */
export interface ProjectStore {
  /** Stores the project and returns true, or returns false and changes nothing when its slug is taken. Atomic. */
  insert(project: StoredProject): Promise<boolean>;
  /** What the user has created, oldest first. */
  createdBy(userId: string): Promise<readonly StoredProject[]>;
  /** What the organizations have, oldest first: the issuer's view. */
  ofOrganizations(organizationIds: readonly string[]): Promise<readonly StoredProject[]>;
}

/**
 * A store that lives as long as the process.
 *
 * @example
 * ```ts
 * const store = createMemoryProjectStore();
 * await store.insert({ id: "proj_1", slug: "apollo", name: "Apollo", organizationId: "org_1", createdBy: "user_ada", createdAt: 0 }); // true
 * ```
 */
export function createMemoryProjectStore(): ProjectStore {
  // A map keeps the order of insertion.
  const bySlug = new Map<string, StoredProject>();
  return {
    async insert(project) {
      if (bySlug.has(project.slug)) return false;
      bySlug.set(project.slug, project);
      return true;
    },
    async createdBy(userId) {
      return [...bySlug.values()].filter((project) => project.createdBy === userId);
    },
    async ofOrganizations(organizationIds) {
      return [...bySlug.values()].filter(({ organizationId }) => organizationIds.includes(organizationId));
    },
  };
}
