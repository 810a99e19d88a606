import { beforeEach, describe, expect, test } from "vitest";
import { type Principal, readPrincipal } from "./claims.ts";
import { chooseOrganization } from "./organizations.ts";
import { createMemoryProjectStore, type ProjectStore } from "./project-store.ts";
import { createProjects, type Projects, projectClaims } from "./projects.ts";

const acme = { id: "org_1", slug: "acme", name: "Acme", role: "admin" };
const globex = { id: "org_2", slug: "globex", name: "Globex", role: "member" };
const apollo = { id: "proj_1", slug: "apollo", name: "Apollo", organization_id: "org_1" };

function principal(claims: Record<string, unknown> = {}): Principal {
  const read = readPrincipal({ sub: "user_ada", organizations: [acme], ...claims });
  if (read === null) throw new Error("expected claims of a principal");
  return read;
}

describe("the principal from signed claims", () => {
  test("has the user, the organizations and the projects, and nothing else of the claims", () => {
    const claims = { sub: "user_ada", sid: "s", organizations: [{ ...acme, more: 1 }, globex], projects: [{ ...apollo, more: 1 }] };
    expect(readPrincipal(claims)).toEqual({
      userId: "user_ada",
      organizations: [acme, globex],
      projects: [{ id: "proj_1", slug: "apollo", name: "Apollo", organizationId: "org_1" }],
    });
  });

  test("is in no organization when the claims name none", () => {
    expect(readPrincipal({ sub: "user_ada" })).toEqual({ userId: "user_ada", organizations: [], projects: [] });
  });

  test.each([
    {},
    { sub: " " },
    { organizations: "acme" },
    { organizations: null },
    { organizations: ["acme"] },
    { organizations: [{ ...acme, id: undefined }] },
    { organizations: [{ ...acme, slug: "" }] },
    { organizations: [{ ...acme, name: 7 }] },
    { organizations: [{ ...acme, role: " " }] },
    { organizations: [acme, { ...globex, id: "org_1" }] },
    { organizations: [acme, { ...globex, slug: "acme" }] },
    { projects: {} },
    { projects: [{ ...apollo, id: "" }] },
    { projects: [{ ...apollo, slug: "" }] },
    { projects: [{ ...apollo, name: "" }] },
    { projects: [{ ...apollo, organization_id: undefined }] },
    { projects: [apollo, { ...apollo, slug: "other" }] },
    { projects: [apollo, { ...apollo, id: "other" }] },
  ])("is nobody when half-understood: %j", (claims) => {
    expect(readPrincipal("sub" in claims || Object.keys(claims).length === 0 ? claims : { sub: "user_ada", ...claims })).toBe(null);
  });
});

describe("the organization that a request is about", () => {
  test.each([
    ["the only one, unnamed", [acme], undefined, acme],
    ["the only one, named", [acme], "acme", acme],
    ["one of several, named", [acme, globex], "globex", globex],
    ["none at all", [], undefined, "no_organization"],
    ["several, unnamed", [acme, globex], undefined, "organization_required"],
    ["one that the claims do not name", [acme], "globex", "not_a_member"],
    ["a blank name", [acme], "", "not_a_member"],
    ["an id is no slug", [acme], "org_1", "not_a_member"],
    ["named by somebody without any", [], "acme", "not_a_member"],
  ])("%s", (_, organizations, slug, expected) => {
    expect(chooseOrganization(principal({ organizations }), slug)).toEqual(expected);
  });
});

