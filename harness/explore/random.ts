import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Explorer } from "./explorer.ts";

/**
 * Each step takes any of the enabled choices with equal probability. This is the plain random walk, the baseline of
 * Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010): it is
 * uniform over choices, not over interleavings. Schedule n depends on (seed, n) only, so any one can be run alone.
 */
export const random: Explorer = {
  name: "random",
  describe: "each step takes any of the possible choices with equal probability",
  async search({ run, schedules, seed }) {
    for (let n = 0; n < schedules; n++) {
      const generator = xoroshiro128plus(mix(seed, n));
      const { violated } = await run((program) => uniformInt(generator, 0, program.enabled().length - 1));
      if (violated) break;
    }
    return null;
  },
};

/** Two numbers into one 32-bit seed, so that neighbouring schedules get unrelated generators (splitmix's finaliser). */
function mix(seed: number, n: number): number {
  let x = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
