import { beforeEach, describe, expect, test } from "vitest";
import { createMemoryProjectStore } from "../access/project-store.ts";
import {
  API_KEY,
  CLIENT,
  createSigner,
  createWorld,
  FakeRepository,
  ISSUER,
  json,
  START,
  type World,
} from "../callback/callback.testing.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { RepositoryError } from "../repository/repository.ts";
import { type ApiOptions, createApi } from "./api.ts";
import { CallbackBody } from "./schemas.ts";

const signer = await createSigner();
const acme = { id: "org_1", slug: "acme", name: "Acme", role: "admin" };
const globex = { id: "org_2", slug: "globex", name: "Globex", role: "member" };

let world: World;
let repository: FakeRepository;
let options: ApiOptions;
beforeEach(() => {
  world = createWorld();
  world.reply = (url) => json(200, { id: url.split("/").at(-1), email: "ada@example.test" });
  repository = new FakeRepository();
  options = {
    ports: world.ports,
    keys: createStaticKeySet(signer.jwks),
    accept: { issuers: [ISSUER], clientId: CLIENT },
    workos: { origin: ISSUER, apiKey: API_KEY },
    repository,
    projectStore: createMemoryProjectStore(),
    log: (entry) => world.log.push(entry),
  };
});

async function send(method: string, path: string, claims: Record<string, unknown> | null = {}, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  if (claims !== null) headers.set("authorization", `Bearer ${await signer.sign(claims)}`);
  return createApi(options).fetch(new Request(`https://api.example${path}`, { method, ...init, headers }));
}

const signIn = (claims: Record<string, unknown> = {}) => send("POST", "/v1/auth/web/callback", claims);
const post = (body: unknown, claims: Record<string, unknown> = { organizations: [acme] }, type = "application/json") =>
  send("POST", "/v1/web/projects", claims, {
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: type === "" ? {} : { "content-type": type },
  });

/** A JSON error with its code, as every refusal must be. */
async function expectFailure(response: Response, status: number, code: string): Promise<string> {
  const body = await response.json();
  expect({ status: response.status, body }).toEqual({ status, body: { error: { code, message: expect.stringMatching(/\S.*\.$/) } } });
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return body.error.message;
}

const workspace = { id: "ws_1", name: "ada's Workspace", created_at: "2030-01-01T00:00:00.000Z" };
const member = {
  id: "mem_1",
  workspace_id: "ws_1",
  workos_user_id: "user_ada",
  email: "ada@example.test",
  created_at: "2030-01-01T00:00:00.000Z",
  last_seen_at: "2030-01-01T00:00:00.000Z",
};

describe("POST /v1/auth/web/callback", () => {
  test("200 with the secret, once, and not to be stored", async () => {
    const response = await signIn();
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const body = await response.json();
    expect(body).toEqual({
      workspace,
      workspace_member: member,
      scopes: ["publish", "read"],
      default_api_key: {
        api_key: {
          id: "key_1",
          workspace_id: "ws_1",
          name: "Default",
          scopes: ["publish", "read"],
          prefix: "hf_",
          created_at: "2030-01-01T00:00:00.000Z",
          revoked_at: null,
        },
        secret: "hf_secret_1",
      },
    });
    expect(CallbackBody.strict().parse(body)).toEqual(body);
    expect(await (await signIn()).text()).toBe(JSON.stringify(body));
    expect(await (await signIn({ jti: "jti_2" })).json()).toMatchObject({ workspace, default_api_key: null });
  });

  test("a body is not looked at", async () => {
    const response = await send("POST", "/v1/auth/web/callback", {}, { body: "{", headers: { "content-type": "application/json" } });
    expect(response.status).toBe(200);
  });

  test("401 not_authenticated without token and session id, before the repository is touched", async () => {
    const response = await signIn({ jti: " ", sid: undefined });
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(await expectFailure(response, 401, "not_authenticated")).toBe("The access token names neither a token nor a session.");
    expect(repository.resolved).toEqual([]);
    expect(world.log).toEqual([{ event: "rejected", reason: "identity_missing" }]);
  });

  test("401 without a header", async () => {
    const response = await send("POST", "/v1/auth/web/callback", null);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    await expectFailure(response, 401, "not_authenticated");
  });

  test("503 with Retry-After when WorkOS is down", async () => {
    world.reply = () => json(500, {}, { "retry-after": "8" });
    const response = await signIn();
    expect(response.headers.get("retry-after")).toBe("8");
    await expectFailure(response, 503, "unavailable");
  });

  test("409 with Retry-After when the key stays in flight", async () => {
    repository.faults = Array.from({ length: 4 }, () => new RepositoryError("idempotency_in_flight", "held", 2));
    const response = await signIn();
    expect(response.headers.get("retry-after")).toBe("2");
    await expectFailure(response, 409, "idempotency_in_flight");
  });

  test("409 of its own when the key is another user's", async () => {
    await signIn();
    const response = await signIn({ sub: "user_ben" });
    expect(response.headers.get("retry-after")).toBe(null);
    await expectFailure(response, 409, "idempotency_key_reused");
  });

  test("the trusted claim is passed on", async () => {
    options = { ...options, trustedEmailClaim: "mail" };
    expect(await (await signIn({ mail: "ada@trusted.test" })).json()).toMatchObject({ workspace_member: { email: "ada@trusted.test" } });
    expect(world.requests).toEqual([]);
  });
});