describe("projects", () => {
  let store: ProjectStore;
  let projects: Projects;
  let now = 0;
  beforeEach(() => {
    let drawn = 0;
    now = 1_000;
    store = createMemoryProjectStore();
    projects = createProjects({ store, ports: { now: () => now, randomBytes: (length) => new Uint8Array(length).fill(++drawn) } });
  });

  const ada = principal();
  const ben = principal({ sub: "user_ben" });
  const both = principal({ organizations: [acme, globex] });
  const slugs = async (who: Principal, organizationSlug?: string) => {
    const visible = await projects.list(who, organizationSlug);
    return typeof visible === "string" ? visible : visible.map(({ project }) => project.slug);
  };
  const refreshed = async (who: Principal) =>
    principal({ sub: who.userId, organizations: who.organizations, projects: await projectClaims(store, who.organizations) });

  test("is created in the only organization", async () => {
    const project = { id: `proj_${"01".repeat(12)}`, slug: "apollo", name: "Apollo", organizationId: "org_1" };
    expect(await projects.create(ada, { slug: "apollo", name: "Apollo" })).toEqual({ project, organization: acme });
    expect(await store.createdBy("user_ada")).toEqual([{ ...project, createdBy: "user_ada", createdAt: 1_000 }]);
  });

  test("is created in the organization that is named", async () => {
    expect(await projects.create(both, { slug: "a", name: "A", organizationSlug: "globex" })).toMatchObject({
      project: { organizationId: "org_2" },
      organization: globex,
    });
  });

  test.each([
    ["organization_required", { organizations: [acme, globex] }, undefined],
    ["no_organization", { organizations: [] }, undefined],
    ["not_a_member", {}, "globex"],
  ])("is not created: %s", async (refusal, claims, organizationSlug) => {
    expect(await projects.create(principal(claims), { slug: "a", name: "A", organizationSlug })).toBe(refusal);
    expect(await store.ofOrganizations(["org_1", "org_2"])).toEqual([]);
  });

  test("has a slug of its own, whoever asks and wherever", async () => {
    await projects.create(ada, { slug: "apollo", name: "Apollo" });
    expect(await projects.create(ada, { slug: "apollo", name: "Again" })).toBe("slug_taken");
    expect(await projects.create(both, { slug: "apollo", name: "Elsewhere", organizationSlug: "globex" })).toBe("slug_taken");
    expect((await store.ofOrganizations(["org_1", "org_2"])).map(({ name }) => name)).toEqual(["Apollo"]);
  });

  test("of two that are created at once with one slug, one is", async () => {
    const made = await Promise.all([ada, ben].map((who) => projects.create(who, { slug: "apollo", name: who.userId })));
    expect(made.filter((one) => one === "slug_taken")).toHaveLength(1);
  });

  test("is there for its creator at once, and for others after their next refresh", async () => {
    await projects.create(ada, { slug: "apollo", name: "Apollo" });
    expect(await slugs(ada)).toEqual(["apollo"]);
    expect(await slugs(ben)).toEqual([]);
    expect(await slugs(await refreshed(ben))).toEqual(["apollo"]);
    expect(await slugs(await refreshed(ada))).toEqual(["apollo"]);
  });

  test("is there once when claims and store both know it, under its signed name", async () => {
    await projects.create(ada, { slug: "apollo", name: "Apollo" });
    const fresh = await refreshed(ada);
    const renamed = { ...fresh, projects: fresh.projects.map((project) => ({ ...project, name: "Renamed" })) };
    expect(await projects.list(renamed)).toMatchObject([{ project: { name: "Renamed" } }]);
  });

  test("shows the organization, and nothing of how it is stored", async () => {
    const created = await projects.create(ada, { slug: "apollo", name: "Apollo" });
    expect(await projects.list(ada)).toEqual([created]);
  });

  test("is gone for whoever is no longer a member, its creator too", async () => {
    await projects.create(ada, { slug: "apollo", name: "Apollo" });
    expect(await slugs(principal({ organizations: [globex] }))).toEqual([]);
    expect(await slugs(principal({ organizations: [globex], projects: [apollo] }))).toEqual([]);
  });

  test("are listed of one organization or of all", async () => {
    await projects.create(both, { slug: "a", name: "A", organizationSlug: "acme" });
    await projects.create(both, { slug: "g", name: "G", organizationSlug: "globex" });
    expect(await slugs(both)).toEqual(["a", "g"]);
    expect(await slugs(both, "globex")).toEqual(["g"]);
    expect(await slugs(both, "initech")).toBe("not_a_member");
    expect(await slugs(principal({ organizations: [] }))).toEqual([]);
  });

  test("the claims of the next token name the projects of its organizations alone", async () => {
    await projects.create(both, { slug: "a", name: "A", organizationSlug: "acme" });
    await projects.create(both, { slug: "g", name: "G", organizationSlug: "globex" });
    expect(await projectClaims(store, [acme])).toEqual([{ id: `proj_${"01".repeat(12)}`, slug: "a", name: "A", organization_id: "org_1" }]);
    expect(await store.createdBy("user_ben")).toEqual([]);
  });

  test("the store is called on its own receiver", async () => {
    class Store implements ProjectStore {
      readonly #inner = createMemoryProjectStore();
      insert: ProjectStore["insert"] = (project) => this.#inner.insert(project);
      async createdBy(userId: string) {
        return this.#inner.createdBy(userId);
      }
      async ofOrganizations(ids: readonly string[]) {
        return this.#inner.ofOrganizations(ids);
      }
    }
    const own = createProjects({ store: new Store(), ports: { now: () => 0, randomBytes: (length) => new Uint8Array(length) } });
    await own.create(ada, { slug: "a", name: "A" });
    expect(await own.list(ada)).toHaveLength(1);
  });

  test("an id is as long as its bytes, zeros included", async () => {
    const zeros = createProjects({ store, ports: { now: () => 0, randomBytes: (length) => new Uint8Array(length) } });
    expect(await zeros.create(ada, { slug: "z", name: "Z" })).toMatchObject({ project: { id: `proj_${"00".repeat(12)}` } });
  });
});
