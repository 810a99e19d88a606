import { type Sampler, sampling } from "./sampler.ts";

/**
 * Each step takes any of the enabled choices with equal probability. This is the plain random walk, the baseline of
 * Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010): it is
 * uniform over choices, not over interleavings.
 */
export const uniform: Sampler = {
  name: "random",
  describe: "each step takes any of the possible choices with equal probability",
  sample: (draw) => (program) => draw(program.enabled().length),
};

export const random = sampling(uniform);
