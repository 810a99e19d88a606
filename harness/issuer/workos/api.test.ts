import { describe, expect, test } from "vitest";
import { API_KEY, type Bench, bench, type Reply, START } from "../issuer.testing.ts";

const KEY_HEADER = { authorization: `Bearer ${API_KEY}` };
const USERS = "/user_management/users";
const ORGANIZATIONS = "/organizations";
const MEMBERSHIPS = "/user_management/organization_memberships";

const get = (world: Bench, path: string) => world.send(path, { headers: KEY_HEADER });
const post = (world: Bench, path: string, body: unknown) => world.post(path, body, KEY_HEADER);
const remove = (world: Bench, path: string) => world.send(path, { method: "DELETE", headers: KEY_HEADER });
const put = (world: Bench, path: string, body: unknown) =>
  world.send(path, { method: "PUT", body: JSON.stringify(body), headers: { ...KEY_HEADER, "content-type": "application/json" } });

const ids = (reply: Reply): string[] => reply.body.data.map((one: { id: string }) => one.id);
const verdict = ({ status, body }: Reply): [number, string] => [status, body.code];

/** Users u1 to u5, in the order of their creation; the seeded ones are gone. */
async function five(): Promise<{ world: Bench; u: string[] }> {
  const world = bench({ users: [] });
  const u: string[] = [];
  for (const name of ["one", "two", "three", "four", "five"]) u.push((await post(world, USERS, { email: `${name}@example.test` })).body.id);
  return { world, u };
}

describe("a list", () => {
  test("shows the newest first, ten of them, and where it goes on", async () => {
    const { world, u } = await five();
    const reply = await get(world, USERS);
    expect(reply.body).toMatchObject({ object: "list", list_metadata: { before: null, after: null } });
    expect(ids(reply)).toEqual([...u].reverse());
  });

  test("is paged forwards by `after` and backwards by `before`", async () => {
    const { world, u } = await five();
    const [u1, u2, u3, u4, u5] = u;
    const first = await get(world, `${USERS}?limit=2`);
    expect([ids(first), first.body.list_metadata]).toEqual([[u5, u4], { before: null, after: u4 }]);
    const second = await get(world, `${USERS}?limit=2&after=${u4}`);
    expect([ids(second), second.body.list_metadata]).toEqual([[u3, u2], { before: u3, after: u2 }]);
    const last = await get(world, `${USERS}?limit=2&after=${u2}`);
    expect([ids(last), last.body.list_metadata]).toEqual([[u1], { before: u1, after: null }]);
    const back = await get(world, `${USERS}?limit=2&before=${u1}`);
    expect([ids(back), back.body.list_metadata]).toEqual([[u3, u2], { before: u3, after: u2 }]);
  });

  test("takes the order, and `normal` swaps what the cursors mean", async () => {
    const { world, u } = await five();
    const [u1, u2, , u4, u5] = u;
    expect(ids(await get(world, `${USERS}?order=asc&limit=2`))).toEqual([u1, u2]);
    expect(ids(await get(world, `${USERS}?order=normal&limit=2`))).toEqual([u5, u4]);
    expect(ids(await get(world, `${USERS}?order=normal&before=${u2}`))).toEqual([u1]);
  });

  test.each(["limit=0", "limit=101", "limit=many", "order=up", "after=user_unknown", "before=user_unknown"])(
    "refuses %s with a 422 that names the field",
    async (query) => {
      const reply = await get((await five()).world, `${USERS}?${query}`);
      expect(verdict(reply)).toEqual([422, "invalid_request_parameters"]);
      expect(reply.body.message).toBe("Validation failed.");
      expect(reply.body.errors[0].field).toBe(query.split("=")[0]);
    },
  );

  test.each([USERS, ORGANIZATIONS, `${MEMBERSHIPS}?user_id=user_ada`, `${USERS}/user_ada/sessions`])("%s needs the key", async (path) => {
    expect((await bench().send(path)).status).toBe(401);
  });
});