describe("member-only reads", () => {
  const paths = ["/v1/web/me", "/v1/web/workspace", "/v1/web/workspace/artifacts"];

  test("GET /v1/web/me", async () => {
    await signIn();
    const response = await send("GET", "/v1/web/me");
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(await response.json()).toEqual({ workspace, workspace_member: member, scopes: ["publish", "read"] });
  });

  test("GET /v1/web/workspace", async () => {
    await signIn();
    expect(await (await send("GET", "/v1/web/workspace")).json()).toEqual({ workspace });
  });

  test("GET /v1/web/workspace/artifacts, page by page", async () => {
    await signIn();
    const artifact = (n: number, workspaceId = "ws_1") => ({ id: `art_${n}`, workspaceId, name: `A ${n}`, createdAt: START });
    repository.artifacts = [...Array.from({ length: 25 }, (_, n) => artifact(n)), artifact(99, "ws_2")];
    const first = await (await send("GET", paths[2] ?? "")).json();
    expect(first.artifacts).toHaveLength(20);
    expect(first.artifacts[0]).toEqual({ id: "art_0", workspace_id: "ws_1", name: "A 0", created_at: "2030-01-01T00:00:00.000Z" });
    const second = await (await send("GET", `${paths[2]}?cursor=${first.next_cursor}&limit=100`)).json();
    expect([second.artifacts.length, second.next_cursor]).toEqual([5, null]);
  });

  test.each(["limit=0", "limit=101", "limit=1.5", "limit=x", "limit=", "cursor=", "limit=1&limit=2", `cursor=${"x".repeat(513)}`])(
    "400 for ?%s",
    async (query) => {
      await signIn();
      expect(await expectFailure(await send("GET", `${paths[2]}?${query}`), 400, "invalid_request")).toMatch(/^(limit|cursor): /);
    },
  );

  test("400 for a cursor that the repository does not know", async () => {
    await signIn();
    await expectFailure(await send("GET", `${paths[2]}?cursor=x`), 400, "invalid_request");
  });

  test.each(paths)("%s writes nothing", async (path) => {
    await signIn();
    world.now += 60_000;
    expect((await send("GET", path)).status).toBe(200);
    expect((await send("HEAD", path)).status).toBe(200);
    expect(repository.resolved).toHaveLength(1);
    expect((await repository.getWebMemberByWorkOsUserId("user_ada"))?.member.lastSeenAt).toBe(START);
  });

  test.each(paths)("%s refuses a stranger, a bad token and an outage", async (path) => {
    await expectFailure(await send("GET", path), 403, "not_a_member");
    await expectFailure(await send("GET", path, null), 401, "not_authenticated");
    await expectFailure(await send("GET", `${path}?limit=0`, { exp: 1 }), 401, "not_authenticated");
    repository.faults = [new RepositoryError("unavailable", "down", 4)];
    const response = await send("GET", path);
    expect(response.headers.get("retry-after")).toBe("4");
    await expectFailure(response, 503, "unavailable");
  });

  test("503 when the repository fails between the member and the page", async () => {
    await signIn();
    repository.faults = [undefined, new RepositoryError("unavailable", "down", 4)];
    await expectFailure(await send("GET", paths[2] ?? ""), 503, "unavailable");
    expect(world.log).toEqual([{ event: "unavailable", dependency: "repository", said: "the repository is unavailable" }]);
  });
});

