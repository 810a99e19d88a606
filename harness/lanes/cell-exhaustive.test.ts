import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { Explorer, Search } from "../explore/explorer.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { runCell } from "./cell.ts";

/** Some pages at once, by somebody who has just signed in: nothing is refreshed, so only their order is open. */
const visit: Scenario = {
  name: "visit",
  describe: "Ada signs in and opens some pages",
  defaults: { loads: 2, isolates: 1, page: "request" },
  invariants: ["no-spurious-logout", "no-cross-talk"],
  mustReach: ["all pages loaded"],
  async play({ browsers: [ada], parameters, withFaults, reach }) {
    await ada?.signIn();
    await withFaults(() => Promise.all(Array.from({ length: parameters.loads }, () => ada?.load())));
    reach("all pages loaded");
  },
};

const alike: Scenario = { ...visit, loadsAreAlike: true };

interface Things {
  readonly scenario?: Scenario;
  readonly target?: Target;
  readonly explorer?: Explorer;
}

const EXHAUSTIVE = { explore: "exhaustive", schedules: 20_000, loads: 2, strategy: "ledger" } as const;

async function run(change: Partial<CellSpec>, { explorer, ...things }: Things = {}) {
  const cell = await cellOf({ ...EXHAUSTIVE, ...change }, things);
  return (await runCell(explorer === undefined ? cell : { ...cell, explorer })).result;
}

function exploring(explore: (search: Search) => Promise<void>): Explorer {
  return { name: "of-a-test", describe: "what the test does", search: (search) => explore(search).then(() => null) };
}

/** Follows FIFO for so many steps, and cuts the run off there; to its end when left out. */
const following = (steps = Number.POSITIVE_INFINITY) => {
  let step = 0;
  return () => (step++ < steps ? 0 : null);
};

/** In how many orders so many pages can arrive, read the ledger and be answered, each of them in that order. */
const ordersOf = (pages: number) => {
  let orders = 1;
  for (let page = 1; page <= pages; page++) orders *= (3 * page * (3 * page - 1) * (3 * page - 2)) / 6;
  return `${orders}`;
};

/** The reference without a word about its memory. */
const silent: Target = {
  ...reference,
  async create(environment) {
    const { fetch } = await reference.create(environment);
    return { fetch };
  },
};

