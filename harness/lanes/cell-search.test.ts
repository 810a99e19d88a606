import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { Explorer, Search } from "../explore/explorer.ts";
import { replay } from "../explore/replay.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { runCell } from "./cell.ts";
import { decodeReplay } from "./replay-string.ts";

/** As many page loads at once as the cell says, by somebody who has just signed in: the shortest run that branches. */
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

function exploring(explore: (search: Search) => Promise<void>): Explorer {
  return { name: "of-a-test", describe: "what the test does", search: (search) => explore(search).then(() => null) };
}

/** Takes a choice in its second step that there is not. */
const stubborn = exploring(async ({ run }) => {
  const choices = [0, 7];
  await run(() => choices.shift() ?? 0);
});

/** The reference target, and how often it was created: once a run on one isolate. */
function counting(): { readonly target: Target; readonly runs: () => number } {
  let runs = 0;
  return {
    target: {
      ...reference,
      create(environment) {
        runs++;
        return reference.create(environment);
      },
    },
    runs: () => runs,
  };
}

async function run(change: Partial<CellSpec>, { explorer, target }: { explorer?: Explorer; target?: Target } = {}) {
  const cell = await cellOf({ loads: 2, ...change }, { scenario: visit, ...(target === undefined ? {} : { target }) });
  const counts: number[] = [];
  const report = await runCell(explorer === undefined ? cell : { ...cell, explorer }, {
    onProgress: ({ schedules }) => counts.push(schedules),
  });
  return { ...report, counts };
}

describe("the determinism self-check", () => {
  it.each([
    [1, 2],
    [2, 3],
    [100, 101],
    [101, 103],
  ])("runs the first schedule of a cell and one in a hundred twice: %i schedules are %i runs", async (schedules, runs) => {
    const counted = counting();
    const { result } = await run({ explore: "random", schedules, loads: 1 }, { target: counted.target });
    expect(result).toMatchObject({ verdict: "holds", schedules });
    expect(counted.runs()).toBe(runs);
  });
});

describe("what a cell's runs add up to", () => {
  it("is bounded by the schedules run, told one by one", async () => {
    const one = await run({ explore: "fifo", schedules: 50 });
    expect(one.result).toMatchObject({ completeness: "bounded", bound: "1 schedule", schedules: 1 });
    expect(one.counts).toEqual([1]);

    const three = await run({ explore: "random", schedules: 3 });
    expect(three.result).toMatchObject({ completeness: "bounded", bound: "3 schedules", schedules: 3 });
    expect(three.counts).toEqual([1, 2, 3]);
  });

  it("counts each state once, however many schedules pass through it", async () => {
    const once = (await run({}, { explorer: replay([]) })).result;
    const thrice = (
      await run(
        {},
        {
          explorer: exploring(async ({ run }) => {
            for (let n = 0; n < 3; n++) await run(() => 0);
          }),
        },
      )
    ).result;
    expect(once.states).toBe(once.steps.max);
    expect(thrice).toMatchObject({ schedules: 3, states: once.states, steps: once.steps });
    expect((await run({ explore: "random", schedules: 20 })).result.states).toBeGreaterThan(once.states);
  });

  it.each(["random", "exhaustive"])("says how its states grew with the schedules of %s, up to all that it has", async (explore) => {
    const { schedules, states, growth } = (await run({ explore, schedules: 6 })).result;
    const places = growth.map(([at]) => at);
    expect(places[0]).toBe(1);
    for (const [index, at] of places.slice(1, -1).entries()) expect(at).toBeGreaterThanOrEqual(2 * (places[index] as number));
    expect(growth.map(([, seen]) => seen)).toEqual(growth.map(([, seen]) => seen).toSorted((a, b) => a - b));
    expect(growth[0]?.[1]).toBeGreaterThan(0);
    expect(growth.at(-1)).toEqual([schedules, states]);
    expect(states).toBeGreaterThan(growth[0]?.[1] ?? 0);
  });

  it("has the fewest, the most and the mean of steps, to one decimal", async () => {
    const lengths: number[] = [];
    // A document that is lost is followed by no fetches, so that run is shorter.
    const explorer = exploring(async ({ run }) => {
      for (const lost of [false, true, false]) {
        const { schedule } = await run((program) => (lost ? program.enabled().length - 1 : 0));
        lengths.push(schedule.length);
      }
    });
    const { result } = await run({ faults: { "browser-response-lost": 1 }, page: "document", loads: 1 }, { explorer });
    expect(new Set(lengths).size).toBe(2);
    expect(result.steps).toEqual({
      min: Math.min(...lengths),
      mean: Math.round((lengths.reduce((sum, length) => sum + length) / 3) * 10) / 10,
      max: Math.max(...lengths),
    });
  });

  it("is hashed over the hashes of its schedules, in order", async () => {
    const ordered = async (...orders: readonly (readonly number[])[]) =>
      (
        await run(
          {},
          {
            explorer: exploring(async (search) => {
              for (const order of orders) await replay(order).search(search);
            }),
          },
        )
      ).result.traceHash;
    // In the first steps Ada signs in alone; in step 7 and after, two loads are on their way.
    const other = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const [both, swapped] = [await ordered([], other), await ordered(other, [])];
    expect(both).toMatch(/^[0-9a-f]{64}$/);
    expect(both).not.toBe(swapped);
    expect(await ordered([], other)).toBe(both);
  });

  it("carries the cell's own names and numbers", async () => {
    const { result } = await run({
      explore: "fifo",
      profile: "logto",
      isolates: 2,
      loads: 3,
      timeSteps: 4,
      faults: { "issuer-503": 2 },
      expect: "holds",
    });
    expect(result).toMatchObject({
      scenario: "page-loads-at-expiry",
      target: "reference",
      profile: "logto",
      strategy: "single-flight",
      isolates: 2,
      loads: 3,
      page: "request",
      faults: "issuer-503:2",
      timeSteps: 4,
      lane: "simulation",
      explore: "fifo",
      granularity: "crypto=inline",
      expect: "holds",
      verdict: "holds",
      violations: [],
      error: null,
    });
  });
});

