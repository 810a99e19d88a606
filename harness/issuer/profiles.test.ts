import { describe, expect, test } from "vitest";
import { users } from "../../fixtures/users.ts";
import { type Bench, bench, type Pair, type Reply } from "./issuer.testing.ts";
import { profiles } from "./profiles.ts";

const SECOND = 1000;
type ProfileName = keyof typeof profiles;

/** What the wire says: a token by its place, or why there is none. */
function answer(world: Bench, reply: Reply): string {
  if (reply.status === 200) return world.names.get(reply.body.refresh_token)?.replace("RT ", "") ?? "unnamed";
  expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
  if (reply.status === 400 && reply.text === '{"error":"invalid_grant","error_description":"Refresh token already exchanged."}')
    return "spent";
  if (reply.status === 400 && reply.text === '{"error":"invalid_grant","error_description":"Session has already ended."}') return "ended";
  return `${reply.status} ${reply.text}`;
}

type Situation = (world: Bench, ada: Pair) => Promise<Reply[]>;

/** Redeems tokens one after the other; a number is a pause in milliseconds. */
async function inTurn(world: Bench, script: readonly (string | number)[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const entry of script) {
    if (typeof entry === "number") world.advance(entry);
    else replies.push(await world.refresh(entry));
  }
  return replies;
}

const situations = {
  "a fresh token": (world, ada) => inTurn(world, [ada.refresh]),
  "two requests at once": (world, ada) => Promise.all([world.refresh(ada.refresh), world.refresh(ada.refresh)]),
  "a replay 1 ms before a 3 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 3 * SECOND - 1, ada.refresh]),
  "a replay when a 3 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 3 * SECOND, ada.refresh]),
  "a replay 1 ms before a 30 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 30 * SECOND - 1, ada.refresh]),
  "a replay when a 30 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 30 * SECOND, ada.refresh]),
  "a replay when the first replay was in the grace": (world, ada) =>
    inTurn(world, [ada.refresh, 2 * SECOND, ada.refresh, 28 * SECOND, ada.refresh]),
  "a replay after the successor was used": async (world, ada) => {
    const [first] = await inTurn(world, [ada.refresh]);
    return inTurn(world, [first?.body.refresh_token, 1 * SECOND, ada.refresh]);
  },
  "a grandparent, an hour later": async (world, ada) => {
    const [first] = await inTurn(world, [ada.refresh]);
    return inTurn(world, [first?.body.refresh_token, 3600 * SECOND, ada.refresh]);
  },
  "a live token after its session was revoked": async (world, ada) => {
    const revoked = await world.post(
      "/user_management/sessions/revoke",
      { session_id: sessionOf(ada) },
      { authorization: "Bearer sk_test_0123456789" },
    );
    expect(revoked.status).toBe(200);
    return inTurn(world, [ada.refresh]);
  },
  "a replay in the grace after every session was ended": async (world, ada) => {
    await world.refresh(ada.refresh);
    world.issuer.control.revoke({ user: users[0].id }, "theft");
    return inTurn(world, [ada.refresh]);
  },
  "a live sibling": async (world, ada) => {
    const [, again] = await inTurn(world, [ada.refresh, ada.refresh]);
    return again?.status === 200 ? inTurn(world, [again.body.refresh_token]) : [];
  },
} satisfies Record<string, Situation>;

function sessionOf(pair: Pair): string {
  return JSON.parse(Buffer.from(pair.access.split(".")[1] ?? "", "base64url").toString()).sid;
}

/** Ada signed in twice (F1, F2) and Ben once (F3); F1 is played with. The answers in order, then the state afterwards. */
type Expected = Record<keyof typeof situations, readonly [answers: string, state: string]>;

const OTHERS = "F2: g0 live | F3: g0 live";
const KEPT = `F1: g0 spent, g1 live | ${OTHERS}`;
const FAMILY_GONE = `F1 ended (reuse) | ${OTHERS}`;
const USER_GONE = "F1 ended (reuse) | F2 ended (reuse) | F3: g0 live";
const REVOKED = ["ended", `F1 ended (admin) | ${OTHERS}`] as const;
const ALL_ENDED = ["ended", "F1 ended (theft) | F2 ended (theft) | F3: g0 live"] as const;