describe("a cell that is searched exhaustively", () => {
  it("is complete, and says how many states, ways and orders that are", async () => {
    const result = await run({ loads: 3 }, { scenario: alike });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", interleavings: ordersOf(3), error: null });
    expect(result.transitions).toBeGreaterThanOrEqual(result.states);
    expect(result.schedules).toBeLessThan(Number(ordersOf(3)));
    expect(result.bound).toBe(`${result.schedules} schedules`);
  });

  it("stands for as many orders with and without symmetry and declared memory, and needs fewer states with each", async () => {
    const sizes = [];
    for (const scenario of [visit, alike]) {
      for (const target of [silent, reference]) {
        const result = await run({}, { scenario, target });
        expect(result).toMatchObject({ completeness: "complete", interleavings: ordersOf(2) });
        sizes.push(result.states);
      }
    }
    const [plain = 0, declared = 0, symmetric = 0, both = 0] = sizes;
    expect(both).toBeLessThan(Math.min(declared, symmetric));
    expect(Math.max(declared, symmetric)).toBeLessThan(plain);
  });

  it.each([
    ["on one isolate", {}],
    ["on two", { isolates: 2 }],
    ["where an answer may be lost", { faults: { "browser-response-lost": 1 } }],
    ["where an isolate may die", { faults: { "isolate-killed": 1 } }],
    ["where time may pass", { timeSteps: 1 }],
    ["of documents", { loads: 1, page: "document", strategy: "single-flight" }],
  ] as const)("stands for as many orders of pages %s as without symmetry and declared memory", async (_where, change) => {
    const results = [];
    for (const [scenario, target] of [
      [visit, silent],
      [alike, reference],
    ] as const) {
      results.push(await run(change, { scenario, target }));
    }
    expect(results[0]).toMatchObject({ completeness: "complete", verdict: "holds" });
    expect(results[1]).toMatchObject({ completeness: "complete", verdict: "holds", interleavings: results[0]?.interleavings });
    expect(Number(results[0]?.interleavings)).toBeGreaterThan(6);
  });

  it("can be complete and show what cannot be had: that is a limit, and the search went on after it", async () => {
    const result = await run({ profile: "better-auth", faults: { "issuer-response-lost": 1 } });
    expect(result).toMatchObject({ verdict: "cannot-be-had", completeness: "complete", error: null });
    expect(Number(result.interleavings)).toBeGreaterThan(0);
    expect(result.violations.length).toBeGreaterThan(0);
  });

  it("tells where the scenario is from how far it has come, also once everything is over and nothing changes any more", async () => {
    // Here time can pass beyond the sessions' end, and then Ada's next load changes as little as Ben's.
    const over = { strategy: "ledger", profile: "spring-as", isolates: 2, loads: 2, timeSteps: 1, schedules: 60 } as const;
    const { result } = await runCell(await cellOf({ ...over, explore: "exhaustive" }));
    expect(result).toMatchObject({ verdict: "holds", schedules: 60, error: null });
  });

  it("tells one moment from the next that the explorer chooses, also where loads are alike", async () => {
    const hesitant: Scenario = {
      ...visit,
      loadsAreAlike: true,
      async play(stage) {
        await stage.browsers[0].signIn();
        for (let moment = 0; moment < 3; moment++) await stage.anyMoment();
        await Promise.all([stage.browsers[0].load(), stage.browsers[0].load()]);
        stage.reach("all pages loaded");
      },
    };
    const result = await run({ explore: "exhaustive", schedules: 2_000 }, { scenario: hesitant });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", error: null });
  });

  it("is bounded when it is violated: what comes after is not known", async () => {
    const result = await run({ profile: "zitadel", strategy: "naive" });
    expect(result).toMatchObject({ verdict: "violated", completeness: "bounded", interleavings: null, error: null });
    expect(result.violations[0]?.replay).toMatch(/^hf1_/);
  });

  it("is bounded when its budget does not last, and still has counted what it saw", async () => {
    const result = await run({ schedules: 5 }, { scenario: visit });
    expect(result).toMatchObject({ verdict: "holds", completeness: "bounded", bound: "5 schedules", interleavings: null });
    expect(result.states).toBeGreaterThan(5);
    expect(result.transitions).toBeGreaterThan(5);
  });

  it("is bounded when it ends in an error", async () => {
    const stuck: Target = {
      ...reference,
      async create(environment) {
        const instance = await reference.create(environment);
        let pages = 0;
        return {
          fetch: (request) => (new URL(request.url).pathname === "/" && ++pages === 3 ? new Promise(() => {}) : instance.fetch(request)),
        };
      },
    };
    expect(await run({}, { scenario: visit, target: stuck })).toMatchObject({
      verdict: "error",
      completeness: "bounded",
      error: { code: "DEADLOCK" },
    });
  });

  it("comes to the same states, ways and traces whenever it is searched again", async () => {
    const { durationMs: _, ...one } = await run({}, { scenario: alike });
    const { durationMs: __, ...other } = await run({}, { scenario: alike });
    expect(other).toEqual(one);
  });
});

