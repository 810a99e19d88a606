import { describe, expect, it } from "vitest";
import { type Machine, searchOfMachine, slippedIn, threads } from "./machine.testing.ts";
import { priorities } from "./pct.ts";
import { uniform } from "./random.ts";
import { runSample, type Sampler } from "./sampler.ts";

const SCHEDULES = 4_000;

/** In which part of its schedules a sampler finds a bug. The seed is fixed, and so is the part. */
async function partFound<S>(sampler: Sampler, machine: Machine<S>): Promise<number> {
  const search = searchOfMachine(machine);
  const { schedule } = await search.run(() => 0);
  let found = 0;
  for (let n = 0; n < SCHEDULES; n++) if ((await runSample(sampler, search, n, schedule.length)).violated) found++;
  return found / SCHEDULES;
}

/** The same with as many changes of priority as a bug of the smallest depth needs: the depth is what is drawn first. */
const ofDepth2: Sampler = {
  ...priorities,
  sample(draw, steps) {
    let drawn = 0;
    return priorities.sample((limit) => (drawn++ === 0 ? 0 : draw(limit)), steps);
  },
};

/** Each depth from 2 to 5 is that of one schedule in so many. */
const DEPTHS = 4;

/** The bound of the paper: a bug of depth d among n threads and k steps. */
const promised = (n: number, k: number, depth: number) => 1 / (n * k ** (depth - 1));

/** A part as large as that, three standard deviations of so many schedules aside: the bound of a thread that slips in is exact. */
const about = (part: number) => part - 3 * Math.sqrt(part / SCHEDULES);

const PROMISED_OF_10 = promised(2, 11, 2);

describe("pct", () => {
  it.each([1, 5, 9])(
    "finds a bug of depth 2 after %i of 10 steps as often as its paper promises, in the schedules of that depth",
    async (at) => {
      expect(await partFound(ofDepth2, slippedIn(10, at))).toBeGreaterThanOrEqual(about(PROMISED_OF_10));
      expect(await partFound(priorities, slippedIn(10, at))).toBeGreaterThanOrEqual(about(PROMISED_OF_10 / DEPTHS));
    },
  );

  it("finds one deep in a long run, where a random walk would need luck at every step", async () => {
    expect(await partFound(priorities, slippedIn(30, 20))).toBeGreaterThanOrEqual(about(promised(2, 31, 2) / DEPTHS));
    expect(await partFound(uniform, slippedIn(30, 20))).toBe(0);
  });

  it("finds a bug of depth 3: there and back again", async () => {
    const counts = { first: 6, second: 6 };
    const machine: Machine<string> = {
      start: "",
      moves: (path) =>
        Object.entries(counts)
          .filter(([thread, count]) => path.split(thread).length <= count)
          .map(([thread]) => ({ name: thread, task: thread, to: `${path}${thread} ` })),
      violates: (path) => path === "first first first second second second first first first ",
    };
    expect(await partFound(priorities, machine)).toBeGreaterThanOrEqual(promised(2, 12, 3) / DEPTHS);
  });

  it("keeps to one piece of work until it ends or its priority falls", async () => {
    const search = searchOfMachine(threads([6, 6, 6]));
    for (let n = 0; n < 200; n++) await runSample(priorities, search, n, 18);
    for (const { moves } of search.ran) {
      const workers = moves.map((name) => name.slice(0, "thread 0".length));
      const switches = workers.filter((worker, step) => step > 0 && worker !== workers[step - 1]).length;
      // Two ends, and four changes of priority, each of which interrupts one and at most lets it come back.
      expect(switches).toBeLessThanOrEqual(2 + 4 * 2);
    }
    const orders = new Set(search.ran.map(({ moves }) => moves[0]));
    expect(orders.size).toBe(3);
  });

  it("takes what belongs to nobody's work for a thread by its actor, and each fault and time for threads of their own", async () => {
    // A fault goes with a piece of work, but it must not be that its priority is the work's: then each would always come, or never.
    const machine: Machine<string> = {
      start: "",
      moves: (state) =>
        state === ""
          ? [
              { name: "request", task: "load 1", to: "answered" },
              { name: "fault", kind: "fault:lost", task: "load 1", to: "lost" },
              { name: "time", kind: "time", to: "late" },
              { name: "nobody's", to: "script" },
            ]
          : [],
    };
    const search = searchOfMachine(machine);
    for (let n = 0; n < 400; n++) await runSample(priorities, search, n, 1);
    for (const end of ["answered", "lost", "late", "script"]) {
      expect(search.ran.filter((run) => run.end === end).length).toBeGreaterThan(50);
    }
  });
});
