import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { variants } from "../profiles/variants.testing.ts";
import { profiles } from "../profiles.ts";
import { CLIENTS, machineBench, userId } from "./machine.testing.ts";
import type { Redemption } from "./machine.ts";
import type { Session } from "./records.ts";
import { RULES, type Rule, Twin } from "./twin.testing.ts";

const SUBJECTS = { ...profiles, ...variants };
type SubjectName = keyof typeof SUBJECTS;
const NAMES = Object.keys(SUBJECTS) as SubjectName[];

type Command =
  | { readonly do: "sign-in"; readonly user: number; readonly client: number; readonly continues: boolean }
  | { readonly do: "refresh"; readonly pick: number; readonly wish: string | null; readonly recent: boolean }
  | { readonly do: "refresh as another client"; readonly pick: number }
  | { readonly do: "show"; readonly pick: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "end"; readonly pick: number; readonly what: "family" | "session" | "user" | "user and client" };

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const graces = fc.constantFrom(1, 1_000, 2_999, 3_000, 9_999, 10_000, 15_000, 29_999, 30_000, 60_000, 299_999, 300_000);
const lifetimes = fc.constantFrom(30 * 60 * SECOND - 1, HOUR - 1, HOUR, 10 * HOUR, 8 * DAY, 15 * DAY, 30 * DAY - 1, 30 * DAY, 91 * DAY);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("sign-in"), user: fc.nat(1), client: fc.nat(1), continues: fc.boolean() }) },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant("refresh"),
      pick: fc.nat(),
      wish: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom("org_a", "org_b") }),
      recent: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refresh as another client"), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("show"), pick: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("advance"), ms: fc.oneof(graces, fc.nat(60_000)) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("advance"), ms: lifetimes }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("end"),
      pick: fc.nat(),
      what: fc.constantFrom("family", "session", "user", "user and client"),
    }),
  },
);
const script = fc.array(command, { minLength: 2, maxLength: 40 });

const signIn: Command = { do: "sign-in", user: 0, client: 0, continues: false };
const refresh = (pick: number): Command => ({ do: "refresh", pick, wish: null, recent: false });
const show = (pick: number): Command => ({ do: "show", pick });
const wait = (ms: number): Command => ({ do: "advance", ms });

/** What chance finds too rarely: tokens and access tokens are numbered as they come, and where none came the number wraps. */
const DIRECTED: Readonly<Record<string, readonly Command[]>> = {
  "replays that follow each other": [signIn, refresh(0), wait(2_000), refresh(0), wait(2_000), refresh(0), wait(2_000), refresh(0)],
  "two lines of one family, one of them taken": [
    ...[signIn, refresh(0), refresh(1), refresh(0), refresh(3), wait(30_000), refresh(1), refresh(2), show(2), refresh(3), show(4)],
    ...[refresh(4), refresh(0)],
  ],
  "the newest line taken, and the parent of the older one back": [
    ...[signIn, refresh(0), refresh(1), refresh(0), wait(30_000), refresh(2), refresh(1), refresh(0), refresh(3)],
  ],
  "a sibling whose access token is shown": [signIn, refresh(0), refresh(0), show(2), refresh(0), refresh(1), refresh(2)],
  "a token that is over while its successor is not": [signIn, wait(8 * DAY), refresh(0), wait(85 * DAY), refresh(0), refresh(1)],
  "one family over, and another not": [signIn, wait(15 * DAY), signIn, wait(15 * DAY), refresh(0), refresh(0), refresh(1), refresh(0)],
  "four sign-ins of one user at one client": [signIn, signIn, signIn, signIn, refresh(0), refresh(1), refresh(2), refresh(3)],
  "a token that is nearly worn, and just": [
    ...[signIn, wait(846_720_000 - 1), refresh(0), wait(1), refresh(0), signIn, wait(29 * DAY + 23 * HOUR - 1), refresh(2), wait(1)],
    ...[refresh(2), refresh(1), refresh(3)],
  ],
};

