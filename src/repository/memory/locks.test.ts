import { describe, expect, it } from "vitest";
import { createLocks } from "./locks.ts";

/** Locks whose time-outs the test brings about. */
function setUp() {
  const timers = new Map<number, { callback: () => void; milliseconds: number }>();
  let count = 0;
  const locks = createLocks({
    lockTimeout: 700,
    setTimer(callback, milliseconds) {
      const id = count++;
      timers.set(id, { callback, milliseconds });
      return () => timers.delete(id);
    },
  });
  const log: string[] = [];
  const owners = { a: {}, b: {}, c: {}, d: {} };
  const acquire = (name: string, owner: keyof typeof owners) =>
    locks.acquire(name, owners[owner]).then(
      () => log.push(`${owner} has ${name}`),
      (error) => log.push(`${owner}: ${error.code}`),
    );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { locks, owners, acquire, log, timers, settled };
}

describe("locks", () => {
  it("go to one owner at a time, first come first served", async () => {
    const { locks, owners, acquire, log, settled } = setUp();
    for (const owner of ["a", "b", "c"] as const) acquire("x", owner);
    await settled();
    expect(log).toEqual(["a has x"]);
    expect(locks.waiting()).toBe(2);
    locks.releaseAll(owners.a);
    await settled();
    expect(log).toEqual(["a has x", "b has x"]);
    locks.releaseAll(owners.b);
    locks.releaseAll(owners.c);
    await settled();
    expect(log).toEqual(["a has x", "b has x", "c has x"]);
    expect(locks.waiting()).toBe(0);
    await acquire("x", "d");
    expect(log.at(-1)).toBe("d has x");
  });

  it("are had again by their owner at once, and do not stand in the way of others", async () => {
    const { acquire, log, locks } = setUp();
    await acquire("x", "a");
    await acquire("x", "a");
    await acquire("y", "b");
    expect(log).toEqual(["a has x", "a has x", "b has y"]);
    expect(locks.waiting()).toBe(0);
  });

  it("are let go all together, but for those of others", async () => {
    const { locks, owners, acquire, log, settled } = setUp();
    await acquire("x", "a");
    await acquire("y", "a");
    await acquire("z", "b");
    for (const name of ["x", "y", "z"]) acquire(name, "c");
    locks.releaseAll(owners.a);
    await settled();
    expect(log.slice(3)).toEqual(["c has x", "c has y"]);
    expect(locks.waiting()).toBe(1);
  });

  it("are given up by whoever waited too long, and by nobody else", async () => {
    const { locks, owners, acquire, log, timers, settled } = setUp();
    await acquire("x", "a");
    for (const owner of ["b", "c", "d"] as const) acquire("x", owner);
    expect([...timers.values()].map(({ milliseconds }) => milliseconds)).toEqual([700, 700, 700]);
    timers.get(1)?.callback();
    await settled();
    expect(log).toEqual(["a has x", "c: idempotency_in_flight"]);
    expect(locks.waiting()).toBe(2);
    locks.releaseAll(owners.a);
    locks.releaseAll(owners.b);
    await settled();
    expect(log.slice(2)).toEqual(["b has x", "d has x"]);
  });

  it("stop their timers once they are had", async () => {
    const { locks, owners, acquire, timers } = setUp();
    await acquire("x", "a");
    const b = acquire("x", "b");
    expect(timers.size).toBe(1);
    locks.releaseAll(owners.a);
    await b;
    expect(timers.size).toBe(0);
  });

  it("say how long was waited", async () => {
    const { locks, owners, timers } = setUp();
    await locks.acquire("x", owners.a);
    const waiting = locks.acquire("x", owners.b);
    timers.get(0)?.callback();
    await expect(waiting).rejects.toMatchObject({
      code: "idempotency_in_flight",
      retryAfter: 1,
      message: "expected the other request with this key or user to end within 700 ms, got no end: retry with the same key",
    });
  });
});
