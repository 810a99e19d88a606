import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { createSessionCookie } from "./cookie.ts";
import { ledger } from "./refresh/ledger.ts";
import { serverSession } from "./refresh/server-session.ts";
import { createSeal } from "./seal.ts";
import {
  applied,
  CLIENT,
  createSigner,
  createTestSession,
  createWorld,
  json,
  PASSWORD,
  SECRET,
  START,
  sessionOf,
  type World,
} from "./session.testing.ts";
import type { Session, SessionOptions } from "./session.ts";
import { createSignInOnce } from "./sign-in-once.ts";
import { createMemoryStore } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const signer = await createSigner();
const stranger = await createSigner("key-2");
const cookies = createSessionCookie({ seal: createSeal([PASSWORD]), now: () => START });

let world: World;
let store: Store;
let session: Session;
beforeEach(() => {
  world = createWorld();
  store = createMemoryStore(world.ports);
  session = open();
});

function open(options: Partial<SessionOptions> = {}): Session {
  return createTestSession(world, signer.jwks, { store, strategy: ledger, ...options });
}

const callback = (search: string, cookie = "") => new Request(`https://app.test/callback?${search}`, { headers: { cookie } });
const page = (cookie: string) => new Request("https://app.test/", { headers: { cookie } });

/** A sign-in that the issuer has sent back. */
async function begun(options: Parameters<Session["beginSignIn"]>[0] = { loginHint: "ada@example.test" }) {
  const start = await session.beginSignIn(options);
  if ("kind" in start) throw new Error(start.said);
  const url = new URL(start.location);
  const state = url.searchParams.get("state") ?? "";
  return { start, url, state, cookie: applied(start.headers.getSetCookie()), search: `code=code_1&state=${state}` };
}

/** The issuer exchanges codes for these tokens. */
async function issuing(claims: Record<string, unknown> = {}): Promise<string> {
  const accessToken = await signer.sign(claims);
  world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_0" });
  return accessToken;
}

async function signedIn(search: string, cookie: string, by = session) {
  const result = await by.signIn(callback(search, cookie));
  if (result.kind !== "signed-in") throw new Error(`${result.kind}: ${result.said}`);
  return { ...result, jar: applied(result.headers.getSetCookie(), cookie) };
}

describe("a sign-in begins", () => {
  test("at the issuer's authorize URL, with a state and a PKCE challenge", async () => {
    const { url, state } = await begun();
    expect(url.origin + url.pathname).toBe("https://api.workos.test/user_management/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT,
      redirect_uri: "https://app.test/callback",
      response_type: "code",
      provider: "authkit",
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      login_hint: "ada@example.test",
    });
    expect(state).toMatch(/^[\w-]{22}$/);
  });

  test("with a sealed cookie of ten minutes that holds the verifier of that challenge", async () => {
    const { start, state, url } = await begun();
    const [set = ""] = start.headers.getSetCookie();
    expect(set).toMatch(new RegExp(`^__Host-holdfast-sign-in\\.${state}=[\\w.-]+; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax$`));
    const opened = await createSeal([PASSWORD]).open(set.slice(set.indexOf("=") + 1, set.indexOf(";")));
    const { verifier, nonce, begun_at } = JSON.parse(opened.kind === "opened" ? opened.text : "{}");
    expect(createHash("sha256").update(verifier).digest("base64url")).toBe(url.searchParams.get("code_challenge"));
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(nonce).toMatch(/^[\w-]{22}$/);
    expect(begun_at).toBe(START);
    expect(start.headers.get("cache-control")).toBe("private, no-store");
  });

  test("with what it was given and nothing else, and a new state each time", async () => {
    const [bare, full] = [await begun({}), await begun({ loginHint: null, organizationId: "org_1" })];
    expect([bare.url.searchParams.has("login_hint"), bare.url.searchParams.has("organization_id")]).toEqual([false, false]);
    expect(full.url.searchParams.get("organization_id")).toBe("org_1");
    expect(bare.state).not.toBe(full.state);
  });
});