describe("projects", () => {
  const project = { slug: "apollo", name: "Apollo" };

  test("201, and there for its creator at once", async () => {
    const created = await post({ slug: "apollo", name: " Apollo " });
    expect(created.status).toBe(201);
    const body = await created.json();
    expect(body).toEqual({
      project: { id: expect.stringMatching(/^proj_/), ...project, organization: { id: "org_1", slug: "acme", name: "Acme" } },
    });
    const listed = await send("GET", "/v1/web/projects", { organizations: [acme] });
    expect([listed.status, await listed.json()]).toEqual([200, { projects: [body.project] }]);
    expect(await (await send("GET", "/v1/web/projects", { organizations: [acme], sub: "user_ben" })).json()).toEqual({ projects: [] });
  });

  test("of one organization", async () => {
    const claims = { organizations: [acme, globex] };
    await post({ ...project, organizationSlug: "globex" }, claims);
    expect((await (await send("GET", "/v1/web/projects?organizationSlug=globex", claims)).json()).projects).toHaveLength(1);
    expect((await (await send("GET", "/v1/web/projects?organizationSlug=acme", claims)).json()).projects).toHaveLength(0);
    await expectFailure(await send("GET", "/v1/web/projects?organizationSlug=initech", claims), 403, "not_a_member");
    await expectFailure(await send("GET", "/v1/web/projects?organizationSlug=", claims), 400, "invalid_request");
  });

  test.each([
    [400, "organization_required", { organizations: [acme, globex] }, project],
    [403, "no_organization", {}, project],
    [403, "not_a_member", { organizations: [acme] }, { ...project, organizationSlug: "globex" }],
  ])("%d %s", async (status, code, claims, body) => {
    await expectFailure(await post(body, claims), status, code);
  });

  test("409 slug_taken", async () => {
    await post(project);
    await expectFailure(await post(project), 409, "slug_taken");
  });

  test.each([
    ["{", "not JSON"],
    ["", "not JSON"],
    ["null", "expected object"],
    [{ name: "Apollo" }, "slug: "],
    [{ slug: "apollo" }, "name: "],
    [{ ...project, name: " " }, "name: "],
    [{ ...project, name: "x".repeat(201) }, "name: "],
    [{ ...project, slug: "Apollo" }, "slug: expected lower-case"],
    [{ ...project, slug: "-a" }, "slug: expected"],
    [{ ...project, slug: "a-" }, "slug: expected"],
    [{ ...project, slug: "a".repeat(64) }, "slug: expected"],
    [{ ...project, slug: "a\n" }, "slug: expected"],
    [{ ...project, organizationSlug: "" }, "organizationSlug: "],
    [{ ...project, owner: "user_ben" }, "owner"],
  ])("400 for %j", async (body, said) => {
    expect(await expectFailure(await post(body), 400, "invalid_request")).toContain(said);
  });

  test.each(["a", "a".repeat(63), "a-b", "0"])("the slug %s is good", async (slug) => {
    expect((await post({ slug, name: "A" })).status).toBe(201);
  });

  test("413 and 415", async () => {
    await expectFailure(await post({ ...project, name: "x".repeat(20_000) }), 413, "payload_too_large");
    await expectFailure(await post(project, { organizations: [acme] }, "text/plain"), 415, "unsupported_media_type");
  });

  test("401 before anything is said about the body, and for claims that are half-understood", async () => {
    await expectFailure(await post("{", { exp: 1 }), 401, "not_authenticated");
    world.log.length = 0;
    await expectFailure(await post(project, { organizations: "acme" }), 401, "not_authenticated");
    expect(world.log).toEqual([{ event: "rejected", reason: "claim_malformed" }]);
  });
});

describe("everything else", () => {
  test.each(["/", "/v1", "/v1/web/me/", "/V1/web/me", "/v1/auth/web/callback/x", "/v1/web//me"])("404 at %s", async (path) => {
    await expectFailure(await send("GET", path), 404, "not_found");
  });

  test.each([
    ["GET", "/v1/auth/web/callback", "POST"],
    ["DELETE", "/v1/auth/web/callback", "POST"],
    ["POST", "/v1/web/me", "GET, HEAD"],
    ["OPTIONS", "/v1/web/workspace", "GET, HEAD"],
    ["PUT", "/v1/web/projects", "GET, HEAD, POST"],
  ])("405 for %s %s, which takes %s", async (method, path, allow) => {
    const response = await send(method, path);
    expect(response.headers.get("allow")).toBe(allow);
    await expectFailure(response, 405, "method_not_allowed");
  });

  test.each([
    [new Error("user_ada ada@example.test"), "Error"],
    [Object.assign(new Error("secret"), { code: "23505", name: "DatabaseError" }), "DatabaseError 23505"],
    [Object.assign(new Error("secret"), { code: "ada@example.test" }), "Error"],
    [Object.assign(new Error("secret"), { code: 7 }), "Error"],
    [new RepositoryError("invalid_argument", "expected an email"), "RepositoryError invalid_argument"],
    ["a string", "string"],
    [null, "object"],
  ])("500 for %s, which is logged as %j and not shown", async (fault, error) => {
    repository.faults = [undefined, undefined];
    options = { ...options, repository: { ...repository, resolveWebMember: () => Promise.reject(fault) } as never };
    expect(await expectFailure(await signIn(), 500, "internal_error")).not.toMatch(/ada|secret/);
    expect(world.log).toEqual([{ event: "failed", error }]);
  });
});