const conformance: Record<ProfileName, Expected> = {
  workos: {
    "a fresh token": ["F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "two requests at once": ["F1.g1, F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "a replay 1 ms before a 3 s grace ends": ["F1.g1, F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "a replay when a 3 s grace ends": ["F1.g1, F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "a replay 1 ms before a 30 s grace ends": ["F1.g1, F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "a replay when a 30 s grace ends": ["F1.g1, spent", KEPT],
    "a replay when the first replay was in the grace": ["F1.g1, F1.g1, spent", KEPT],
    "a replay after the successor was used": ["F1.g2, F1.g1", `F1: g0 grace, g1 grace, g2 live | ${OTHERS}`],
    "a grandparent, an hour later": ["F1.g2, spent", `F1: g0 spent, g1 spent, g2 live | ${OTHERS}`],
    "a live token after its session was revoked": REVOKED,
    "a replay in the grace after every session was ended": ALL_ENDED,
    "a live sibling": ["F1.g2", `F1: g0 grace, g1 grace, g2 live | ${OTHERS}`],
  },
  "better-auth": {
    "a fresh token": ["F1.g1", KEPT],
    "two requests at once": ["F1.g1, spent", USER_GONE],
    "a replay 1 ms before a 3 s grace ends": ["F1.g1, spent", USER_GONE],
    "a replay when a 3 s grace ends": ["F1.g1, spent", USER_GONE],
    "a replay 1 ms before a 30 s grace ends": ["F1.g1, spent", USER_GONE],
    "a replay when a 30 s grace ends": ["F1.g1, spent", USER_GONE],
    "a replay when the first replay was in the grace": ["F1.g1, spent, ended", USER_GONE],
    "a replay after the successor was used": ["F1.g2, spent", USER_GONE],
    "a grandparent, an hour later": ["F1.g2, spent", USER_GONE],
    "a live token after its session was revoked": REVOKED,
    "a replay in the grace after every session was ended": ALL_ENDED,
    "a live sibling": ["", USER_GONE],
  },
  zitadel: {
    "a fresh token": ["F1.g1", KEPT],
    "two requests at once": ["F1.g1, spent", KEPT],
    "a replay 1 ms before a 3 s grace ends": ["F1.g1, spent", KEPT],
    "a replay when a 3 s grace ends": ["F1.g1, spent", KEPT],
    "a replay 1 ms before a 30 s grace ends": ["F1.g1, spent", KEPT],
    "a replay when a 30 s grace ends": ["F1.g1, spent", KEPT],
    "a replay when the first replay was in the grace": ["F1.g1, spent, spent", KEPT],
    "a replay after the successor was used": ["F1.g2, spent", `F1: g0 spent, g1 spent, g2 live | ${OTHERS}`],
    "a grandparent, an hour later": ["F1.g2, spent", `F1: g0 spent, g1 spent, g2 live | ${OTHERS}`],
    "a live token after its session was revoked": REVOKED,
    "a replay in the grace after every session was ended": ALL_ENDED,
    "a live sibling": ["", KEPT],
  },
  logto: {
    "a fresh token": ["F1.g1", `F1: g0 grace, g1 live | ${OTHERS}`],
    "two requests at once": ["F1.g1, F1.g1b", `F1: g0 grace, g1 live, g1b live | ${OTHERS}`],
    "a replay 1 ms before a 3 s grace ends": ["F1.g1, F1.g1b", `F1: g0 grace, g1 live, g1b live | ${OTHERS}`],
    "a replay when a 3 s grace ends": ["F1.g1, spent", FAMILY_GONE],
    "a replay 1 ms before a 30 s grace ends": ["F1.g1, spent", FAMILY_GONE],
    "a replay when a 30 s grace ends": ["F1.g1, spent", FAMILY_GONE],
    "a replay when the first replay was in the grace": ["F1.g1, F1.g1b, spent", FAMILY_GONE],
    "a replay after the successor was used": ["F1.g2, F1.g1b", `F1: g0 grace, g1 grace, g2 live, g1b live | ${OTHERS}`],
    "a grandparent, an hour later": ["F1.g2, spent", FAMILY_GONE],
    "a live token after its session was revoked": REVOKED,
    "a replay in the grace after every session was ended": ALL_ENDED,
    "a live sibling": ["F1.g2", `F1: g0 grace, g1 live, g1b grace, g2 live | ${OTHERS}`],
  },
};

describe.each(Object.keys(profiles) as ProfileName[])("the profile %s", (name) => {
  test.each(Object.keys(situations) as (keyof typeof situations)[])("answers %s as the table says", async (situation) => {
    const world = bench({ profile: profiles[name] });
    const ada = await world.signIn();
    await world.signIn();
    await world.signIn(users[1].email);

    const replies = await situations[situation](world, ada);

    const [answers, state] = conformance[name][situation];
    expect(replies.map((reply) => answer(world, reply)).join(", ")).toBe(answers);
    expect(world.summary()).toBe(state);
  });

  test("is listed under its own name and says where it is known from", () => {
    expect(profiles[name].name).toBe(name);
    expect(profiles[name].source).not.toBe("");
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
    const world = bench({ profile: profiles["better-auth"] });
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
    await inTurn(world, [ada.refresh, ada.refresh]);

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
