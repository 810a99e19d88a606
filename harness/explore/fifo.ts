import type { Explorer } from "./explorer.ts";

/** Everything in the order in which it became possible: what one would see on an idle machine. */
export const fifo: Explorer = {
  name: "fifo",
  describe: "one schedule: everything in the order in which it became possible",
  async search({ run }) {
    await run(() => 0);
    return null;
  },
};
