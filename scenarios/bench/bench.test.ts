import { describe, expect, it } from "vitest";
import { fastCheckBatch, fastCheckFifo } from "./fast-check.ts";
import { holdfastBatch, holdfastFifo } from "./holdfast.ts";
import { LOADS, WEIGHTS } from "./scenario.ts";

describe.each(WEIGHTS)("bench, %s", (weight) => {
  it("does the same work on both sides when everything goes in order", async () => {
    const ours = await holdfastFifo(weight);
    const theirs = await fastCheckFifo(weight);
    // One flight that every load shares: a request and a response for each load and for one redemption.
    expect(ours).toMatchObject({ schedules: 1, operations: 2 * LOADS + 2, redemptions: 1, violated: 0 });
    expect(theirs).toEqual(ours);
  });

  it("has about as many choices, and sees the late load about as often, in random order", async () => {
    const schedules = 300;
    const ours = await (await holdfastBatch(weight))(schedules, 1, true);
    const theirs = await (await fastCheckBatch(weight, true))(schedules, 1, true);
    expect(ours.schedules).toBe(schedules);
    expect(theirs.schedules).toBe(schedules);
    // Two samples of one distribution: a standard error is about 0.03 choices a step, and 2.7 % of the schedules.
    expect(Math.abs(ours.choices / ours.operations - theirs.choices / theirs.operations)).toBeLessThan(0.3);
    expect(Math.abs(ours.violated - theirs.violated) / schedules).toBeLessThan(0.2);
  });
});