describe("users", () => {
  test("are found by email in any case, and by organization", async () => {
    const membership = { userId: "user_ben", organizationId: "org_acme", role: "member" };
    const world = bench({ organizations: [{ id: "org_acme", slug: "acme", name: "Acme" }], memberships: [membership] });
    expect(ids(await get(world, `${USERS}?email=ADA@example.test`))).toEqual(["user_ada"]);
    expect(ids(await get(world, `${USERS}?email=nobody@example.test`))).toEqual([]);
    expect(ids(await get(world, `${USERS}?organization_id=org_acme`))).toEqual(["user_ben"]);
  });

  test("are created, changed where something is given, and deleted", async () => {
    const world = bench();
    const fields = { email: "cleo@example.test", first_name: "Cleo", external_id: "ext-1", metadata: { team: "blue" } };
    const made = await post(world, USERS, fields);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...fields, last_name: null, name: "Cleo", email_verified: false });

    world.advance(1_000);
    const changed = await put(world, `${USERS}/${made.body.id}`, { last_name: "Patra", external_id: null });
    expect(changed.body).toMatchObject({ name: "Cleo Patra", external_id: null, metadata: { team: "blue" }, email: "cleo@example.test" });
    expect(changed.body.updated_at).toBe(new Date(START + 1_000).toISOString());

    expect((await remove(world, `${USERS}/${made.body.id}`)).status).toBe(200);
    expect(verdict(await get(world, `${USERS}/${made.body.id}`))).toEqual([404, "entity_not_found"]);
    expect(verdict(await remove(world, `${USERS}/${made.body.id}`))).toEqual([404, "entity_not_found"]);
  });

  test("have an email each", async () => {
    const world = bench();
    const taken = await post(world, USERS, { email: "ADA@example.test" });
    expect(verdict(taken)).toEqual([400, "user_creation_error"]);
    expect(taken.body.errors).toMatchObject([{ code: "email_not_available" }]);
    expect(verdict(await put(world, `${USERS}/user_ben`, { email: "ada@example.test" }))).toEqual([400, "email_not_available"]);
    expect((await put(world, `${USERS}/user_ada`, { email: "Ada@example.test" })).status).toBe(200);
  });

  test.each<[string, unknown, string]>([
    ["no email", {}, "email"],
    ["something else for an email", { email: "ada" }, "email"],
    ["a number for a name", { email: "x@example.test", first_name: 7 }, "first_name"],
    ["metadata that is no text", { email: "x@example.test", metadata: { s3cr3t: { a: 1 } } }, "metadata"],
    ["a list", [], ""],
  ])("refuse %s, name the field, and echo nothing", async (_, body, field) => {
    const reply = await post(bench(), USERS, body);
    expect(verdict(reply)).toEqual([422, "invalid_request_parameters"]);
    expect(reply.body.errors[0].field).toBe(field);
    expect(reply.text).not.toContain("s3cr3t");
  });

  test("refuse what is not JSON", async () => {
    const headers = { ...KEY_HEADER, "content-type": "application/json" };
    expect(verdict(await bench().send(USERS, { method: "POST", body: "{", headers }))).toEqual([400, "invalid_request"]);
    const form = { ...KEY_HEADER, "content-type": "application/x-www-form-urlencoded" };
    expect(verdict(await bench().send(USERS, { method: "POST", body: "email=x", headers: form }))).toEqual([415, "unsupported_media_type"]);
  });
});

describe("organizations", () => {
  test("are created, shown and listed", async () => {
    const world = bench();
    const made = await post(world, ORGANIZATIONS, { name: "Acme Inc.", external_id: "ext-1" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ object: "organization", name: "Acme Inc.", domains: [], external_id: "ext-1", metadata: {} });
    expect((await get(world, `${ORGANIZATIONS}/${made.body.id}`)).body).toEqual(made.body);
    expect(ids(await get(world, ORGANIZATIONS))).toEqual([made.body.id]);
  });

  test("need a name, and are unknown otherwise", async () => {
    const world = bench();
    expect((await post(world, ORGANIZATIONS, { name: "" })).body.errors[0].field).toBe("name");
    expect(verdict(await get(world, `${ORGANIZATIONS}/org_unknown`))).toEqual([404, "entity_not_found"]);
  });
});

