import { describe, expect, it } from "vitest";
import { delays } from "./delay.ts";
import { searchOfMachine, slippedIn } from "./machine.testing.ts";
import { runSample } from "./sampler.ts";
import { searchOf } from "./tree.testing.ts";

/** Steps at which something is put off, at most, and by how much at most in all. */
const DELAYS = 3;
const FURTHEST = 9;

async function sampled(count: number, steps: number, width: number) {
  const search = searchOf((path) => (path.length < steps ? width : 0));
  for (let n = 0; n < count; n++) await runSample(delays, search, n, steps);
  return search.ran;
}

describe("delay", () => {
  it("is FIFO but for three steps at most, and for one at least where there is a choice", async () => {
    const counts = (await sampled(1_000, 20, FURTHEST + 1)).map((schedule) => schedule.filter((choice) => choice !== 0).length);
    expect(new Set(counts)).toEqual(new Set([1, 2, DELAYS]));
  });

  it("passes over no more than three at a delay", async () => {
    const all = await sampled(1_000, 20, FURTHEST + 1);
    for (const schedule of all) {
      const delayed = schedule.filter((choice) => choice !== 0);
      expect(delayed.reduce((sum, choice) => sum + choice, 0)).toBeLessThanOrEqual(FURTHEST);
      if (delayed.length === DELAYS) for (const choice of delayed) expect(choice).toBeLessThanOrEqual(3);
    }
    for (const choice of [1, 2, 3]) expect(all.some((schedule) => schedule.includes(choice))).toBe(true);
  });

  it("puts something off at any step of the run, the first and the last among them", async () => {
    const steps = (await sampled(1_000, 10, FURTHEST + 1)).flatMap((schedule) =>
      [...schedule.entries()].filter(([, choice]) => choice !== 0).map(([step]) => step),
    );
    expect(new Set(steps)).toEqual(new Set(Array.from({ length: 10 }, (_, step) => step)));
  });

  it("goes on with the first in line where there is no other", async () => {
    for (const schedule of await sampled(20, 10, 1)) expect(schedule).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it("finds what one delay in a long run shows, as often as that step is drawn", async () => {
    const search = searchOfMachine(slippedIn(30, 20));
    for (let n = 0; n < 2_000; n++) await runSample(delays, search, n, 31);
    expect(search.ran.filter(({ violated }) => violated).length / 2_000).toBeGreaterThan(1 / (31 * 3));
  });
});
