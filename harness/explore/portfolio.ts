import { delays } from "./delay.ts";
import type { Explorer, Search } from "./explorer.ts";
import { priorities } from "./pct.ts";
import { uniform } from "./random.ts";
import { runSample, type Sampler } from "./sampler.ts";

/** Schedules of one round, over all members. Shares move between rounds only, so that a seed means the same everywhere. */
const ROUND = 60;
/** No member gets less than this part of a round: each finds bugs that another never does. */
const LEAST_SHARE = 1 / 6;

interface Member {
  readonly sampler: Sampler;
  /** How many of its schedules have been run, and how many states they were the first to see. */
  ran: number;
  found: number;
}

/**
 * FIFO first, which alone finds some bugs; then a random walk, PCT and delays share the budget. After each round the shares follow
 * what the members found: new states a schedule.
 *
 * The idea of running several strategies side by side because each misses what another finds is that of Coyote's portfolio
 * (Deligiannis et al., "Industrial-Strength Controlled Concurrency Testing for C# Programs with Coyote", TACAS 2023); moving the
 * budget by new states is our own.
 */
export const portfolio: Explorer = {
  name: "portfolio",
  describe: "FIFO first, then random, pct and delay share the budget by what they find",
  async search(search) {
    if (search.schedules < 1) return null;
    const first = await search.run(() => 0);
    if (first.violated) return null;
    const members = [uniform, priorities, delays].map((sampler): Member => ({ sampler, ran: 0, found: 0 }));
    for (let left = search.schedules - 1; left > 0; ) {
      const shares = sharesOf(members, Math.min(ROUND, left));
      left -= shares.reduce((sum, share) => sum + share, 0);
      if (await playRound(search, members, shares, first.schedule.length)) return null;
    }
    return null;
  },
};

async function playRound(search: Search, members: readonly Member[], shares: readonly number[], steps: number): Promise<boolean> {
  for (const [index, member] of members.entries()) {
    for (let n = 0; n < (shares[index] as number); n++) {
      const { violated, newStates } = await runSample(member.sampler, search, member.ran, steps);
      member.ran++;
      member.found += newStates;
      if (violated) return true;
    }
  }
  return false;
}

/** Whole schedules for each member that add up to `count`, more for those that find more. */
function sharesOf(members: readonly Member[], count: number): number[] {
  const rates = members.map(({ ran, found }) => (ran === 0 ? 1 : found / ran));
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const free = 1 - members.length * LEAST_SHARE;
  const shares = rates.map((rate) => Math.floor(count * (LEAST_SHARE + free * (sum === 0 ? 1 / members.length : rate / sum))));
  for (let index = 0; shares.reduce((total, share) => total + share, 0) < count; index++) shares[index] = (shares[index] as number) + 1;
  return shares;
}
