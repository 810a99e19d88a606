import nodeCrypto, { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import nodeTimers, { setTimeout as importedSetTimeout } from "node:timers";
import timersPromises, { setTimeout as importedSleep, setImmediate as importedYield } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { contexts } from "./context.ts";
import { EPOCH, failureOf, finish, inWorld, openWorld, operation } from "./world.testing.ts";

// Taken before any test, as a module takes them while it loads.
const captured = { Date, setTimeout, setInterval, setImmediate, fetch, random: Math.random, subtle: crypto.subtle, hrtime: process.hrtime };
const REAL_NOW = 1_700_000_000_000;

/** The virtual time at which `start` calls back. */
function elapsed(start: (done: () => void) => unknown): Promise<number> {
  return inWorld(() => new Promise((resolve) => start(() => resolve(Date.now() - EPOCH))));
}

describe("Date", () => {
  it("is the world's inside of it, in every way to ask, also when it was captured earlier", async () => {
    // biome-ignore lint/complexity/useDateNow: the long way round is what is tested.
    const long = () => new Date().getTime();
    const moments = await inWorld(() => [
      Date.now(),
      long(),
      new captured.Date().getTime(),
      captured.Date.now(),
      Reflect.construct(Date, []).getTime(),
      new Date(Date()).getTime(),
      new (new Date().constructor as DateConstructor)().getTime(),
    ]);
    expect(moments).toEqual(Array(7).fill(EPOCH));
  });

  it("moves with the world's clock", async () => {
    const moments = await inWorld(async (world) => {
      await world.until(EPOCH + 1_234, world.actor("isolate-1", "isolate"));
      return [Date.now(), new Date().toISOString()];
    });
    expect(moments).toEqual([EPOCH + 1_234, new Date(EPOCH + 1_234).toISOString()]);
  });

  it("is the real one outside", () => {
    expect(Date.now()).toBeGreaterThan(REAL_NOW);
    expect(new Date(...([] as [])).getTime()).toBeGreaterThan(REAL_NOW);
    expect(new Date(Date()).getTime()).toBeGreaterThan(REAL_NOW);
  });

  it.each(["inside", "outside"])("has the statics, arguments and prototype of the real one %s of a world", async (where) => {
    class Moment extends Date {
      year(): number {
        return this.getUTCFullYear();
      }
    }
    const check = () => {
      expect([Date.UTC(2020, 0), Date.parse("2020-01-01T00:00:00Z")]).toEqual([1_577_836_800_000, 1_577_836_800_000]);
      expect([Date.length, Date.name]).toEqual([7, "Date"]);
      expect([new Date(0).getTime(), new Date("1970-01-02").getTime(), new Date(1970, 0, 1) instanceof Date]).toEqual([
        0,
        86_400_000,
        true,
      ]);
      expect([new Date(undefined as never).getTime(), new Date(null as never).getTime()]).toEqual([Number.NaN, 0]);
      expect(Date.prototype.constructor).toBe(Date);
      expect(new Date().constructor).toBe(Date);
      expect(Object.prototype.toString.call(new Date())).toBe("[object Date]");
      expect(typeof Date()).toBe("string");
      expect(structuredClone(new Date(5))).toEqual(new Date(5));
      const moment = new Moment(0);
      expect([moment instanceof Moment, moment instanceof Date, moment.year()]).toEqual([true, true, 1970]);
      expect(JSON.stringify({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
    };
    if (where === "inside") {
      await inWorld(check);
      expect(await inWorld(() => new Moment().getTime())).toBe(EPOCH);
    } else check();
  });
});

describe("clocks", () => {
  it("tell the world's time inside and agree with each other", async () => {
    const told = await inWorld(async (world) => {
      const [began, beganHr, beganBig] = [performance.now(), process.hrtime(), process.hrtime.bigint()];
      await world.until(EPOCH + 2_600, world.actor("isolate-1", "isolate"));
      return {
        performance: performance.now() - began,
        since: process.hrtime(beganHr),
        captured: captured.hrtime(beganHr),
        bigint: process.hrtime.bigint() - beganBig,
        ofDay: performance.timeOrigin + performance.now(),
      };
    });
    expect(told).toEqual({
      performance: 2_600,
      since: [2, 600_000_000],
      captured: [2, 600_000_000],
      bigint: 2_600_000_000n,
      ofDay: EPOCH + 2_600,
    });
  });

  it("borrow a second where the nanoseconds of the later reading are fewer", async () => {
    const since = await inWorld(
      async (world) => {
        const began = process.hrtime();
        await world.until(EPOCH + 1_100, world.actor("isolate-1", "isolate"));
        return process.hrtime(began);
      },
      { epoch: EPOCH + 900 },
    );
    expect(since).toEqual([0, 200_000_000]);
  });

  it("tell the real time outside", () => {
    expect(performance.timeOrigin + performance.now()).toBeGreaterThan(REAL_NOW);
    expect(process.hrtime.bigint()).toBeGreaterThan(0n);
    const [seconds] = process.hrtime(process.hrtime());
    expect(seconds).toBe(0);
  });
});

describe("timers", () => {
  it.each<[string, (done: () => void) => unknown, number]>([
    ["setTimeout", (done) => setTimeout(done, 50), 50],
    ["setTimeout captured earlier", (done) => captured.setTimeout(done, 50), 50],
    ["node:timers", (done) => nodeTimers.setTimeout(done, 50), 50],
    ["a named import of node:timers", (done) => importedSetTimeout(done, 50), 50],
    ["setInterval", (done) => setInterval(done, 50), 50],
    ["setInterval captured earlier", (done) => captured.setInterval(done, 50), 50],
    ["setImmediate", (done) => setImmediate(done), 0],
    ["setImmediate captured earlier", (done) => captured.setImmediate(done), 0],
    ["node:timers/promises", (done) => timersPromises.setTimeout(50).then(done), 50],
    ["a named import of node:timers/promises", (done) => importedSleep(50).then(done), 50],
    ["promises of node:timers", (done) => nodeTimers.promises.setTimeout(50).then(done), 50],
    ["setImmediate of node:timers/promises", (done) => importedYield().then(done), 0],
    ["util.promisify(setTimeout)", (done) => promisify(setTimeout)(50).then(done), 50],
    ["util.promisify(setImmediate)", (done) => promisify(setImmediate)().then(done), 0],
    ["AbortSignal.timeout", (done) => AbortSignal.timeout(50).addEventListener("abort", done), 50],
    ["AbortSignal.any over a time-out", (done) => AbortSignal.any([AbortSignal.timeout(50)]).addEventListener("abort", done), 50],
  ])("%s is an operation of the world inside", async (_what, start, delay) => {
    expect(await elapsed(start)).toBe(delay);
  });

  it("resolve to their value, or reject as in Node when they are aborted before or on the way", async () => {
    const outcomes = await inWorld(async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort("enough"), 10);
      return Promise.allSettled([
        importedSleep(5, "slept"),
        importedYield("yielded"),
        importedSleep(50, null, { signal: controller.signal }),
        importedSleep(50, null, { signal: AbortSignal.abort("early") }),
        importedYield(null, { signal: AbortSignal.abort("early") }),
      ]);
    });
    expect(outcomes.slice(0, 2)).toEqual([
      { status: "fulfilled", value: "slept" },
      { status: "fulfilled", value: "yielded" },
    ]);
    const reasons = outcomes.slice(2).map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    expect(reasons.map(({ name, cause }) => [name, cause])).toEqual([
      ["AbortError", "enough"],
      ["AbortError", "early"],
      ["AbortError", "early"],
    ]);
  });

  it("leave nothing behind when a sleep is aborted", async () => {
    const world = openWorld();
    const controller = new AbortController();
    const script = world.actor("script", "script");
    world.play(script, async () => {
      const sleeping = importedSleep(1_000, null, { signal: controller.signal }).catch(() => {});
      controller.abort();
      await sleeping;
      await world.until(EPOCH + 10, script);
    });
    await world.open();
    await finish(world);
    expect(world.trace.lines()).toEqual(["1 0 time clock time passes: 0.01 s 0/1", "2 10 timer script a timer of 10 ms 0/1"]);
  });

  it("give AbortSignal.timeout the reason that Node gives", async () => {
    const reason = await inWorld(async () => {
      const signal = AbortSignal.timeout(10);
      await importedSleep(20);
      return signal.reason as DOMException;
    });
    expect([reason.name, reason.code, reason instanceof DOMException]).toEqual(["TimeoutError", 23, true]);
  });

  it("are the real ones outside, whatever handle they are cleared by", async () => {
    const fired = await new Promise<string>((resolve) => {
      clearTimeout(setTimeout(() => resolve("cleared"), 0));
      clearImmediate(setImmediate(() => resolve("cleared")));
      clearInterval(setInterval(() => resolve("cleared"), 0));
      setTimeout(resolve, 1, "real");
    });
    expect(fired).toBe("real");
    await expect(importedYield("value")).resolves.toBe("value");
    await expect(promisify(setTimeout)(0, "value")).resolves.toBe("value");
    expect(AbortSignal.timeout(100_000).aborted).toBe(false);
  });

  it("may be cleared from outside of their world, and by nonsense", async () => {
    const order: string[] = [];
    const world = openWorld();
    const timer = world.as(world.actor("isolate-1", "isolate"), null, () => setTimeout(() => order.push("fired"), 10));
    clearTimeout(timer);
    await inWorld(() => [undefined, null, 0, 99, {}].map((handle) => clearTimeout(handle as never)));
    await world.open();
    await finish(world);
    expect(order).toEqual([]);
  });
});

/** Every way to draw, by name; each once. */
const DRAWS: Readonly<Record<string, () => unknown>> = {
  "Math.random": () => Math.random(),
  "Math.random captured": () => captured.random(),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint32Array(4)).join(),
  "getRandomValues of node:crypto": () => nodeCrypto.getRandomValues(new Uint8Array(8)).join(),
  "node:webcrypto": () => nodeCrypto.webcrypto.getRandomValues(new Uint8Array(8)).join(),
  randomUUID: () => randomUUID(),
  "nodeCrypto.randomUUID": () => nodeCrypto.randomUUID({ disableEntropyCache: true }),
  randomBytes: () => randomBytes(8).toString("hex"),
  "randomBytes with a callback": () => promisify(randomBytes)(8).then((bytes) => bytes.toString("hex")),
  pseudoRandomBytes: () => nodeCrypto.pseudoRandomBytes(8).toString("hex"),
  randomInt: () => randomInt(2 ** 40),
  "randomInt with a callback": () => new Promise((resolve) => randomInt(5, 2 ** 40, (_error, value) => resolve(value))),
  randomFillSync: () => randomFillSync(Buffer.alloc(8)).toString("hex"),
  "randomFillSync of an ArrayBuffer": () => {
    const buffer = new ArrayBuffer(8);
    randomFillSync(buffer as never);
    return Buffer.from(buffer).toString("hex");
  },
  randomFill: () => new Promise((resolve) => randomFill(Buffer.alloc(8), (_error, bytes) => resolve(bytes.toString("hex")))),
  "subtle.generateKey": async () => {
    const key = await captured.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
    return Buffer.from(await captured.subtle.exportKey("raw", key)).toString("hex");
  },
};

describe("randomness", () => {
  it.each(Object.entries(DRAWS))("%s is the world's inside: equal under equal seeds, different from draw to draw", async (_what, draw) => {
    const [first, again, other] = [
      await inWorld(async () => [await draw(), await draw()]),
      await inWorld(async () => [await draw(), await draw()]),
      await inWorld(async () => [await draw(), await draw()], { seed: "other" }),
    ];
    expect(again).toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
    expect(other).not.toEqual(first);
  });

  it.each(Object.entries(DRAWS))("%s is the real one outside", async (_what, draw) => {
    expect(await draw()).not.toEqual(await draw());
  });

  it("is drawn by each actor from a well of its own", async () => {
    const world = openWorld();
    const draw = (name: string) => world.as(world.actor(name, "isolate"), null, () => crypto.randomUUID());
    const [first, second] = [draw("isolate-1"), draw("isolate-2")];
    const swapped = openWorld();
    const redraw = (name: string) => swapped.as(swapped.actor(name, "isolate"), null, () => crypto.randomUUID());
    expect([redraw("isolate-2"), redraw("isolate-1")]).toEqual([second, first]);
    expect(first).not.toBe(second);
  });

  it("fills just the part of a view that was asked for", async () => {
    const [bytes, words, inner] = await inWorld(() => {
      const buffer = new Uint8Array(12);
      randomFillSync(new Uint8Array(buffer.buffer, 4, 4));
      return [randomFillSync(new Uint8Array(8), 2, 3), randomFillSync(new Uint16Array(8), 6), buffer];
    });
    expect([...bytes].map((byte) => byte !== 0)).toEqual([false, false, true, true, true, false, false, false]);
    expect([...words].map((word) => word !== 0)).toEqual([false, false, false, false, false, false, true, true]);
    expect([...inner].filter((_byte, index) => index < 4 || index >= 8)).toEqual(Array(8).fill(0));
  });

  it("keeps randomInt within its bounds", async () => {
    const numbers = await inWorld(() => Array.from({ length: 300 }, () => [randomInt(3), randomInt(10, 13)]));
    expect(new Set(numbers.map(([low]) => low))).toEqual(new Set([0, 1, 2]));
    expect(new Set(numbers.map(([, high]) => high))).toEqual(new Set([10, 11, 12]));
  });
});

describe("fetch", () => {
  it.each([
    ["fetch", () => fetch("https://a.test")],
    ["fetch captured earlier", () => captured.fetch("https://a.test")],
  ])("%s names itself in a world without a network", async (_what, call) => {
    const failure = await failureOf(() => inWorld(() => call().catch(() => "swallowed")));
    expect([failure.code, failure.message]).toEqual(["ESCAPED", "isolate-1 called fetch, but this world has no network"]);
  });

  it("is the real one outside", async () => {
    const response = await fetch("data:text/plain,real");
    expect(await response.text()).toBe("real");
  });
});

describe("the context", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["await", async () => await null],
    [
      "a promise chain",
      () =>
        Promise.resolve()
          .then(() => Promise.resolve())
          .finally(() => {}),
    ],
    ["setTimeout", () => new Promise((resolve) => setTimeout(resolve, 5))],
    ["setImmediate", () => new Promise((resolve) => setImmediate(resolve))],
    ["setInterval", () => new Promise((resolve) => setInterval(resolve, 5))],
    ["timers/promises", () => importedSleep(5)],
    ["queueMicrotask", () => new Promise<void>((resolve) => queueMicrotask(resolve))],
    ["nextTick", () => new Promise((resolve) => process.nextTick(resolve))],
    ["a stream", () => new Response("body").text()],
    ["WebCrypto", () => crypto.subtle.digest("SHA-256", new Uint8Array(1))],
  ])("survives %s", async (_what, wait) => {
    const world = openWorld();
    const seen: (string | null | undefined)[] = [];
    const script = world.actor("script", "script");
    for (const task of ["load 1", "load 2"]) {
      world.as(world.actor("isolate-1", "isolate"), task, async () => {
        await wait();
        seen.push(contexts.getStore()?.task);
      });
    }
    world.play(script, () => world.until(EPOCH + 20, script));
    await world.open();
    await finish(world);
    expect(seen).toEqual(["load 1", "load 2"]);
  });

  it("is that of whoever set the timer, and not of whoever let time pass", async () => {
    const world = openWorld();
    const [one, two] = [world.actor("isolate-1", "isolate"), world.actor("isolate-2", "isolate")];
    const seen: (string | undefined)[] = [];
    const note = () => seen.push(contexts.getStore()?.actor.name);
    world.as(one, null, () => setTimeout(note, 10));
    world.as(two, null, () => setTimeout(note, 5));
    world.submit(operation(one, "nothing"));
    await world.open();
    for (let step = 0; step < 5; step++) await world.step(0);
    expect(seen).toEqual(["isolate-2", "isolate-1"]);
    expect(contexts.getStore()).toBeUndefined();
  });

  it("of a shared flight is that of its owner in the body and of each waiter after it", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    const seen: string[] = [];
    let flight: Promise<void> | null = null;
    const load = async (): Promise<void> => {
      flight ??= (async () => {
        await importedSleep(5);
        seen.push(`body of ${contexts.getStore()?.task}`);
      })();
      await flight;
      seen.push(`after it ${contexts.getStore()?.task}`);
    };
    for (const task of ["load 1", "load 2"]) world.as(isolate, task, () => void load());
    await world.open();
    await finish(world);
    expect(seen).toEqual(["body of load 1", "after it load 1", "after it load 2"]);
  });

  it("of an event is that of the emitter", async () => {
    const world = openWorld();
    const emitter = new EventEmitter();
    const seen: (string | null | undefined)[] = [];
    world.as(world.actor("isolate-1", "isolate"), "listener", () => emitter.on("event", () => seen.push(contexts.getStore()?.task)));
    world.as(world.actor("isolate-1", "isolate"), "emitter", () => emitter.emit("event"));
    expect(seen).toEqual(["emitter"]);
  });
});

