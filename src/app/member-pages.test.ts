import { beforeEach, describe, expect, test } from "vitest";
import { START } from "../callback/callback.testing.ts";
import { RepositoryError } from "../repository/repository.ts";
import { type Bench, createBench, EXPIRED, ORIGIN } from "./app.testing.ts";

const acme = { id: "org_1", slug: "acme", name: "Acme <&>", role: "member" };
const globex = { id: "org_2", slug: "globex", name: "Globex", role: "member" };
const down = () => new RepositoryError("unavailable", "down", 5);

let bench: Bench;
let jar: string;
beforeEach(async () => {
  bench = createBench();
  bench.claims = { organizations: [acme, globex] };
  jar = await bench.signIn();
});

const part = { "x-fragment": "main" };
const texts = () => bench.events.newest("ws_1", 100).events.map(({ text }) => text);

describe("every page of somebody who is signed in", () => {
  test.each(["/", "/projects", "/events"])(
    "%s has the session's snapshot, as the session endpoint tells it, and where one is",
    async (path) => {
      const { status, text } = await bench.ask(`GET ${path}`, { jar });
      const snapshot = JSON.parse(/<script type="application\/json" id="session-snapshot">(.*)<\/script>/.exec(text)?.[1] ?? "");
      const { sign_out_token: _, ...told } = JSON.parse((await bench.ask("GET /session", { jar })).text);
      expect([status, snapshot]).toEqual([200, told]);
      expect(text).toContain('<body data-session="known">');
      expect(text).toContain(`<a href="${path}" aria-current="page">`);
    },
  );

  test("has nothing in its snapshot that a browser would take for markup", async () => {
    bench.claims = { sub: "user</script><script>alert(1)</script>" };
    const { text } = await bench.ask("GET /", { jar: await bench.signIn() });
    expect(text).not.toMatch(/<script>/);
    expect(text).toContain("user\\u003c/script>");
  });

  test.each(["/", "/projects", "/events"])("%s can be had without what surrounds it", async (path) => {
    const { status, headers, text } = await bench.ask(`GET ${path}`, { jar, headers: part });
    expect([status, headers.get("x-fragment"), headers.get("cache-control")]).toEqual([200, "main", "private, no-store"]);
    expect(text).toMatch(/^<title>/);
    expect(text).not.toMatch(/<html|<header|id="session-snapshot"/);
  });

  test.each(["/", "/projects", "/events"])("%s is renewed when the token is due, as a part too", async (path) => {
    bench.world.now = EXPIRED;
    bench.claims = { iat: EXPIRED / 1000, exp: EXPIRED / 1000 + 300 };
    const { status, headers } = await bench.ask(`GET ${path}`, { jar, headers: part });
    expect([status, headers.getSetCookie().join().includes("__Host-holdfast-session.")]).toEqual([200, true]);
  });

  test.each(["/projects", "/events"])("%s asks whoever is signed out to sign in, and to come back", async (path) => {
    const { status, text } = await bench.ask(`GET ${path}`);
    expect([status, text.includes("You are signed out")]).toEqual([401, true]);
    expect(text).toContain(`<input type="hidden" name="return_to" value="${path}" />`);
    expect(text).toContain('<body data-session="none">');
  });

  test.each(["/", "/projects", "/events"])("%s is a refusal for a script, when nobody is signed in", async (path) => {
    const { status, headers } = await bench.ask(`GET ${path}`, { headers: part });
    expect([status, headers.has("x-fragment")]).toEqual([401, false]);
  });

  test.each(["/", "/projects", "/events"])(
    "%s takes nobody for signed out while the issuer is down, and has its script ask",
    async (path) => {
      bench.world.now = EXPIRED;
      bench.world.reply = () => new Response("{}", { status: 503 });
      const { status, text } = await bench.ask(`GET ${path}`, { jar });
      expect([status, text.includes("You have not been signed out")]).toEqual([503, true]);
      expect(text).toContain('<body data-session="unknown">');
    },
  );

  test.each(["/projects", "/events"])("%s leads home where there is no workspace yet", async (path) => {
    bench = createBench();
    bench.repository.faults = [down()];
    const { status, headers } = await bench.ask(`GET ${path}`, { jar: await bench.signIn() });
    expect([status, headers.get("location")]).toEqual([303, "/"]);
  });

  test.each(["/projects", "/events"])("%s stays signed in while the repository is down", async (path) => {
    bench.repository.faults = [down()];
    const outage = await bench.ask(`GET ${path}`, { jar });
    expect([outage.status, outage.headers.get("retry-after"), outage.text.includes("You are still signed in.")]).toEqual([503, "5", true]);
    bench.repository.faults = [new TypeError("ada@example.test")];
    const fault = await bench.ask(`GET ${path}`, { jar });
    expect([fault.status, fault.text.includes("You are still signed in.")]).toEqual([500, true]);
    expect(JSON.stringify(bench.world.log)).not.toContain("ada@");
  });
});

