import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { users } from "../../fixtures/users.ts";
import { type Bench, bench, type Reply } from "./issuer.testing.ts";
import { AT_ONCE, expectAtOnce } from "./profiles/at-once.testing.ts";
import { type SituationName, sessionOf, situations } from "./profiles/conformance.testing.ts";
import { EXPECTED, type Expected } from "./profiles/expected.testing.ts";
import { gate } from "./profiles/redemptions.testing.ts";
import { profiles } from "./profiles.ts";

const SECOND = 1000;
type ProfileName = keyof typeof profiles;
const NAMES = Object.keys(profiles) as ProfileName[];

/** What the wire says: tokens by their places, or a refusal to the byte. */
function answer(world: Bench, reply: Reply): string {
  expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  if (reply.status !== 200) return `${reply.status} ${reply.text}`;
  const { refresh_token: refreshToken, access_token: accessToken } = reply.body;
  const given = ["user", "access_token", ...(refreshToken === undefined ? [] : ["refresh_token"]), "authentication_method"];
  expect(Object.keys(reply.body)).toEqual(given);
  const access = placeOf(world, accessToken);
  const refresh = refreshToken === undefined ? "–" : placeOf(world, refreshToken);
  return refresh === access ? refresh : `${refresh}/${access}`;
}

const placeOf = (world: Bench, secret: string) => world.names.get(secret)?.replace(/^[AR]T F1\./, "") ?? "unnamed";

/** The table's words as the wire has them. */
function wire(answers: string, errors: Expected["errors"]): string[] {
  return answers.split(" ").flatMap((word) => (word === "" ? [] : [errors[word as keyof typeof errors] ?? word]));
}

describe.each(NAMES)("the profile %s", (name) => {
  const { rows, errors, unused, absolute } = EXPECTED[name];

  test.each(Object.keys(situations) as SituationName[])("answers %s as the table says", async (situation) => {
    const storage = gate();
    const raced = situation.startsWith("two requests that") || situation.startsWith("a request when");
    const world = bench({ profile: profiles[name], ...(raced ? { storage: storage.storage } : {}) });
    const ada = await world.signIn();
    await world.signIn();
    await world.signIn(users[1].email);

    const replies = await situations[situation](world, ada, storage);

    const [answers, state] = rows[situation];
    expect(replies.map((reply) => answer(world, reply))).toEqual(wire(answers, errors));
    expect(world.summary()).toBe(state);
  });

  test("knows nothing of a token that it did not issue", async () => {
    const world = bench({ profile: profiles[name] });
    expect(answer(world, await world.refresh("never-issued"))).toBe(errors.unknown);
    expect(world.events).toEqual([]);
  });

  test.each(unused === null ? [] : [unused])("ends a family that nobody uses for %d s, at that moment and not before", async (seconds) => {
    const world = bench({ profile: profiles[name] });
    const [early, late] = [await world.signIn(), await world.signIn(users[1].email)];
    world.advance(seconds * SECOND - 1);
    expect((await world.refresh(early.refresh)).status).toBe(200);
    world.advance(1);
    world.events.length = 0;

    expect(answer(world, await world.refresh(late.refresh))).toBe(errors.expired);

    expect(world.events).toMatchObject([
      { type: "token-redeemed", outcome: "rejected" },
      { type: "session-ended", family: "F2", cause: "expiry" },
    ]);
    expect(answer(world, await world.refresh(late.refresh))).toBe(errors.ended);
  });

  test.each(unused === null ? [] : [unused])(
    "ends a family that is used again and again within %d s as the table says",
    async (seconds) => {
      const world = bench({ profile: profiles[name] });
      // Late enough for a profile that rotates only what is nearly over.
      const step = seconds * SECOND * 0.75;
      let { refresh } = await world.signIn();
      const use = async (): Promise<Reply> => {
        const reply = await world.refresh(refresh);
        refresh = reply.body.refresh_token ?? refresh;
        return reply;
      };
      const end = absolute === null ? 5.5 * step : absolute * SECOND;
      let passed = 0;
      for (; passed + step < end; passed += step) {
        world.advance(step);
        expect((await use()).status).toBe(200);
      }
      world.advance(end - 1 - passed);
      expect((await use()).status).toBe(200);
      world.advance(1);

      const last = await use();

      if (absolute === null) expect(last.status).toBe(200);
      else expect(answer(world, last)).toBe(errors.expired);
      expect(world.summary()).toMatch(absolute === null ? /live$/ : /^F1 ended \(expiry\)$/);
    },
  );

  test("is listed under its own name, says in a line what it does, where it is known from, and what is not known", () => {
    const { name: own, summary, source, evidence } = profiles[name];
    expect(own).toBe(name);
    // A line of `holdfast list` has 74 columns for it, and the evidence stands before it.
    expect(summary).toMatch(/^[ -~]{20,70}$/);
    expect(source.length).toBeGreaterThan(20);
    expect(["S", "D", "2"]).toContain(evidence);
    expect(source.startsWith("Secondary material:")).toBe(evidence === "2");
  });
});