describe("what would end a process", () => {
  it.each<[string, () => void]>([
    ["a rejected promise that nobody handles", () => void Promise.reject(new RangeError("rt_secret"))],
    [
      "an async function that nobody awaits",
      () =>
        void (async () => {
          await null;
          throw new RangeError("rt_secret");
        })(),
    ],
    [
      "a throw in a microtask",
      () =>
        queueMicrotask(() => {
          throw new RangeError("rt_secret");
        }),
    ],
    [
      "a throw in a nextTick",
      () =>
        process.nextTick(() => {
          throw new RangeError("rt_secret");
        }),
    ],
    [
      "a throw in a timer",
      () =>
        void setTimeout(() => {
          throw new RangeError("rt_secret");
        }, 5),
    ],
    [
      "a throw in an immediate",
      () =>
        void setImmediate(() => {
          throw new RangeError("rt_secret");
        }),
    ],
    [
      "a throw after an await in a timer",
      () =>
        void setTimeout(async () => {
          await null;
          throw new RangeError("rt_secret");
        }, 5),
    ],
  ])("stops the run instead and says whose it was: %s", async (_what, crash) => {
    const failure = await failureOf(() =>
      inWorld(async () => {
        crash();
        await importedSleep(10);
      }),
    );
    expect(failure.code).toBe("TARGET_CRASHED");
    expect(failure.message).toContain("isolate-1");
    expect(failure.message).toContain("RangeError");
    expect(failure.message).not.toContain("rt_secret");
    expect(failure.cause).toEqual(new RangeError("rt_secret"));
  });

  it("is not a rejection that is handled later in the same step", async () => {
    await inWorld(async () => {
      const rejected = Promise.reject(new Error("handled"));
      for (let n = 0; n < 10; n++) await null;
      await rejected.catch(() => {});
    });
  });
});
