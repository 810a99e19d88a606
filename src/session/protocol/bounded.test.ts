import { describe, expect, test } from "vitest";
import { createManualClock } from "../store/manual-clock.testing.ts";
import { bounded, TimedOut } from "./bounded.ts";

describe("what is done in time", () => {
  test("is what it is, and leaves no wait behind", async () => {
    const clock = createManualClock();
    let seen: AbortSignal | undefined;
    const answered = await bounded(1_000, clock, async (signal) => {
      seen = signal;
      return "answer";
    });
    await clock.settle();
    expect([answered, clock.waiting, seen?.aborted]).toEqual(["answer", 0, false]);
  });

  test("fails as it fails", async () => {
    const clock = createManualClock();
    const failure = new Error("refused");
    await expect(bounded(1_000, clock, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(clock.waiting).toBe(0);
  });
});

describe("what takes too long", () => {
  test("is given up at the limit and not before, and its signal says so", async () => {
    const clock = createManualClock();
    const seen: unknown[] = [];
    const work = bounded(1_000, clock, (signal) => {
      signal.addEventListener("abort", () => seen.push(signal.reason));
      return new Promise(() => {});
    });
    const outcome = work.catch((error: unknown) => error);
    await clock.advance(999);
    expect([seen, clock.waiting]).toEqual([[], 1]);
    await clock.advance(1);
    const error = await outcome;
    expect(error).toBeInstanceOf(TimedOut);
    expect([seen, clock.waiting]).toEqual([[error], 0]);
  });
});