describe.each(NAMES)("any number of requests with one token at once, under %s", (name) => {
  test.each([
    ["when each redemption is one step", 0],
    ["when all have read it before any has written", 1],
  ] as const)("leave as many live successors as the table says %s", async (_, column) => {
    const property = fc.asyncProperty(fc.integer({ min: 2, max: 8 }), async (count) => {
      const storage = gate();
      const world = bench({ profile: profiles[name], ...(column === 0 ? {} : { storage: storage.storage }) });
      const { refresh } = await world.signIn();

      const requests = Array.from({ length: count }, () => world.refresh(refresh));
      for (const request of requests) await storage.arrival(request);
      storage.open();
      const replies = await Promise.all(requests);

      const given = replies.filter(({ status }) => status === 200).map(({ body }) => placeOf(world, body.refresh_token ?? refresh));
      const live = world.summary().match(/g1[a-z]? live/g)?.length ?? 0;
      const outcome = AT_ONCE[name][column];
      expectAtOnce(outcome, { count, given, kept: "g0", live });
      const rotated = world.events.filter((event) => event.type === "token-redeemed" && event.outcome === "rotated");
      expect(rotated).toHaveLength(outcome === "all, and it is kept" ? 0 : 1);
    });
    await fc.assert(property, { numRuns: 8, seed: 1 });
  });
});

test("a same-pair replay is the same to the byte, though its access token has not changed with the clock", async () => {
  const world = bench();
  const ada = await world.signIn();
  const first = await world.refresh(ada.refresh);
  world.advance(20 * SECOND);

  const second = await world.refresh(ada.refresh);

  expect(second.text).toBe(first.text);
});

describe("what the journal says of reuse", () => {
  test("the rejection comes first, then each session that ended of it, in sign-in order", async () => {
    const world = bench({ profile: profiles["better-auth"] });
    const ada = await world.signIn();
    await world.signIn();
    await world.refresh(ada.refresh);
    world.events.length = 0;

    await world.refresh(ada.refresh);

    const detail = "RT F1.g0 was reused; better-auth: late reuse revokes every session of the user";
    expect(world.events).toMatchObject([
      { type: "token-redeemed", outcome: "rejected", successor: null, detail: "already exchanged, no grace" },
      { type: "session-ended", family: "F1", cause: "reuse", detail },
      { type: "session-ended", family: "F2", cause: "reuse", detail },
    ]);
  });

  test("a token of an ended session is rejected and ends nothing more", async () => {
    const world = bench({ profile: { ...profiles["better-auth"], revokedIsReuse: false } });
    const ada = await world.signIn();
    await world.refresh(ada.refresh);
    world.issuer.control.revoke({ user: users[0].id }, "admin");
    await world.signIn();
    world.events.length = 0;

    await world.refresh(ada.refresh);

    expect(world.events).toMatchObject([{ type: "token-redeemed", outcome: "rejected", detail: "its session has ended (admin)" }]);
  });

  test("an unknown token is refused on the wire and leaves no trace", async () => {
    const world = bench();
    const reply = await world.refresh("never-issued");
    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({ error: "invalid_grant", error_description: "Invalid refresh token." });
    expect(world.events).toEqual([]);
  });

  test("outcomes name the token presented and the one given", async () => {
    const world = bench({ profile: profiles.logto });
    const ada = await world.signIn();
    await world.refresh(ada.refresh);
    await world.refresh(ada.refresh);

    const place = { type: "refresh-token", user: "user_ada", session: sessionOf(ada), family: "F1" };
    expect(world.events).toEqual([
      { type: "session-started", user: "user_ada", session: sessionOf(ada), family: "F1" },
      {
        type: "token-redeemed",
        token: { ...place, generation: 0, sibling: 0 },
        outcome: "rotated",
        successor: { ...place, generation: 1, sibling: 0 },
        detail: "first redemption",
      },
      {
        type: "token-redeemed",
        token: { ...place, generation: 0, sibling: 0 },
        outcome: "sibling",
        successor: { ...place, generation: 1, sibling: 1 },
        detail: "replayed within 3 s",
      },
    ]);
  });
});
