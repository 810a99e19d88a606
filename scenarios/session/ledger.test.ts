import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ledger } from "../../src/session/refresh/ledger.ts";
import { refreshPolicy } from "../../src/session/refresh/policy.ts";
import { serverSession } from "../../src/session/refresh/server-session.ts";
import type { Admission, Redemption, RefreshOutcome, SessionStrategy, StrategyFactory } from "../../src/session/refresh/strategy.ts";
import type { Seal } from "../../src/session/seal.ts";
import { sessionOf } from "../../src/session/session.testing.ts";
import { referenceTo, type SessionData } from "../../src/session/session-data.ts";
import { createManualClock, type ManualClock } from "../../src/session/store/manual-clock.testing.ts";
import { createMemoryStore } from "../../src/session/store/memory.ts";
import type { Store } from "../../src/session/store/store.ts";
import { LedgerModel } from "./ledger-model.testing.ts";

const WINDOW = 60_000;
const STRATEGIES: readonly (readonly [string, StrategyFactory])[] = [
  ["ledger", ledger],
  ["server-session", serverSession],
];

function generation(n: number): SessionData {
  return sessionOf({ generation: n, accessToken: `at_${n}`, refreshToken: `rt_${n}` });
}

/** Text that a search for tokens does not find; real crypto is not what is tested here. */
const seal: Seal = {
  seal: async (text) => `paper.${Buffer.from(text).toString("base64url")}`,
  open: async (sealed) => ({ kind: "opened", text: Buffer.from(sealed.slice(6), "base64url").toString() }),
};

/** An issuer that rotates: strictly, or answering a replay with the same successor. */
class Issuer {
  readonly presented: string[] = [];
  readonly revoked: string[] = [];
  readonly #replays: boolean;
  ended = false;
  #live = 0;

  constructor(replays: boolean) {
    this.#replays = replays;
  }