describe("a sign-in ends", () => {
  test("signed in: the code is exchanged with its verifier, and the session stored in the browser", async () => {
    const accessToken = await issuing({ org_id: "org_1" });
    const { search, cookie } = await begun();
    const { principal, returnTo, jar, headers, ...rest } = await signedIn(search, cookie);
    expect(principal).toEqual({ userId: "user_ada", sessionId: "session_1", organizationId: "org_1" });
    expect(rest.accessToken).toBe(accessToken);
    expect(returnTo).toBe("/");
    expect(headers.getSetCookie()[0]).toContain("; Max-Age=2592000;");
    expect(world.calls).toMatchObject([
      { grant_type: "authorization_code", code: "code_1", code_verifier: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    const opened = await cookies.open(jar);
    expect(opened.kind === "opened" && opened.session).toEqual(
      sessionOf({
        key: expect.stringMatching(/^[\w-]{22}$/),
        startedAt: START,
        organizationId: "org_1",
        expiresAt: START + 2_592_000_000,
        accessToken,
      }),
    );
    expect((await session.authenticate(page(jar))).kind).toBe("signed-in");
  });

  test("without an organization where the token names none", async () => {
    await issuing();
    const { search, cookie } = await begun();
    expect((await signedIn(search, cookie)).principal.organizationId).toBeNull();
  });

  test.each([
    [undefined, "/"],
    [null, "/"],
    ["/projects?page=2#top", "/projects?page=2#top"],
    ["projects", "/projects"],
    ["https://app.test/inside", "/inside"],
    ["https://docs.test/guide", "https://docs.test/guide"],
    ["https://evil.test/", "/"],
    ["//evil.test/", "/"],
    ["/\\evil.test/", "/"],
    ["/\t/evil.test/", "/"],
    ["javascript:alert(1)", "/"],
    ["http://app.test/", "/"],
    ["https://app.test:8443/", "/"],
    ["https://[", "/"],
    ["https://app.test//evil.test/", "/"],
    ["/.//evil.test/", "/"],
    ["/inside/..//evil.test/", "/"],
    ["/..//\\evil.test/", "/"],
    ["blob:https://app.test/inside", "/"],
    ["blob:https://docs.test/guide", "/"],
    ["https://docs.test@docs.test/guide", "/"],
  ])("at home or where it was told, if that is allowed: %j leads to %s", async (returnTo, expected) => {
    await issuing();
    session = open({ returnToOrigins: ["https://docs.test/ignored/path", "https://help.test"] });
    const { search, cookie } = await begun(returnTo === undefined ? {} : { returnTo });
    expect((await signedIn(search, cookie)).returnTo).toBe(expected);
  });

  test.each([`/${"a".repeat(2_047)}`, `/?${"\\".repeat(1_023)}`])(
    "%.4s…, as long as it may be, in a cookie that browsers keep",
    async (longest) => {
      await issuing();
      const { search, cookie } = await begun({ returnTo: longest });
      expect(cookie.length).toBeLessThan(4_096);
      expect((await signedIn(search, cookie)).returnTo).toBe(longest);
      const longer = await begun({ returnTo: `${longest}a` });
      expect((await signedIn(longer.search, longer.cookie)).returnTo).toBe("/");
    },
  );

  test("in two tabs side by side", async () => {
    await issuing();
    const [one, two] = [await begun(), await begun()];
    for (const { search } of [two, one]) await signedIn(search, `${one.cookie}; ${two.cookie}`);
  });

  test.each([
    ["no state", async () => callback("code=c", (await begun()).cookie)],
    ["another browser's state", async () => callback((await begun()).search)],
    ["a state that is not ours", async () => callback("code=code_1&state=x", "__Host-holdfast-sign-in.x=1")],
    [
      "the cookie of another sign-in under its name",
      async () => {
        const [one, two] = [await begun(), await begun()];
        return callback(two.search, one.cookie.replace(one.state, two.state));
      },
    ],
    [
      "a session's cookie under its name",
      async () => {
        const { search, state } = await begun();
        const sealed = await createSeal([PASSWORD]).seal("{}");
        return callback(search, `__Host-holdfast-sign-in.${state}=${sealed}`);
      },
    ],
    [
      "a damaged cookie",
      async () => {
        const { search, state } = await begun();
        return callback(search, `__Host-holdfast-sign-in.${state}=x`);
      },
    ],
    [
      "no code",
      async () => {
        const { state, cookie } = await begun();
        return callback(`state=${state}`, cookie);
      },
    ],
    [
      "a cookie of ten minutes ago",
      async () => {
        const { search, cookie } = await begun();
        world.now += 600_000;
        return callback(search, cookie);
      },
    ],
  ])("refused without asking the issuer when there is %s", async (_, make) => {
    expect((await session.signIn(await make())).kind).toBe("refused");
    expect(world.calls).toEqual([]);
  });

  test("to the last millisecond of ten minutes", async () => {
    const { search, cookie } = await begun();
    world.now += 599_999;
    await issuing({ iat: world.now / 1000 - 1, exp: world.now / 1000 + 300 });
    await signedIn(search, cookie);
  });

  test("refused when the issuer sent no code, saying so", async () => {
    const { state, cookie } = await begun();
    expect(await session.signIn(callback(`state=${state}`, cookie))).toEqual({
      kind: "refused",
      said: "expected a code from the issuer, found none: sign in again",
    });
  });

  test("with what the issuer said in the URL, only to the browser that began", async () => {
    const { state, cookie } = await begun();
    const search = `error=access_denied&error_description=no%0Away&state=${state}`;
    expect(await session.signIn(callback(search, cookie))).toEqual({ kind: "rejected", said: "access_denied: no way" });
    expect(await session.signIn(callback(search))).toEqual({
      kind: "refused",
      said: "expected a sign-in that was begun in this browser within ten minutes, found no such state: sign in again",
    });
  });

  test.each([
    [
      "invalid_client",
      () => json(401, { error: "invalid_client", error_description: `${SECRET} is wrong` }),
      { kind: "misconfigured", said: "invalid_client: [redacted] is wrong" },
    ],
    ["invalid_grant", () => json(400, { error: "invalid_grant" }), { kind: "rejected", said: "invalid_grant" }],
    ["429", () => json(429, {}, { "retry-after": "2" }), { kind: "unavailable", said: "the issuer answered 429", retryAfter: 2 }],
    ["503", () => json(503, {}), { kind: "unavailable", said: "the issuer answered 503", retryAfter: 5 }],
    [
      "no refresh token",
      () => json(200, { access_token: "at" }),
      { kind: "misconfigured", said: "the issuer returned no refresh_token: allow offline access" },
    ],
    [
      "a token that is none",
      () => json(200, { access_token: "at", refresh_token: "rt" }),
      { kind: "misconfigured", said: "the issuer's access token is not acceptable here, invalid: malformed" },
    ],
  ])("telling an issuer's %s, and can be tried again", async (_, reply, expected) => {
    world.reply = reply;
    const { search, cookie } = await begun();
    expect(await session.signIn(callback(search, cookie))).toEqual(expected);
    await issuing();
    await signedIn(search, cookie);
  });

  test.each([
    ["expired", () => signer.sign({ exp: START / 1000 }), "expired: compare the clocks"],
    ["of an unknown key", () => stranger.sign(), "unverifiable: unknown_key"],
    ["of another issuer", () => signer.sign({ iss: "https://evil.example" }), "invalid: issuer"],
  ])("without a session when the token is %s", async (_, token, why) => {
    const accessToken = await token();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt" });
    const { search, cookie } = await begun();
    const said = `the issuer's access token is not acceptable here, ${why}`;
    expect(await session.signIn(callback(search, cookie))).toEqual({ kind: "misconfigured", said });
  });

  test("without one when the strategy cannot begin", async () => {
    await issuing();
    const failing: Store = {
      ...store,
      compareAndSet: (key, ...all) => (key.startsWith("session:") ? Promise.reject(new Error()) : store.compareAndSet(key, ...all)),
    };
    session = open({ store: failing, strategy: serverSession });
    const { search, cookie } = await begun();
    expect(await session.signIn(callback(search, cookie))).toMatchObject({ kind: "unavailable", retryAfter: 5 });
  });
});

describe("the same callback again", () => {
  test("is answered signed-in with the same session, and the code is exchanged once", async () => {
    await issuing();
    const { search, cookie } = await begun();
    const first = await signedIn(search, cookie);
    const second = await signedIn(search, first.jar, open());
    const opened = await Promise.all([cookies.open(first.jar), cookies.open(second.jar)]);
    expect(opened[0].kind === "opened" && opened[0].session).toEqual(opened[1].kind === "opened" && opened[1].session);
    expect(world.calls).toHaveLength(1);
    expect(second.returnTo).toBe("/");
  });

  test("while the first is on its way waits for it, on any isolate", async () => {
    const accessToken = await signer.sign();
    const gate = Promise.withResolvers<void>();
    const waited = Promise.withResolvers<void>();
    world.reply = async () => {
      await gate.promise;
      return json(200, { access_token: accessToken, refresh_token: "rt_0" });
    };
    const { search, cookie } = await begun();
    const first = signedIn(search, cookie);
    const watching: Store = {
      ...store,
      wait: (...all) => {
        waited.resolve();
        return store.wait(...all);
      },
    };
    // Only once the first has claimed it, so that it is the second that waits.
    while ((await store.list("sign-in:", 1)).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = signedIn(search, cookie, open({ store: watching }));
    await waited.promise;
    gate.resolve();
    expect((await first).principal).toEqual((await second).principal);
    expect(world.calls).toHaveLength(1);
  });

  test.each([
    ["the URL alone", (cookie: string) => [cookie, ""] as const],
    ["the cookie of another sign-in", (_: string) => ["", "other"] as const],
  ])("yields nothing with %s", async (_, which) => {
    await issuing();
    const { search, cookie } = await begun();
    await signedIn(search, cookie);
    const [, given] = which(cookie);
    expect((await session.signIn(callback(search, given === "other" ? (await begun()).cookie : ""))).kind).toBe("refused");
  });

  test("with another code is refused", async () => {
    await issuing();
    const { search, state, cookie } = await begun();
    await signedIn(search, cookie);
    expect(await session.signIn(callback(`code=code_2&state=${state}`, cookie))).toMatchObject({
      kind: "refused",
      said: expect.stringContaining("the code"),
    });
    expect(world.calls).toHaveLength(1);
  });

  test("is answered for a minute, and then asks the issuer, who knows the code as spent", async () => {
    await issuing();
    const { search, cookie } = await begun();
    const { headers } = await signedIn(search, cookie);
    expect(headers.getSetCookie().at(-1)).toMatch(/^__Host-holdfast-sign-in\.[\w-]+=[^;]+; Max-Age=60;/);
    world.now += 59_999;
    await signedIn(search, cookie);
    world.now += 1;
    world.reply = () => json(400, { error: "invalid_grant" });
    expect((await session.signIn(callback(search, cookie))).kind).toBe("rejected");
  });

  test("does not remove the cookie of a session that was rotated since", async () => {
    await issuing();
    const { search, cookie } = await begun();
    const first = await signedIn(search, cookie);
    const opened = await cookies.open(first.jar);
    if (opened.kind !== "opened") throw new Error("no session");
    const next = { ...opened.session, generation: 1 };
    const jar = applied(await cookies.seal(next, opened.names), first.jar);
    const second = await signedIn(search, jar);
    expect(await cookies.open(second.jar)).toMatchObject({ session: { generation: 1 } });
    // Nor does it end the session that it is about.
    expect((await session.authenticate(page(second.jar))).kind).toBe("signed-in");
  });

  test("after ten seconds takes over from a request that died, and after twenty no longer waits for one that lives", async () => {
    const { search, state, cookie } = await begun();
    const busy = JSON.stringify({ busyUntil: START + 10_000, done: null });
    await store.compareAndSet(`sign-in:${state}`, 0, busy, START + 60_000);
    world.now += 10_000;
    await issuing();
    await signedIn(search, cookie);

    const other = await begun();
    const held: Store = {
      ...store,
      wait: async (key) => {
        world.now += 10_000;
        const record = await store.read(key);
        const again = JSON.stringify({ busyUntil: world.now + 10_000, done: null });
        await store.compareAndSet(key, record?.version ?? 0, again, world.now + 60_000);
        return store.read(key);
      },
    };
    await store.compareAndSet(
      `sign-in:${other.state}`,
      0,
      JSON.stringify({ busyUntil: world.now + 10_000, done: null }),
      world.now + 60_000,
    );
    expect(await open({ store: held }).signIn(callback(other.search, other.cookie))).toEqual({
      kind: "unavailable",
      said: "the same sign-in is still being finished",
      retryAfter: 1,
    });
  });

  test("waits no longer than the first may take, and asks twice before it gives up", async () => {
    const { search, state, cookie } = await begun();
    const busy = (until: number) => JSON.stringify({ busyUntil: until, done: null });
    const claimed = await store.compareAndSet(`sign-in:${state}`, 0, busy(START + 10_000), START + 60_000);
    let version = claimed.kind === "written" ? claimed.version : 0;
    const deadlines: number[] = [];
    const slow: Store = {
      ...store,
      wait: async (key, _version, deadline) => {
        deadlines.push(deadline - START);
        world.now = deadline;
        // Whoever is at it renews, and will for ever.
        const renewed = await store.compareAndSet(key, version, busy(world.now + 15_000), world.now + 60_000);
        version = renewed.kind === "written" ? renewed.version : 0;
        return store.read(key);
      },
    };
    expect((await open({ store: slow }).signIn(callback(search, cookie))).kind).toBe("unavailable");
    expect(deadlines).toEqual([10_000, 20_000]);
  });

  test("is no matter of the store when the exchange itself fails", async () => {
    const once = createSignInOnce({ store, seal: createSeal([PASSWORD]), ports: world.ports });
    const transaction = { state: "s", nonce: "n", verifier: "v", returnTo: "/", begunAt: START };
    await expect(once(transaction, "code_1", () => Promise.reject(new Error("no crypto")))).rejects.toThrow("no crypto");
  });

  test("removes nothing", async () => {
    await issuing();
    const { search, cookie } = await begun();
    const { jar } = await signedIn(search, cookie);
    const again = await signedIn(search, jar);
    expect(again.headers.getSetCookie().filter((value) => value.includes("Max-Age=0"))).toEqual([]);
  });

  test("exchanges anew what the first gave up", async () => {
    const { search, state, cookie } = await begun();
    await store.compareAndSet(`sign-in:${state}`, 0, JSON.stringify({ busyUntil: START + 10_000, done: null }), START + 60_000);
    const gone: Store = {
      ...store,
      wait: async (key, version) => {
        await store.compareAndSet(key, version, null, 0);
        return null;
      },
    };
    await issuing();
    await signedIn(search, cookie, open({ store: gone }));
  });

  test("leaves no token and no code in clear in the store", async () => {
    await issuing();
    const { search, cookie } = await begun();
    await signedIn(search, cookie);
    const keys = await store.list("", 9);
    const text = JSON.stringify(await Promise.all(keys.map((key) => store.read(key))));
    expect(keys).toHaveLength(1);
    expect(text).not.toMatch(/rt_0|code_1|user_ada/);
  });
});

describe("without the store", () => {
  test("a sign-in that could not be claimed is not now", async () => {
    const { search, cookie } = await begun();
    const broken: Store = { ...store, compareAndSet: () => Promise.reject(new Error("down")) };
    expect(await open({ store: broken }).signIn(callback(search, cookie))).toEqual({
      kind: "unavailable",
      said: "the session store cannot be reached",
      retryAfter: 5,
    });
  });

  test("one that could not be recorded has happened all the same", async () => {
    await issuing();
    const { search, cookie } = await begun();
    let writes = 0;
    const flaky: Store = {
      ...store,
      compareAndSet: (...all) => (++writes > 1 ? Promise.reject(new Error("down")) : store.compareAndSet(...all)),
    };
    await signedIn(search, cookie, open({ store: flaky }));
  });

  test("an entry that another deployment has sealed is not now", async () => {
    await issuing();
    const { search, cookie, state } = await begun();
    await store.compareAndSet(`sign-in:${state}`, 0, JSON.stringify({ busyUntil: 0, done: "sealed elsewhere" }), START + 60_000);
    expect((await session.signIn(callback(search, cookie))).kind).toBe("unavailable");
  });
});

describe("a browser that had a session", () => {
  test("has only the new one afterwards: the old one is ended, and cannot come back", async () => {
    await issuing();
    const old = sessionOf({ key: "old_key_1", startedAt: START - 10, sessionId: "session_0", accessToken: await signer.sign() });
    const held = applied(await cookies.seal(old));
    const { search, cookie } = await begun();
    world.reply = (
      (reply) => (request) =>
        request.url.endsWith("/revoke") ? json(200, {}) : reply(request)
    )(world.reply);
    const { jar } = await signedIn(search, `${held}; ${cookie}`);
    expect(jar).not.toContain("old_key_");
    expect(await session.authenticate(page(held))).toMatchObject({ kind: "signed-out", reason: "session_ended" });
    expect((await session.authenticate(page(`${held}; ${jar}`))).kind).toBe("signed-in");
    expect(world.calls).toContainEqual({ session_id: "session_0" });
  });
});
