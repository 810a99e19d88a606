import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { users } from "../../../fixtures/users.ts";
import type { IssuerEvent, IssuerOptions } from "../options.ts";
import { profiles } from "../profiles.ts";
import { createDirectory } from "./directory.ts";
import { createMachine } from "./machine.ts";

type ProfileName = keyof typeof profiles;

const CLIENT = "client_test";

type Command =
  | { readonly do: "sign-in"; readonly user: number }
  | { readonly do: "refresh"; readonly pick: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "end"; readonly pick: number }
  | { readonly do: "end-all"; readonly user: number };

/**
 * The twin: it keeps nothing but the list of what happened, works every answer out from that list by looking back, and states
 * each vendor's rule in words of its own instead of reading the profile.
 */
class Twin {
  readonly profile: ProfileName;
  readonly owner: number[] = [];
  readonly ended: boolean[] = [];
  /** Each token: its session, its generation, and the redemption that made it. */
  readonly tokens: { session: number; generation: number }[] = [];
  readonly redemptions: { token: number; at: number; gave: number }[] = [];

  constructor(profile: ProfileName) {
    this.profile = profile;
  }

  signIn(user: number): number {
    this.owner.push(user);
    this.ended.push(false);
    return this.tokens.push({ session: this.owner.length - 1, generation: 0 }) - 1;
  }

  end(user: number): void {
    this.owner.forEach((owner, session) => {
      if (owner === user) this.ended[session] = true;
    });
  }

  /** The index of the token given, or null. */
  redeem(index: number, now: number): number | null {
    const { session, generation } = this.token(index);
    if (this.ended[session]) return null;
    const first = this.redemptions.find((one) => one.token === index);
    const age = now - (first?.at ?? now);
    if (first !== undefined && this.profile === "workos" && age < 30_000) return first.gave;
    if (first === undefined || (this.profile === "logto" && age < 3_000)) {
      const gave = this.tokens.push({ session, generation: generation + 1 }) - 1;
      this.redemptions.push({ token: index, at: now, gave });
      return gave;
    }
    if (this.profile === "logto") this.ended[session] = true;
    if (this.profile === "better-auth") this.end(this.owner[session] ?? -1);
    return null;
  }

  live(): number[] {
    const unused = (index: number) => !this.redemptions.some((one) => one.token === index);
    return [...this.tokens.keys()].filter((index) => !this.ended[this.token(index).session] && unused(index));
  }

  graces(now: number): number[] {
    const length = this.profile === "workos" ? 30_000 : this.profile === "logto" ? 3_000 : 0;
    const seen = new Set<number>();
    const firsts = this.redemptions.filter((one) => !seen.has(one.token) && seen.add(one.token));
    const open = firsts.filter((one) => !this.ended[this.token(one.token).session] && one.at + length > now);
    return open.map((one) => one.at + length);
  }

  private token(index: number) {
    const token = this.tokens[index];
    if (token === undefined) throw new Error(`no token ${index}`);
    return token;
  }
}

const commands = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant("sign-in" as const), user: fc.nat(1) }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("refresh" as const), pick: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("advance" as const),
        ms: fc.oneof(fc.constantFrom(1, 1_500, 2_999, 3_000, 15_000, 29_999, 30_000), fc.nat(60_000)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("end-all" as const), user: fc.nat(1) }) },
  ),
  { maxLength: 40 },
);

/** The machine with a clock that only commands move, and with access tokens that need no signature. */
function setUp(name: ProfileName) {
  let now = 0;
  let draws = 0;
  const names = new Map<string, string>();
  const events: IssuerEvent[] = [];
  const options: IssuerOptions = {
    profile: profiles[name],
    origin: "https://api.workos.test",
    issuer: "https://api.workos.com",
    clientId: CLIENT,
    apiKey: "sk_test",
    accessTokenLifetime: 300_000,
    users,
    keys: signingKeys,
    now: () => now,
    randomBytes: (length) => Buffer.from(String(++draws).padStart(length, "0")),
    name: (secret, label) => names.set(secret, label),
    journal: (event) => events.push(event),
  };
  const machine = createMachine(options, () => ({ expiresAt: Number.POSITIVE_INFINITY, jwt: Promise.resolve("signed") }));
  const directory = createDirectory(options);
  const signIn = (index: number): string => {
    const user = directory.user(userId(index)) ?? expect.fail("no such user");
    const client = directory.client(CLIENT) ?? expect.fail("no such client");
    const how = { surface: "workos", method: "Password", organizationId: null, scope: null, session: null } as const;
    return machine.signIn({ user, client, ...how }).refreshToken ?? expect.fail("a sign-in gives a refresh token");
  };
  return { machine, signIn, names, events, now: () => now, advance: (ms: number) => (now += ms) };
}

function userId(index: number): string {
  return users[index === 0 ? 0 : 1].id;
}

/** Plays the commands on the machine and on its twin; says after each one whether they still agree. */
async function play(name: ProfileName, script: readonly Command[]): Promise<void> {
  const { machine, signIn, names, events, now, advance } = setUp(name);
  const twin = new Twin(name);
  /** The machine's bytes of each of the twin's tokens. */
  const bytes: string[] = [];

  for (const command of script) {
    if (command.do === "sign-in") bytes[twin.signIn(command.user)] = signIn(command.user);
    if (command.do === "advance") advance(command.ms);
    if (command.do === "end-all") {
      twin.end(command.user);
      machine.end({ user: userId(command.user) }, "admin", "by the test");
    }
    if (command.do === "end" && twin.owner.length > 0) {
      const session = command.pick % twin.owner.length;
      twin.ended[session] = true;
      const started = events.filter((event) => event.type === "session-started")[session];
      expect(machine.end({ session: started?.session ?? "" }, "user", "by the test")).toBe(true);
    }
    if (command.do === "refresh" && bytes.length > 0) {
      const index = command.pick % bytes.length;
      const given = twin.redeem(index, now());
      const redemption = await machine.redeem(bytes[index] ?? "", { clientId: CLIENT, organizationId: null });
      const got = redemption.kind === "issued" ? redemption.pair.refreshToken : null;
      if (given === null) expect(got).toBeNull();
      else if (given < bytes.length) expect(got).toBe(bytes[given]);
      else bytes[given] = got ?? expect.fail("the twin issued a token and the machine did not");
    }
    agree(machine, names, events, twin, bytes, now());
  }
}

function agree(
  machine: ReturnType<typeof createMachine>,
  names: ReadonlyMap<string, string>,
  events: readonly IssuerEvent[],
  twin: Twin,
  bytes: readonly string[],
  now: number,
): void {
  const state = machine.state() as { ended: string | null; tokens: [string, string | number][] }[];
  const live = state.flatMap((session) => session.tokens.filter(([, at]) => at === "live").map(([label]) => label));
  const labels = bytes.map((secret) => names.get(secret));
  expect(live.sort()).toEqual(
    twin
      .live()
      .map((index) => labels[index])
      .sort(),
  );
  expect(new Set(labels).size).toBe(bytes.length);
  expect(state.map((session) => session.ended !== null)).toEqual(twin.ended);
  expect(machine.deadlines().sort()).toEqual(twin.graces(now).sort());
  expect(events.filter((event) => event.type === "session-ended")).toHaveLength(twin.ended.filter(Boolean).length);
}

describe.each(Object.keys(profiles) as ProfileName[])("the machine under %s", (name) => {
  test("agrees with its twin after every command", async () => {
    await fc.assert(
      fc.asyncProperty(commands, (script) => play(name, script)),
      { numRuns: 500, seed: 1 },
    );
  });
});