  redeem(session: SessionData): Redemption {
    this.presented.push(session.refreshToken);
    const presented = Number(session.refreshToken.slice("rt_".length));
    const isLive = presented === this.#live;
    if (this.ended || !(isLive || (this.#replays && presented === this.#live - 1))) return { kind: "rejected", said: "invalid_grant" };
    if (isLive) this.#live++;
    return { kind: "issued", successor: { ...generation(this.#live), key: session.key } };
  }
}

function isolateWith(
  factory: StrategyFactory,
  issuer: Issuer,
  store: Store,
  clock: Pick<ManualClock, "now" | "wait">,
  redeem: (session: SessionData) => Promise<Redemption>,
  grace: number | null,
): SessionStrategy {
  return factory({
    redeem,
    revoke: async ({ refreshToken }) => {
      issuer.revoked.push(refreshToken);
      issuer.ended = true;
      return true;
    },
    store,
    seal,
    policy: refreshPolicy(grace === null ? null : { duration: grace }, WINDOW),
    retention: 1e9,
    ports: clock,
  });
}

type Command =
  | { readonly do: "load" | "refresh"; readonly isolate: number; readonly age: number; readonly lost: boolean }
  | { readonly do: "advance"; readonly by: number }
  | { readonly do: "sign-out"; readonly isolate: number; readonly age: number }
  | { readonly do: "end-at-issuer" };

const isolate = fc.nat({ max: 2 });
/** How many cookies back the one is that is presented; a thief may have any. */
const age = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat({ max: 4 }) });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("load", "refresh"), isolate, age, lost: fc.boolean() }) as fc.Arbitrary<Command>,
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("advance" as const), by: fc.constantFrom(1, WINDOW / 2, WINDOW - 1, WINDOW, 5 * WINDOW) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sign-out" as const), isolate, age }) },
  { weight: 1, arbitrary: fc.constant({ do: "end-at-issuer" as const }) },
);

describe.each(STRATEGIES)("%s against a model, one request after the other", (name, factory) => {
  it("adopts, refreshes, finds out thieves and ends exactly when the rules say so", async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
        const clock = createManualClock();
        const store = createMemoryStore(clock);
        const issuer = new Issuer(false);
        const isolates = [0, 1, 2].map(() => isolateWith(factory, issuer, store, clock, async (session) => issuer.redeem(session), null));
        const model = new LedgerModel(WINDOW);
        const first = generation(0);
        await isolates[0]?.begin(first);
        /** What browsers and thieves have: every cookie that ever reached anybody, oldest first. */
        const cookies = [first];
        const cookieOf = (session: SessionData) => (name === "ledger" ? session : referenceTo(session));

        for (const step of commands) {
          if (step.do === "advance") {
            await clock.advance(step.by);
            continue;
          }
          if (step.do === "end-at-issuer") {
            issuer.ended = true;
            model.endedAtIssuer = true;
            continue;
          }
          const cookie = cookies[Math.max(0, cookies.length - 1 - step.age)] as SessionData;
          const strategy = isolates[step.isolate] as SessionStrategy;
          if (step.do === "sign-out") {
            expect(await strategy.end(cookieOf(cookie), "session_ended")).toEqual({ kind: "ended" });
            model.signOut();
            reached.add("signed out");
            continue;
          }
          const expected = model.present(cookie.generation, clock.now());
          const admission = await strategy.admit(cookieOf(cookie));
          if (typeof expected === "string") {
            expect(admission).toMatchObject({ kind: "signed-out", reason: expected });
            reached.add(expected);
            continue;
          }
          if (admission.kind !== "admitted") throw new Error(`expected generation ${expected.generation}, found ${admission.kind}`);
          expect([admission.session.generation, admission.adopted]).toEqual([expected.generation, expected.adopted]);
          if (expected.adopted) reached.add("adopted");
          let held: SessionData = admission.session;
          if (step.do === "refresh") {
            const wanted = model.refresh();
            const outcome = await admission.refresh();
            if (typeof wanted === "string") {
              expect(outcome).toMatchObject({ kind: "signed-out", reason: wanted });
              reached.add(wanted);
              continue;
            }
            expect(outcome).toEqual({ kind: "rotated", session: generation(wanted.generation) });
            held = generation(wanted.generation);
          }
          if (step.lost) reached.add("lost");
          else if (!cookies.some((known) => known.generation === held.generation)) cookies.push(held);
        }

        // Nothing was presented twice unless its verdict was the same rejection, which ends the session.
        const issued = issuer.presented.filter((token, index) => issuer.presented.indexOf(token) !== index);
        expect(issued).toEqual([]);
        if (model.over === "cookie_stolen") expect(issuer.revoked).toEqual([`rt_${model.newest}`]);
        const keys = await store.list("", 100);
        expect(JSON.stringify(await Promise.all(keys.map((key) => store.read(key))))).not.toMatch(/rt_|at_/);
      }),
      { numRuns: 400 },
    );
    expect([...reached].sort()).toEqual(["adopted", "cookie_stolen", "lost", "refresh_rejected", "session_ended", "signed out"]);
  });
});

/** What a page does whose cookie has an expired access token: whoever adopts a fresh one needs no refresh. */
async function renewed(admission: Admission): Promise<RefreshOutcome> {
  if (admission.kind !== "admitted") return admission;
  return admission.adopted ? { kind: "rotated", session: admission.session } : admission.refresh();
}

/** A store whose every statement the scheduler orders, and which an isolate that was killed no longer hears of. */
function scheduled(store: Store, scheduler: fc.Scheduler, label: string, isAlive: () => boolean): Store {
  const statement =
    <A extends unknown[], T>(name: string, run: (...all: A) => Promise<T>) =>
    (...all: A): Promise<T> =>
      new Promise((resolve, reject) => {
        const sent = scheduler.schedule(Promise.resolve(`${label} ${name}`));
        void sent.then(() => run(...all)).then((result) => (isAlive() ? resolve(result) : undefined), reject);
      });
  return {
    read: statement("read", store.read),
    compareAndSet: statement("write", store.compareAndSet),
    wait: statement("wait", store.wait),
    list: statement("list", store.list),
    sweep: statement("sweep", store.sweep),
  };
}

