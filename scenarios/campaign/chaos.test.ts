import { expect, it } from "vitest";
import { chaos } from "./chaos.ts";

it("a campaign whose workers are killed and whose database is restarted comes to what one undisturbed process comes to", async () => {
  const { kills, restarts, aside, undisturbed, campaign } = await chaos({
    ...{ jobs: 40, workers: 2, killEvery: 3_000, restarts: 1, say: () => {} },
  });
  expect(campaign).toBe(undisturbed);
  expect([restarts, aside]).toEqual([1, 0]);
  // Otherwise it has shown nothing.
  expect(kills).toBeGreaterThan(0);
  // Real processes, which are really killed.
}, 240_000);