describe("a run that its explorer cuts off", () => {
  it("is no deadlock, and what it did not reach is not held against those that did", async () => {
    const explorer = exploring(async ({ run: once }) => {
      await once(following());
      await once(following(3));
      await once(following(0));
    });
    expect(await run({}, { scenario: visit, explorer })).toMatchObject({ verdict: "holds", schedules: 3, error: null, steps: { min: 0 } });
  });

  it("is not by itself a run that has shown anything", async () => {
    const explorer = exploring(async ({ run: once }) => void (await once(following(3))));
    expect(await run({}, { scenario: visit, explorer })).toMatchObject({ verdict: "error", error: { code: "VACUOUS" } });
  });

  it("is told from one that came to its end by its traces: only the latter are in the cell's hash", async () => {
    const hashOf = async (...cuts: readonly (number | undefined)[]) => {
      const explorer = exploring(async ({ run: once }) => {
        for (const steps of cuts) await once(following(steps));
      });
      return (await run({}, { scenario: visit, explorer })).traceHash;
    };
    expect(await hashOf(undefined, 3)).toBe(await hashOf(undefined));
    expect(await hashOf(undefined, undefined)).not.toBe(await hashOf(undefined));
  });

  it("is run twice like any other, and cut off at the same step", async () => {
    let created = 0;
    const pages: number[] = [];
    const target: Target = {
      ...reference,
      async create(environment) {
        const instance = await reference.create(environment);
        const index = created++;
        pages.push(0);
        return {
          fetch(request) {
            pages[index] = (pages[index] ?? 0) + 1;
            return instance.fetch(request);
          },
        };
      },
    };
    const explorer = exploring(async ({ run: once }) => {
      await once(following(3));
      await once(following());
    });
    expect(await run({}, { scenario: visit, explorer, target })).toMatchObject({ verdict: "holds", error: null });
    // The first schedule of a cell is checked, the second is not.
    expect(created).toBe(3);
    expect(pages[1]).toBe(pages[0]);
    expect(pages[2]).toBeGreaterThan(pages[0] as number);
  });

  it("is caught when it goes another way the second time", async () => {
    let runs = 0;
    const target: Target = {
      ...reference,
      async create(environment) {
        const instance = await reference.create(environment);
        const path = ++runs === 1 ? "jwks" : "users";
        return {
          async fetch(request) {
            await environment.fetch(`${environment.issuer.origin}/${path}`);
            return instance.fetch(request);
          },
        };
      },
    };
    const explorer = exploring(async ({ run: once }) => void (await once(following(2))));
    expect((await run({}, { scenario: visit, explorer, target })).error).toMatchObject({ code: "NONDETERMINISM" });
  });
});

describe("a search with faults", () => {
  const race = { scenario: "page-loads-at-expiry", isolates: 2, crypto: "inline", schedules: 150 } as const;

  it("knows a request that was lost for what it was then, whenever it asks", async () => {
    const result = await run({ ...race, target: "workos-node", strategy: "sealed-session", faults: { "browser-request-lost": 1 } });
    expect(result).toMatchObject({ verdict: "holds", error: null, schedules: 150 });
  });

  it("knows of an access token that nobody has any more: the next one has another number", async () => {
    const result = await run({ ...race, strategy: "single-flight", profile: "cognito", faults: { "browser-request-duplicated": 1 } });
    expect(result).toMatchObject({ verdict: "holds", error: null, schedules: 150 });
  });
});

describe("a piece of work that is taken up again", () => {
  it("begins anew, whether or not a key was asked for while nobody was at it", async () => {
    const change = { scenario: "signs-in-again", isolates: 2, crypto: "inline", schedules: 30 } as const;
    expect(await run(change)).toMatchObject({ verdict: "holds", error: null, schedules: 30 });
  });
});

describe("a state in which somebody has an access token", () => {
  const late: Scenario = {
    ...visit,
    mustReach: [],
    async play({ browsers: [ada], accessTokenLifetime, until, now, withFaults }) {
      await ada?.signIn();
      await until(now() + accessTokenLifetime + 1_000);
      await withFaults(async () => void (await ada?.load()));
      await until(now() + accessTokenLifetime);
    },
  };

  /** The key once the page is answered, where time has passed just before a message of the refresh came. */
  async function keyWherePassed(kind: "request" | "response"): Promise<string | undefined> {
    const keys: string[] = [];
    const explorer = exploring(async ({ run: once }) => {
      let hasPassed = false;
      await once((program) => {
        const choices = program.enabled();
        const next = choices.findIndex((choice) => choice.kind !== "timer" || choice.actor === "script");
        const time = choices.findIndex((choice) => choice.kind === "time");
        if (hasPassed && next === time) {
          keys.push(program.state().key);
          return null;
        }
        if (hasPassed || choices[next]?.kind !== kind || !choices[next].label.includes("/authenticate for ada/load-1")) return next;
        hasPassed = true;
        return time;
      });
    });
    const change = { strategy: "naive", profile: "cognito", loads: 1, timeSteps: 1, crypto: "inline" } as const;
    // Without its promises: a monitor that watches moments tells these states apart, and not every cell has one.
    const target = { ...reference, promises: {} };
    expect((await run(change, { scenario: late, target, explorer: { ...explorer, readsStates: true } })).error).toBeNull();
    return keys[0];
  }

  it("depends on when that ends, though its name and all else is the same", async () => {
    const [sooner, later] = [await keyWherePassed("response"), await keyWherePassed("request")];
    expect([typeof sooner, typeof later]).toEqual(["string", "string"]);
    expect(sooner).not.toBe(later);
  });
});