describe.each(STRATEGIES)("%s, many requests at once", (name, factory) => {
  const cookieOf = (session: SessionData) => (name === "ledger" ? session : referenceTo(session));
  const plan = fc.record({
    requests: fc.array(isolate, { minLength: 2, maxLength: 6 }),
    killed: fc.option(isolate),
    signsOut: fc.boolean(),
  });

  it("redeems a generation once in any order, and all adopt one successor", async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plan, async (scheduler, { requests, killed, signsOut }) => {
        const clock = createManualClock();
        const store = createMemoryStore(clock);
        const issuer = new Issuer(true);
        const alive = [true, true, true];
        const isolates = alive.map((_, index) => {
          const isAlive = () => alive[index] === true;
          const redeem = (session: SessionData): Promise<Redemption> =>
            new Promise((resolve) => {
              const arrives = scheduler.schedule(Promise.resolve(`isolate ${index} redeems`));
              void arrives
                .then(() => issuer.redeem(session))
                .then((redemption) => scheduler.schedule(Promise.resolve(`isolate ${index} is answered`)).then(() => redemption))
                .then((redemption) => (isAlive() ? resolve(redemption) : undefined));
            });
          /** A dead isolate's timers do not fire. */
          const wait = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
            new Promise((resolve) => void clock.wait(milliseconds, signal).then(() => (isAlive() ? resolve() : undefined)));
          const ports = { now: clock.now, wait };
          return isolateWith(factory, issuer, scheduled(store, scheduler, `isolate ${index}`, isAlive), ports, redeem, 30_000);
        });
        const first = generation(0);
        await isolateWith(factory, issuer, store, clock, async () => ({ kind: "rejected", said: "" }), null).begin(first);

        const outcomes: { readonly isolate: number; readonly outcome: RefreshOutcome }[] = [];
        for (const index of requests) {
          void (async () => {
            const admission = await (isolates[index] as SessionStrategy).admit(cookieOf(first));
            outcomes.push({ isolate: index, outcome: await renewed(admission) });
          })();
        }
        if (signsOut) void (isolates[requests[0] ?? 0] as SessionStrategy).end(cookieOf(first), "session_ended");
        if (killed !== null) {
          void scheduler.schedule(Promise.resolve(`isolate ${killed} is killed`)).then(() => {
            alive[killed] = false;
          });
        }
        // Whoever waits for a dead holder does so until its lease is over; nobody waits for longer.
        for (let leases = 0; leases < 4; leases++) {
          await scheduler.waitIdle();
          await clock.advance(10_000);
        }
        await scheduler.waitIdle();
        await clock.settle();

        const living = requests.filter((index) => alive[index]);
        expect(outcomes.filter(({ isolate: index }) => alive[index]).length).toBe(living.length);
        const presentations = issuer.presented.length;
        // A second presentation is only right when the first presenter died without a word.
        expect(presentations).toBeLessThanOrEqual(killed === null ? 1 : 2);
        if (presentations === 2) reached.add("succeeded a dead holder");
        for (const { outcome } of outcomes) {
          if (outcome.kind === "rotated") expect(outcome.session).toEqual(generation(1));
          else expect([signsOut, outcome.kind]).toEqual([true, "signed-out"]);
          reached.add(outcome.kind);
        }
        if (!signsOut && living.length > 0) expect(outcomes.some(({ outcome }) => outcome.kind === "rotated")).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect([...reached].sort()).toEqual(["rotated", "signed-out", "succeeded a dead holder"]);
  });

  it("hands out nothing to requests that begin after a sign-out was answered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(isolate, { minLength: 1, maxLength: 4 }), async (scheduler, requests) => {
        const clock = createManualClock();
        const store = createMemoryStore(clock);
        const issuer = new Issuer(true);
        const isolates = [0, 1, 2].map((index) => {
          const redeem = async (session: SessionData) => {
            await scheduler.schedule(Promise.resolve(`isolate ${index} redeems`));
            return issuer.redeem(session);
          };
          return isolateWith(
            factory,
            issuer,
            scheduled(store, scheduler, `isolate ${index}`, () => true),
            clock,
            redeem,
            30_000,
          );
        });
        await isolateWith(factory, issuer, store, clock, async () => ({ kind: "rejected", said: "" }), null).begin(generation(0));
        const late: string[] = [];
        const early = requests.map(async (index) => {
          const admission = await (isolates[index] as SessionStrategy).admit(cookieOf(generation(0)));
          await renewed(admission);
        });
        const end = (isolates[0] as SessionStrategy).end(cookieOf(generation(0)), "session_ended").then(() =>
          Promise.all(
            [generation(0), generation(1)].flatMap((cookie) =>
              isolates.map(async (strategy) => {
                late.push((await strategy.admit(cookieOf(cookie))).kind);
              }),
            ),
          ),
        );
        await scheduler.waitIdle();
        await Promise.all([...early, end]);
        expect(late).toEqual(Array.from({ length: 6 }, () => "signed-out"));
        // Whatever token anybody was issued, the issuer was told to revoke it.
        expect(issuer.ended).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
