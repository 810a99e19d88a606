import type { Choice } from "../model/program.ts";
import type { Choose } from "./explorer.ts";
import { type Draw, type Sampler, sampling } from "./sampler.ts";

/** Depths tried: a bug of depth d needs d − 1 changes of priority at the right steps. Most known ones have 2 or 3. */
const DEPTHS = { from: 2, to: 5 };

/**
 * Probabilistic concurrency testing: threads have random priorities, the first enabled thread of the highest priority goes on, and
 * at d − 1 random steps the thread that is about to go on falls below all others. It finds a bug of depth d among n threads and k
 * steps with probability at least 1 / (n k^(d−1)). Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs" (ASPLOS 2010).
 *
 * Where it departs: a thread is here a piece of work, such as a page load, wherever it is just being worked at (compare the chains
 * of Ozkan et al., "Randomized Testing of Distributed Systems with Probabilistic Guarantees", OOPSLA 2018); faults and time are
 * threads of their own; the depth is drawn from 2 to 5 for each schedule, which leaves a quarter of the promise to each of them; and
 * k is the length of the FIFO schedule.
 */
export const priorities: Sampler = {
  name: "pct",
  describe: "random priorities for pieces of work, lowered at up to four random steps",
  needsLength: true,
  sample(draw, steps) {
    const depth = DEPTHS.from + draw(DEPTHS.to - DEPTHS.from + 1);
    const changes = Array.from({ length: depth - 1 }, () => draw(Math.max(1, steps)));
    return scheduled(draw, changes);
  },
};

export const pct = sampling(priorities);

function scheduled(draw: Draw, changes: readonly number[]): Choose {
  const ranks = new Map<string, number>();
  let step = 0;
  // Priorities of threads lie between 0 and 1; a change puts one below all of them, and below those that were changed later.
  const rankOf = (thread: string): number => {
    const known = ranks.get(thread);
    if (known !== undefined) return known;
    const rank = draw(2 ** 30) / 2 ** 30;
    ranks.set(thread, rank);
    return rank;
  };
  const first = (choices: readonly Choice[]): number => {
    let best = 0;
    for (const [index, choice] of choices.entries()) {
      if (rankOf(threadOf(choice)) > rankOf(threadOf(choices[best] as Choice))) best = index;
    }
    return best;
  };
  return (program) => {
    const choices = program.enabled();
    for (const [order, change] of changes.entries()) {
      if (change === step) ranks.set(threadOf(choices[first(choices)] as Choice), order - changes.length);
    }
    step++;
    return first(choices);
  };
}

function threadOf({ kind, task, actor }: Choice): string {
  return kind.startsWith("fault:") || kind === "time" ? `${kind} ${task}` : (task ?? actor);
}
