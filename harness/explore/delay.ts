import { type Sampler, sampling } from "./sampler.ts";

/** Most bugs need one delay or two; more than three are found as well by a random walk. */
const MOST_DELAYS = 3;

/**
 * FIFO with up to three delays: at so many random steps what would come next is put behind the one after it. Emmi, Qadeer and
 * Rakamarić, "Delay-Bounded Scheduling" (POPL 2011).
 *
 * Where it departs: delays are drawn at random instead of enumerated, their number from 1 to 3 for each schedule; and a delayed
 * operation is only passed over for one step, since it stays first in line.
 */
export const delays: Sampler = {
  name: "delay",
  describe: "FIFO, with what comes next put off at up to three random steps",
  needsLength: true,
  sample(draw, steps) {
    const count = 1 + draw(MOST_DELAYS);
    const at = Array.from({ length: count }, () => draw(Math.max(1, steps)));
    const skips = at.map(() => 1 + draw(MOST_DELAYS));
    let step = 0;
    return (program) => {
      const { length } = program.enabled();
      const skip = at.reduce((sum, moment, index) => (moment === step ? sum + (skips[index] as number) : sum), 0);
      step++;
      return skip % length;
    };
  },
};

export const delay = sampling(delays);