describe("projects", () => {
  const create = (form: Record<string, string>) => bench.ask("POST /projects", { jar, form });

  test("are made in the organization that was picked, and seen at once", async () => {
    const { text } = await bench.ask("GET /projects", { jar });
    expect(text).toContain('<option value="acme">Acme &lt;&amp;&gt;</option>');
    const { status, headers } = await create({ name: " Apollo ", slug: "apollo", organizationSlug: "globex" });
    expect([status, headers.get("location")]).toEqual([303, "/projects"]);
    for (const path of ["/projects", "/"]) expect((await bench.ask(`GET ${path}`, { jar })).text).toContain("Apollo <code>apollo</code>");
    expect(texts().at(-1)).toBe("Project “Apollo” was created in Globex");
  });

  test.each([
    [400, "You are a member of several organizations", { name: "A", slug: "a" }],
    [403, "You are not a member of this organization.", { name: "A", slug: "a", organizationSlug: "other" }],
    [400, "slug: expected lower-case letters", { name: "A", slug: "A!", organizationSlug: "acme" }],
    [400, "name:", { slug: "a", organizationSlug: "acme" }],
  ])("are refused with %d and a reason: %s", async (status, said, form) => {
    const answer = await create(form as unknown as Record<string, string>);
    expect([answer.status, answer.text.includes(said)]).toEqual([status, true]);
    expect(answer.text).toContain(`id="slug" name="slug" value="${form.slug}"`);
    expect(texts()).toEqual(["ada@example.test signed in"]);
  });

  test("have a short name of their own, and what was filled in stays", async () => {
    await create({ name: "Apollo", slug: "apollo", organizationSlug: "acme" });
    const { status, text } = await create({ name: `"Again"`, slug: "apollo", organizationSlug: "globex" });
    expect(status).toBe(409);
    expect(text).toContain('<p class="refused" role="alert">There is a project with this slug. Choose another.</p>');
    expect(text).toContain('value="&quot;Again&quot;"');
    expect(text).toContain('<option value="globex" selected>');
  });

  test("need no choice in the only organization, and cannot be made in none", async () => {
    bench.claims = { organizations: [acme], jti: "jti_2" };
    const one = await bench.ask("GET /projects", { jar: await bench.signIn() });
    expect([one.text.includes("<select"), one.text.includes("<strong>Acme &lt;&amp;&gt;</strong>")]).toEqual([false, true]);
    bench.claims = { jti: "jti_3" };
    const none = await bench.ask("GET /projects", { jar: await bench.signIn() });
    expect([none.text.includes("not a member of any"), none.text.includes("<button>Create")]).toEqual([true, false]);
  });
});

describe("notes", () => {
  test("are events, for a form and for a script", async () => {
    const form = await bench.ask("POST /events", { jar, form: { text: " hello " } });
    expect([form.status, form.headers.get("location")]).toEqual([303, "/events"]);
    const script = await bench.ask("POST /events", { jar, form: { text: "<b>" }, headers: { accept: "application/json" } });
    expect([script.status, script.text]).toEqual([201, "{}"]);
    expect(texts()).toEqual(["ada@example.test signed in", "hello", "<b>"]);
    const { text } = await bench.ask("GET /events", { jar });
    expect(text).toContain('data-first="0" data-total="3"');
    expect(text).toContain('<li data-kind="note"><span class="what">&lt;b&gt;</span> <time datetime="2030-01-01T00:00:00.000Z">');
    expect(START).toBe(bench.world.now);
  });

  test.each(["", " ", "x".repeat(201)])("have 1 to 200 characters, not %o", async (text) => {
    expect((await bench.ask("POST /events", { jar, form: { text } })).status).toBe(400);
    expect(texts()).toHaveLength(1);
  });

  test("come as a form that is not too large", async () => {
    const json = await bench.ask("POST /events", { jar, headers: { origin: ORIGIN, "content-type": "application/json" } });
    expect(json.status).toBe(400);
    expect((await bench.ask("POST /events", { jar, form: { text: "x".repeat(20_000) } })).status).toBe(413);
  });
});

test.each(["/projects", "/events"])("a form of another site's page does nothing: %s", async (path) => {
  const form = { text: "x", name: "A", slug: "a", organizationSlug: "acme" };
  expect((await bench.ask(`POST ${path}`, { jar, form, headers: { origin: "https://evil.test" } })).status).toBe(403);
  expect(texts()).toEqual(["ada@example.test signed in"]);
});

test.each(["/projects", "/events"])("a form of somebody who is signed out does nothing, and asks to sign in: %s", async (path) => {
  const { status, text } = await bench.ask(`POST ${path}`, { form: { text: "x" } });
  expect([status, text.includes("You are signed out")]).toEqual([401, true]);
});