describe("an explorer", () => {
  it("that never runs anything has shown nothing", async () => {
    const { result } = await run({}, { explorer: exploring(async () => {}) });
    expect(result).toMatchObject({
      verdict: "error",
      schedules: 0,
      bound: "0 schedules",
      states: 0,
      steps: { min: 0, mean: 0, max: 0 },
      traceHash: "0".repeat(64),
      error: { code: "VACUOUS" },
    });
  });

  it("that takes a choice that there is not ends the cell as departed, and says in which step", async () => {
    const { result, counterexample } = await run({}, { explorer: stubborn });
    expect(result).toMatchObject({ verdict: "error", schedules: 0, error: { code: "REPLAY_DEPARTED" } });
    expect(result.error?.message).toBe("step 2: expected a choice below 1, got 7");
    expect(counterexample).toBeNull();
  });

  it("that gives up with an error of Holdfast's own ends the cell with it, and keeps what had been run", async () => {
    const explorer = exploring(async ({ run }) => {
      await run(() => 0);
      throw new HoldfastError("STEP_LIMIT", "expected to be done by now", "give it less");
    });
    const { result } = await run({}, { explorer });
    expect(result).toMatchObject({
      verdict: "error",
      schedules: 1,
      error: { code: "STEP_LIMIT", message: "expected to be done by now", hint: "give it less" },
    });
  });

  it("that has a bug of its own is not taken for a result", async () => {
    const explorer = exploring(async () => {
      throw new TypeError("undefined is not a schedule");
    });
    await expect(run({}, { explorer })).rejects.toThrow(TypeError);
  });

  it("leaves no world behind when it ends early: the next cell runs as if alone", async () => {
    const alone = (await run({ explore: "fifo" })).result.traceHash;
    await run({}, { explorer: stubborn });
    expect((await run({ explore: "fifo" })).result.traceHash).toBe(alone);
  });
});

describe("a violation", () => {
  /** Signs everybody out on every second page. */
  function forgetful(): Target {
    return {
      ...reference,
      name: "forgetful",
      async create(environment) {
        const instance = await reference.create(environment);
        let pages = 0;
        return {
          fetch: (request) =>
            new URL(request.url).pathname === "/" && ++pages > 2
              ? Promise.resolve(new Response(null, { status: 302, headers: { location: "/login" } }))
              : instance.fetch(request),
        };
      },
    };
  }

  it("ends its run and the search, and comes with a replay of exactly the choices that led to it", async () => {
    const { result, counterexample } = await run({ explore: "random", schedules: 40, seed: 5, loads: 4 }, { target: forgetful() });

    expect(result).toMatchObject({ verdict: "violated", schedules: 1, bound: "1 schedule", error: null });
    expect(result.violations.map(({ invariant }) => invariant)).toEqual(["no-spurious-logout"]);
    const { schedule, spec } = decodeReplay(result.violations[0]?.replay ?? "");
    const choices = counterexample?.map(({ choice }) => choice) ?? [];
    expect(choices.slice(0, schedule.length)).toEqual(schedule);
    expect(choices.slice(schedule.length).every((choice) => choice === 0)).toBe(true);
    expect(spec).toMatchObject({ loads: 4, target: "forgetful" });
  });

  it("ends at the step that shows it: nothing after it is run", async () => {
    const { counterexample } = await run({ explore: "fifo", loads: 4 }, { target: forgetful() });
    expect(counterexample?.at(-1)?.events.join()).toContain("is answered signed-out");
    expect(counterexample?.filter(({ events }) => events.join().includes("signed-out"))).toHaveLength(1);
  });
});