describe("organization memberships", () => {
  const acme = { organizations: [{ id: "org_acme", slug: "acme", name: "Acme" }] };
  const join = (world: Bench, more = {}) => post(world, MEMBERSHIPS, { user_id: "user_ada", organization_id: "org_acme", ...more });

  test("are created with a role, changed, shown and deleted", async () => {
    const world = bench(acme);
    const made = await join(world, { role_slug: "admin" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      object: "organization_membership",
      organization_name: "Acme",
      status: "active",
      role: { slug: "admin" },
    });
    expect(made.body.user.id).toBe("user_ada");
    const path = `${MEMBERSHIPS}/${made.body.id}`;
    expect((await put(world, path, { role_slugs: ["viewer"] })).body).toMatchObject({ id: made.body.id, roles: [{ slug: "viewer" }] });
    expect((await get(world, path)).body.role).toEqual({ slug: "viewer" });
    expect((await remove(world, path)).status).toBe(200);
    expect(verdict(await get(world, path))).toEqual([404, "entity_not_found"]);
  });

  test("are active unless they are deactivated; creating one again activates it", async () => {
    const world = bench(acme);
    const { id } = (await join(world)).body;
    const list = `${MEMBERSHIPS}?organization_id=org_acme`;
    expect((await put(world, `${MEMBERSHIPS}/${id}/deactivate`, {})).body.status).toBe("inactive");
    expect(ids(await get(world, list))).toEqual([]);
    expect(ids(await get(world, `${list}&statuses=inactive,active`))).toEqual([id]);
    expect((await put(world, `${MEMBERSHIPS}/${id}`, { role_slug: "admin" })).body).toMatchObject({ status: "inactive" });
    expect((await join(world)).body).toMatchObject({ id, status: "active", role: { slug: "member" } });
  });

  test("go with their user", async () => {
    const world = bench(acme);
    await join(world);
    await remove(world, `${USERS}/user_ada`);
    expect(ids(await get(world, `${MEMBERSHIPS}?organization_id=org_acme`))).toEqual([]);
  });

  test("refuse what is missing, unknown or more than one role", async () => {
    const world = bench(acme);
    expect(verdict(await get(world, MEMBERSHIPS))).toEqual([400, "missing_user_id_or_organization_id"]);
    expect(verdict(await get(world, `${MEMBERSHIPS}?user_id=user_ada&statuses=odd`))).toEqual([422, "invalid_request_parameters"]);
    expect(verdict(await join(world, { user_id: "user_eve" }))).toEqual([404, "entity_not_found"]);
    expect(verdict(await join(world, { organization_id: "org_unknown" }))).toEqual([404, "entity_not_found"]);
    expect(verdict(await join(world, { user_id: 7 }))).toEqual([422, "invalid_request_parameters"]);
    expect(verdict(await join(world, { role_slugs: ["a", "b"] }))).toEqual([422, "multiple_roles_not_enabled"]);
  });
});

describe("sessions of a user", () => {
  const SESSIONS = `${USERS}/user_ada/sessions`;

  test("are those that live, with where they began and the organization that they speak for", async () => {
    const organizations = [{ id: "org_acme", slug: "acme", name: "Acme" }];
    const memberships = [{ userId: "user_ada", organizationId: "org_acme", role: "member" }];
    const world = bench({ organizations, memberships });
    const code = await world.code({ organization_id: "org_acme" });
    const from = { ip_address: "192.0.2.1", user_agent: "Mosaic" };
    const { body } = await world.authenticate({ grant_type: "authorization_code", code, ...from });
    await world.signIn();
    world.advance(5_000);
    await world.authenticate({ grant_type: "refresh_token", refresh_token: body.refresh_token, user_agent: "Another" });

    const list = await get(world, SESSIONS);

    expect(list.body.data).toHaveLength(2);
    const at = { created_at: new Date(START).toISOString(), updated_at: new Date(START + 5_000).toISOString() };
    expect(list.body.data[1]).toMatchObject({
      ...{ object: "session", user_id: "user_ada", organization_id: "org_acme", auth_method: "password", status: "active" },
      ...{ ended_at: null, ...from, ...at },
    });
    expect(list.body.data[0]).toMatchObject({ ip_address: null, user_agent: null });
    expect(list.body.data[0]).not.toHaveProperty("organization_id");

    await post(world, "/user_management/sessions/revoke", { session_id: list.body.data[1].id });
    expect(ids(await get(world, SESSIONS))).toEqual([list.body.data[0].id]);
  });

  test("are nobody's for a user who does not exist", async () => {
    expect(verdict(await get(bench(), `${USERS}/user_eve/sessions`))).toEqual([404, "entity_not_found"]);
  });
});