/** Plays the commands on the machine and on its twin; says after each one whether they still agree. */
async function play(name: SubjectName, commands: readonly Command[]): Promise<void> {
  const { machine, signIn, names, events, now, advance } = machineBench(SUBJECTS[name]);
  const twin = new Twin(RULES[name]);
  const sessions: Session[] = [];
  const signIns: { user: number; client: number; session: number }[] = [];
  /** The machine's bytes of each of the twin's tokens. */
  const bytes: string[] = [];
  const access: string[] = [];

  async function learn(given: { token: number; access: number }, redemption: Redemption): Promise<void> {
    if (redemption.kind === "rejected") return expect.fail("the twin gives a token and the machine does not");
    const { refreshToken, accessToken, family, organizationId } = redemption.pair;
    const jwt = await accessToken.jwt;
    const isOmitted = refreshToken === null;
    const secret = refreshToken ?? bytes[given.token] ?? expect.fail("a new token cannot be left out");
    expect(isOmitted).toBe(SUBJECTS[name].omitsUnchangedToken && given.token < bytes.length);
    if (given.token < bytes.length) expect(secret).toBe(bytes[given.token]);
    else expect(bytes).not.toContain(secret);
    if (given.access < access.length) expect(jwt).toBe(access[given.access]);
    else expect(access).not.toContain(jwt);
    bytes[given.token] = secret;
    access[given.access] = jwt;
    if (given.access === access.length - 1) expect(organizationId).toBe(twin.organizationOf(Number(family.name.slice(1)) - 1));
  }

  for (const one of commands) {
    switch (one.do) {
      case "sign-in": {
        const known = one.continues ? signIns.findLast(({ user }) => user === one.user) : undefined;
        const session = known?.session ?? sessions.length;
        const token = twin.signIn(one.user, one.client, session, now());
        const pair = signIn(one.user, one.client, sessions[session] ?? null);
        sessions[session] = pair.family.session;
        signIns.push({ user: one.user, client: one.client, session });
        await learn({ token, access: access.length }, { kind: "issued", pair });
        break;
      }
      case "refresh": {
        if (bytes.length === 0) break;
        // Half of the time one of the last three, so that chains grow.
        const token = one.recent ? Math.max(0, bytes.length - 1 - (one.pick % 3)) : one.pick % bytes.length;
        const clientId = CLIENTS[twin.clientOf(token)] ?? "";
        const given = twin.redeem(token, one.wish, now());
        const redemption = await machine.redeem(bytes[token] ?? "", { clientId, organizationId: one.wish });
        if (given === null) expect(redemption.kind).toBe("rejected");
        else await learn(given, redemption);
        break;
      }
      case "refresh as another client": {
        if (bytes.length === 0) break;
        const token = one.pick % bytes.length;
        const clientId = CLIENTS[1 - twin.clientOf(token)] ?? "";
        expect(await machine.redeem(bytes[token] ?? "", { clientId, organizationId: null })).toEqual({
          kind: "rejected",
          reason: "foreign",
        });
        break;
      }
      case "show": {
        if (access.length === 0) break;
        const shown = one.pick % access.length;
        expect(machine.useAccessToken(access[shown] ?? "") !== undefined).toBe(twin.show(shown, now()));
        break;
      }
      case "advance":
        advance(one.ms);
        break;
      case "end": {
        if (signIns.length === 0) break;
        const place = one.pick % signIns.length;
        const { user, client, session } = signIns[place] ?? expect.fail();
        const [id, clientId] = [userId(user), CLIENTS[client] ?? ""];
        const endings = {
          family: () => machine.end({ family: `F${place + 1}` }, "user", "by the test"),
          session: () => machine.end({ session: sessions[session]?.id ?? "" }, "admin", "by the test"),
          user: () => machine.end({ user: id }, "admin", "by the test"),
          "user and client": () => machine.end({ user: id, client: clientId }, "theft", "by the test"),
        };
        let index = 0;
        twin.end((other) => {
          const isMeant = {
            family: index === place,
            session: other.session === session,
            user: other.user === user,
            "user and client": other.user === user && other.client === client,
          }[one.what];
          index++;
          return isMeant;
        });
        expect(endings[one.what]()).toBe(true);
        break;
      }
    }
    agree();
  }

  function agree(): void {
    const state = machine.state() as { ended: string | null; tokens: [string, unknown][] }[];
    const isLive = (at: unknown) => at === "live" || (Array.isArray(at) && at[0] === "live");
    const live = state.flatMap(({ tokens }) => tokens.filter(([, at]) => isLive(at)).map(([label]) => label));
    const labels = bytes.map((secret) => names.get(secret));
    expect(live.sort()).toEqual(
      twin
        .live(now())
        .map((token) => labels[token])
        .sort(),
    );
    expect(new Set(labels).size).toBe(bytes.length);
    expect(state.map(({ ended }) => ended !== null)).toEqual(twin.ended());
    expect(events.filter(({ type }) => type === "session-ended")).toHaveLength(twin.ended().filter(Boolean).length);
    expect(sessions.map((session) => machine.isLive(session))).toEqual(
      sessions.map((_, session) => twin.families().some((family) => signIns[family]?.session === session && hasLive(family))),
    );
    nothingChangesUntold();
  }

  function hasLive(family: number): boolean {
    return twin.live(now()).some((token) => names.get(bytes[token] ?? "")?.startsWith(`RT F${family + 1}.`) === true);
  }

  /** Until the next deadline each token would get the very answer that it would get now. */
  function nothingChangesUntold(): void {
    const next = Math.min(...machine.deadlines(), now() + 1000 * DAY);
    const verdicts = (at: number) => twin.tokens().map((token) => twin.judge(token, null, at));
    expect(verdicts(next - 1)).toEqual(verdicts(now()));
  }
}

describe.each(NAMES)("the machine under %s", (name) => {
  test("agrees with its twin after every command", async () => {
    await fc.assert(
      fc.asyncProperty(script, (commands) => play(name, commands)),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe.each(Object.entries(DIRECTED))("%s", (_, commands) => {
  test.each(NAMES)("are what the twin says under %s", (name) => play(name, commands));
});

test("the twin has a rule for each of them, and no other", () => {
  expect(Object.keys(RULES satisfies Record<SubjectName, Rule>).sort()).toEqual([...NAMES].sort());
});
