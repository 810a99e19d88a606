import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Choose, Explorer, RunSummary, Search } from "./explorer.ts";

/** A whole number from 0 to below `limit`, which is at least 1. */
export type Draw = (limit: number) => number;

/** A way to draw schedules at random, one independent of the other. */
export interface Sampler {
  readonly name: string;
  /** One line for `holdfast list`. */
  readonly describe: string;
  /** It asks how long a run is, and gets 0 otherwise. */
  readonly needsLength?: true;
  /**
   * Makes the choices of one schedule.
   *
   * @param steps how long a run is, about: that of the FIFO schedule
   */
  sample(draw: Draw, steps: number): Choose;
}

/** Runs one schedule of a sampler. Schedule n depends on (seed, n) and the program alone, so any one can be run alone. */
export function runSample(sampler: Sampler, { run, seed }: Search, n: number, steps: number): Promise<RunSummary> {
  return run(sampler.sample(drawing(seed, n), steps));
}

/** Draws that depend on (seed, n) alone. */
export function drawing(seed: number, n: number): Draw {
  const generator = xoroshiro128plus(mix(seed, n));
  return (limit) => uniformInt(generator, 0, limit - 1);
}

/** A sampler as an explorer: schedules until one is violated or the budget is spent. */
export function sampling(sampler: Sampler): Explorer {
  const { name, describe, needsLength } = sampler;
  return {
    name,
    describe,
    divides: true,
    async search(search) {
      const { from = 0, schedules, run, rehearse = run } = search;
      // Where the length of a run matters, the FIFO schedule is number 0, and the samples come after it.
      const rehearsed = needsLength === true ? 1 : 0;
      let steps = 0;
      if (rehearsed > 0 && schedules > 0) {
        const { schedule, violated } = await (from === 0 ? run : rehearse)(() => 0);
        if (violated && from === 0) return null;
        steps = schedule.length;
      }
      for (let number = Math.max(from, rehearsed); number < from + schedules; number++) {
        if ((await runSample(sampler, search, number - rehearsed, steps)).violated) break;
      }
      return null;
    },
  };
}

/** Two numbers into one 32-bit seed, so that neighbouring schedules get unrelated generators (splitmix's finaliser). */
function mix(seed: number, n: number): number {
  let x = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
