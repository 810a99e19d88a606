import { describe, expect, test } from "vitest";
import { storeContract } from "./contract.testing.ts";
import { FREE, released, taken } from "./lease.ts";
import { createManualClock } from "./manual-clock.testing.ts";
import { createMemoryStore } from "./memory.ts";

describe("the memory store", () => {
  storeContract(async () => {
    const clock = createManualClock();
    const store = createMemoryStore(clock);
    return { store, other: store, now: clock.now, advance: clock.advance, settle: clock.settle, waiting: clock.settle };
  });

  test("leaves no timer behind once a wait is over", async () => {
    const clock = createManualClock();
    const store = createMemoryStore(clock);
    const waits = [store.wait("a", 0, clock.now() + 1_000), store.wait("a", 0, clock.now() + 2_000)];
    await clock.settle();
    expect(clock.waiting).toBe(2);
    await store.compareAndSet("a", 0, "one", clock.now() + 1_000);
    await Promise.all(waits);
    expect(clock.waiting).toBe(0);
  });
});

describe("a lease", () => {
  test("is free at first, is taken once at a time, and counts its holders", () => {
    const first = taken(FREE, 100, 10);
    expect(first).toEqual({ fence: 1, until: 110 });
    if (first === null) throw new Error("it was free");
    expect(taken(first, 109, 10)).toBeNull();
    expect(taken(first, 110, 10)).toEqual({ fence: 2, until: 120 });
  });

  test("can be taken at once after its release, and the fence goes on", () => {
    expect(taken(released({ fence: 4, until: 1_000 }), 5, 10)).toEqual({ fence: 5, until: 15 });
  });
});
