import { describe, expect, test } from "vitest";
import { createSessionCookie, SESSION_COOKIE } from "./cookie.ts";
import { readCookies } from "./cookie-header.ts";
import { SessionError } from "./error.ts";
import { createSeal } from "./seal.ts";
import { applied, OLD_PASSWORD, PASSWORD, START, sessionOf } from "./session.testing.ts";
import { decodeSession, encodeSession, hasTokens, referenceTo } from "./session-data.ts";

const seal = createSeal([PASSWORD]);
const cookie = createSessionCookie({ seal, now: () => START });
const small = sessionOf();
/** Sealed, it takes three cookies. */
const large = sessionOf({ accessToken: "a".repeat(8_000) });

function names(header: string): string[] {
  return readCookies(header).map(({ name }) => name);
}

/** What a header opens to: session, how many others, or the kind. */
async function open(header: string | null) {
  const opened = await cookie.open(header);
  return opened.kind === "opened" ? opened.session : opened.kind;
}

describe("the session cookie", () => {
  test("is host-only, and its name says session and generation", async () => {
    const set = await cookie.seal(sessionOf({ key: "abcdefghijkl", generation: 7 }));
    expect(set).toHaveLength(1);
    expect(set[0]).toMatch(
      /^__Host-holdfast-session\.abcdefgh\.7\.0=1~[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test("opens to what was sealed, beside other cookies", async () => {
    expect(await open(`a=1; ${applied(await cookie.seal(small))}; b=2`)).toEqual(small);
    const reference = referenceTo(small);
    expect(await open(applied(await cookie.seal(reference)))).toEqual(reference);
  });

  test("opens in a generation of more than one digit", async () => {
    const old = sessionOf({ generation: 123_456_789 });
    expect(await open(applied(await cookie.seal(old)))).toEqual(old);
  });

  test("tells absent, unreadable and sealed by an unknown key apart", async () => {
    expect(await open(null)).toBe("absent");
    expect(await open("other=1; __Host-holdfast-sessions.a.0.0=x; x__Host-holdfast-session.a.0.0=x")).toBe("absent");
    for (const name of ["a.0", "a.0.0.0", "toolong89.0.0", "a.x.0", "a.0.10", "a!.0.0", ".0.0"]) {
      expect(await open(`${SESSION_COOKIE}.${name}=1~x`)).toBe("absent");
    }
    const garbage = `${SESSION_COOKIE}.a.0.0`;
    expect(await cookie.open(`${garbage}=1~garbage`)).toEqual({ kind: "unreadable", names: [garbage] });
    expect(await cookie.open(`${garbage}=1~${await seal.seal("{}")}`)).toEqual({ kind: "unreadable", names: [garbage] });
    const foreign = applied(await createSessionCookie({ seal: createSeal([OLD_PASSWORD]), now: () => START }).seal(small));
    expect(await cookie.open(foreign)).toEqual({ kind: "unknown-key", names: names(foreign) });
    // What does open counts, whatever else is there.
    expect(await open(`${foreign}; ${applied(await cookie.seal(sessionOf({ key: "another" })))}`)).toMatchObject({ key: "another" });
  });
});

describe("a large session", () => {
  test("is cut into chunks that a browser keeps, and put together again in any order", async () => {
    const set = await cookie.seal(large);
    expect(set).toHaveLength(3);
    for (const value of set) {
      const [name = "", rest = ""] = [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1, value.indexOf(";"))];
      expect(name.length + rest.length).toBeLessThanOrEqual(4096);
    }
    const header = applied(set);
    expect(names(header).map((name) => name.slice(-4))).toEqual([".0.0", ".0.1", ".0.2"]);
    expect(await open(header.split("; ").reverse().join("; "))).toEqual(large);
  });

  test("is unreadable when a chunk is missing, never half of it", async () => {
    const pairs = applied(await cookie.seal(large)).split("; ");
    for (const index of [0, 1, 2]) expect(await open(pairs.toSpliced(index, 1).join("; "))).toBe("unreadable");
  });

  test("never mixes with another generation, whichever answer comes last", async () => {
    const next = { ...large, generation: 1, accessToken: "b".repeat(5_000) };
    const [before, after] = [await cookie.seal(large), await cookie.seal(next)];
    expect(await open(applied([...before, ...after]))).toEqual(next);
    expect(await open(applied([...after, ...before]))).toEqual(next);
    // A part of the newer one is no session, so the older one still counts.
    expect(await open(applied([...before, ...after.slice(0, 1)]))).toEqual(large);
  });

  test("leaves no stale tail: what the request brought and the answer does not set is removed", async () => {
    const before = applied(await cookie.seal(large));
    const shrunk = { ...small, generation: 1 };
    const after = applied(await cookie.seal(shrunk, names(before)), before);
    expect(names(after)).toEqual([`${SESSION_COOKIE}.key_ada_.1.0`]);
    expect(await open(after)).toEqual(shrunk);
    const same = applied(await cookie.seal(small, names(before)), before);
    expect(names(same)).toEqual([`${SESSION_COOKIE}.key_ada_.0.0`]);
  });

  test("that is set again is not removed in the same answer", async () => {
    const brought = names(applied(await cookie.seal(large)));
    expect((await cookie.seal(large, brought)).filter((value) => value.includes("Max-Age=0"))).toEqual([]);
  });

  test("leaves room for another one, in whatever order their chunks come", async () => {
    const [ada, bob] = ["key_ada_", "key_bob_"].map((key) => sessionOf({ key, accessToken: "a".repeat(11_000) }));
    const sets = await Promise.all([ada, bob].map((one = small) => cookie.seal(one)));
    const pairs = sets.flatMap((set) => applied(set).split("; ").reverse());
    expect(await cookie.open(pairs.join("; "))).toMatchObject({ kind: "opened", session: { key: "key_ada_" }, others: [bob] });
  });

  test("ignores a tail of the same generation that is longer than it", async () => {
    expect(await open(applied([...(await cookie.seal(large)), ...(await cookie.seal(small))]))).toEqual(small);
  });

  test("is one clear error, without a token, when even four cookies do not hold it", async () => {
    const error = await cookie.seal(sessionOf({ accessToken: "a".repeat(12_000) })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionError);
    expect(error).toMatchObject({ code: "cookie_too_large" });
    expect(String(error)).toMatch(/at most 15600 characters when sealed, got 16\d\d\d: put fewer claims/);
    expect(String(error)).not.toContain("aaaa");
    expect(await cookie.seal(sessionOf({ accessToken: "a".repeat(11_000) }))).toHaveLength(4);
  });
});

describe("several cookies", () => {
  test("of twins the genuine one is found, wherever it stands", async () => {
    const [pair = ""] = applied(await cookie.seal(small)).split("; ");
    const twin = `${pair.slice(0, pair.indexOf("="))}=1~planted`;
    expect(await open(`${twin}; ${pair}`)).toEqual(small);
    expect(await open(`${pair}; ${twin}`)).toEqual(small);
    const chunks = applied(await cookie.seal(large)).split("; ");
    const planted = chunks.map((chunk) => `${chunk.slice(0, chunk.indexOf("="))}=3~planted`);
    expect(await open([...planted, ...chunks].join("; "))).toEqual(large);
    expect(await open([...chunks, ...planted].join("; "))).toEqual(large);
  });

  test("of two sessions the later sign-in counts, and the other is told", async () => {
    const earlier = sessionOf({ key: "earlier1", generation: 5 });
    const later = sessionOf({ key: "later_01", startedAt: START + 1 });
    const sets = [await cookie.seal(earlier), await cookie.seal(later)];
    for (const order of [sets, sets.toReversed()]) {
      const header = applied(order.flat());
      expect(await cookie.open(header)).toEqual({ kind: "opened", session: later, others: [earlier], names: names(header) });
    }
  });

  test("of an earlier session only its newest generation is told", async () => {
    const old = sessionOf({ key: "earlier1" });
    const later = sessionOf({ key: "later_01", startedAt: START + 1, generation: 3 });
    const all = [old, { ...old, generation: 1 }, later, { ...later, generation: 2 }];
    const header = applied((await Promise.all(all.map((one) => cookie.seal(one)))).flat());
    expect(await cookie.open(header)).toMatchObject({ session: later, others: [{ ...old, generation: 1 }] });
  });

  test("made up ones cost little: only the six newest are opened", async () => {
    const planted = [9, 8, 7, 6, 5].map((generation) => `${SESSION_COOKIE}.key_ada_.${generation}.0=1~x`);
    const genuine = applied(await cookie.seal(small));
    expect(await open([genuine, ...planted].join("; "))).toEqual(small);
    expect(await open([genuine, ...planted, `${SESSION_COOKIE}.key_ada_.4.0=1~x`].join("; "))).toBe("unreadable");
  });
});

describe("removing", () => {
  test("names every cookie in full", () => {
    expect(cookie.clear([`${SESSION_COOKIE}.a.0.0`, `${SESSION_COOKIE}.a.0.1`])).toEqual([
      `${SESSION_COOKIE}.a.0.0=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`,
      `${SESSION_COOKIE}.a.0.1=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ]);
    expect(cookie.clear([])).toEqual([]);
  });

  const all = ["key_ada_.1.0", "key_ada_.2.0", "key_ada_.2.1", "key_ada_.10.0", "key_bob_.2.0"].map((name) => `${SESSION_COOKIE}.${name}`);

  test("a verdict is about its generation and older ones of the same session", () => {
    expect(cookie.judged(sessionOf({ generation: 2 }), all)).toEqual(all.slice(0, 3));
  });

  test("stale is whatever is not of this very generation", () => {
    expect(cookie.stale(sessionOf({ generation: 2 }), all)).toEqual([all[0], all[3], all[4]]);
    expect(cookie.stale(sessionOf({ generation: 1 }), all)).toEqual(all.slice(1));
  });
});

describe("what is sealed", () => {
  test("is read as it was written, with and without tokens", () => {
    const data = sessionOf({ organizationId: "org_1", epoch: 2, generation: 3 });
    expect(decodeSession(encodeSession(data))).toEqual(data);
    expect(decodeSession(encodeSession(referenceTo(data)))).toEqual(referenceTo(data));
    expect([hasTokens(data), hasTokens(referenceTo(data))]).toEqual([true, false]);
  });

  const whole = JSON.parse(encodeSession(small));
  test.each([
    ["not JSON", "{"],
    ["null", "null"],
    ["another type", '"text"'],
    ...["key", "epoch", "generation", "started_at", "organization_id", "expires_at", "access_token", "user_id", "session_id"].map(
      (name): [string, string] => [`no ${name}`, JSON.stringify({ ...whole, [name]: undefined })],
    ),
    ["a negative epoch", JSON.stringify({ ...whole, epoch: -1 })],
    ["half a generation", JSON.stringify({ ...whole, generation: 0.5 })],
    ["a refresh token that is a number", JSON.stringify({ ...whole, refresh_token: 7 })],
    ["an organization that is a number", JSON.stringify({ ...whole, organization_id: 7 })],
  ])("is nothing when it is %s", (_, text) => {
    expect(decodeSession(text)).toBeNull();
  });
});
