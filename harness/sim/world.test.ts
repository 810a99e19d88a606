import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { contexts } from "./context.ts";
import { Network } from "./network.ts";
import type { FaultOutcome } from "./operation.ts";
import { EPOCH, failureOf, finish, labels, openWorld, operation } from "./world.testing.ts";
import type { World, WorldOptions } from "./world.ts";

const nothing = () => {};

function withFault(name: string, complete: () => void): { faults: readonly FaultOutcome[] } {
  return { faults: [{ name, complete }] };
}

describe("choices", () => {
  it("are the operations in the order in which they were submitted: 0 is FIFO", async () => {
    const world = openWorld();
    const [one, two] = [world.actor("isolate-1", "isolate"), world.actor("browser", "browser")];
    const order: string[] = [];
    for (const [actor, label] of [
      [one, "a"],
      [two, "b"],
      [one, "c"],
    ] as const)
      world.submit(operation(actor, label, () => order.push(label)));
    expect(world.enabled().map(({ kind, actor, label }) => [kind, actor, label])).toEqual([
      ["task", "isolate-1", "a"],
      ["task", "browser", "b"],
      ["task", "isolate-1", "c"],
    ]);

    await finish(world);

    expect(order).toEqual(["a", "b", "c"]);
  });

  it("let any operation happen first, and leave the others in their order", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    for (const label of ["a", "b", "c"]) world.submit(operation(isolate, label));
    await world.step(1);
    expect(labels(world)).toEqual(["task a", "task c"]);
  });

  it("put what a step starts behind what was there before", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    world.submit(operation(isolate, "a", () => world.submit(operation(isolate, "child"))));
    world.submit(operation(isolate, "b"));
    await world.step(0);
    expect(labels(world)).toEqual(["task b", "task child"]);
  });

  it("no longer offer what was withdrawn; to withdraw what has happened changes nothing", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    const [a, b] = [operation(isolate, "a"), operation(isolate, "b")];
    world.submit(a);
    world.submit(b);
    world.withdraw(a);
    expect(labels(world)).toEqual(["task b"]);
    await world.step(0);
    world.withdraw(b);
    expect(labels(world)).toEqual([]);
  });

  it.each([1, 7, -1, 0.5, Number.NaN])("do not include %s when there is just one: the replay has departed", async (index) => {
    const world = openWorld();
    world.submit(operation(world.actor("isolate-1", "isolate"), "a"));
    const failure = await failureOf(() => world.step(index));
    expect([failure.code, failure.message]).toEqual(["REPLAY_DEPARTED", `step 1: expected a choice below 1, got ${index}`]);
    expect(labels(world)).toEqual(["task a"]);
  });

  it("are gone when the run has ended", async () => {
    const world = openWorld();
    const script = world.actor("script", "script");
    world.play(script, async () => {
      await new Promise<void>((resolve) => world.submit(operation(script, "a", resolve)));
    });
    await world.open();
    expect([world.ended, world.enabled().length]).toEqual([false, 1]);
    await world.step(0);
    expect([world.ended, world.enabled().length, world.steps]).toEqual([true, 0, 1]);
    expect((await failureOf(() => world.step(0))).code).toBe("REPLAY_DEPARTED");
  });

  it("go on after the script has settled, until nothing is in flight", async () => {
    const world = openWorld();
    const script = world.actor("script", "script");
    world.play(script, async () => world.submit(operation(script, "left behind")));
    await world.open();
    expect([world.ended, labels(world)]).toEqual([false, ["task left behind"]]);
    await world.step(0);
    expect(world.ended).toBe(true);
  });
});

describe("time", () => {
  it("moves only when nothing is in flight", async () => {
    const world = openWorld();
    const script = world.actor("script", "script");
    const order: string[] = [];
    world.play(script, async () => {
      setTimeout(() => order.push(`timer ${Date.now() - EPOCH}`), 50);
      world.submit(operation(script, "a", () => order.push("a")));
      await world.until(EPOCH + 5_000, script);
      order.push(`woke ${Date.now() - EPOCH}`);
    });
    await world.open();
    await finish(world);
    expect(order).toEqual(["a", "timer 50", "woke 5000"]);
    expect(world.ended).toBe(true);
  });

  it("moves while something is in flight where that is granted, as the last choice, and counts against its budget", async () => {
    const world = openWorld({ timeSteps: 1 });
    const isolate = world.actor("isolate-1", "isolate");
    world.as(isolate, null, () => setTimeout(nothing, 10));
    world.as(isolate, null, () => setTimeout(nothing, 20));
    world.submit(operation(isolate, "a"));
    expect(labels(world)).toEqual(["task a"]);

    world.grant(true);
    expect(labels(world)).toEqual(["task a", "time time passes: 0.01 s"]);
    await world.step(1);

    expect(labels(world)).toEqual(["task a", "timer a timer of 10 ms"]);
    expect(world.now()).toBe(EPOCH + 10);
    await world.step(0);
    await world.step(0);
    expect(labels(world)).toEqual(["time time passes: 0.01 s"]);
    await world.step(0);
    expect(labels(world)).toEqual(["timer a timer of 20 ms"]);
  });

  it("moves to the next deadline that somebody watches, and not beyond it", async () => {
    const world = openWorld({ timeSteps: 9 });
    const isolate = world.actor("isolate-1", "isolate");
    world.grant(true);
    world.watchDeadlines(() => [EPOCH - 5, EPOCH, EPOCH + 30]);
    world.watchDeadlines(() => [EPOCH + 7]);
    world.as(isolate, null, () => setTimeout(nothing, 20));
    world.submit(operation(isolate, "a"));
    const moments: number[] = [];
    for (;;) {
      const time = world.enabled().findIndex(({ kind }) => kind === "time");
      if (time < 0) break;
      await world.step(time);
      moments.push(world.now() - EPOCH);
    }
    expect(moments).toEqual([7, 20, 30]);
  });

  it("stands still at a moment that has passed", async () => {
    const world = openWorld();
    const script = world.actor("script", "script");
    world.play(script, () => world.until(EPOCH, script));
    await world.open();
    expect([world.ended, world.steps]).toEqual([true, 0]);
  });

  it("delivers each timer of a moment in a step of its own, in any order", async () => {
    const world = openWorld();
    const order: string[] = [];
    for (const name of ["isolate-1", "isolate-2"])
      world.as(world.actor(name, "isolate"), null, () => setTimeout(() => order.push(name), 10));
    await world.step(0);
    await world.step(1);
    await world.step(0);
    expect(order).toEqual(["isolate-2", "isolate-1"]);
  });
});

describe("faults", () => {
  it("come after all FIFO choices and before time, while they are granted and their budget lasts", async () => {
    const world = openWorld({ faults: { lost: 1, never: 0 }, timeSteps: 1 });
    const isolate = world.actor("isolate-1", "isolate");
    const order: string[] = [];
    world.as(isolate, null, () => setTimeout(nothing, 10));
    for (const label of ["a", "b"])
      world.submit(
        operation(
          isolate,
          label,
          () => order.push(label),
          withFault("lost", () => order.push(`${label} lost`)),
        ),
      );
    world.submit(
      operation(
        isolate,
        "c",
        () => order.push("c"),
        withFault("never", () => order.push("never")),
      ),
    );
    world.submit(
      operation(
        isolate,
        "d",
        () => order.push("d"),
        withFault("unknown", () => order.push("unknown")),
      ),
    );
    expect(labels(world)).toEqual(["task a", "task b", "task c", "task d"]);

    world.grant(true);
    expect(labels(world)).toEqual(["task a", "task b", "task c", "task d", "fault:lost a", "fault:lost b", "time time passes: 0.01 s"]);
    await world.step(5);

    expect(labels(world)).toEqual(["task a", "task c", "task d", "time time passes: 0.01 s"]);
    expect(order).toEqual(["b lost"]);
    world.grant(false);
    expect(labels(world)).toEqual(["task a", "task c", "task d"]);
  });

  it("may be several to an operation, and use it up", async () => {
    const world = openWorld({ faults: { one: 2, two: 2 } });
    world.grant(true);
    const faults = [
      { name: "one", complete: nothing },
      { name: "two", complete: nothing },
    ];
    world.submit(operation(world.actor("isolate-1", "isolate"), "a", nothing, { faults }));
    expect(labels(world)).toEqual(["task a", "fault:one a", "fault:two a"]);
    await world.step(2);
    expect(labels(world)).toEqual([]);
    expect(world.trace.lines()).toEqual(["1 0 fault:two isolate-1 a 2/3"]);
  });
});

describe("a mishap that befalls an actor", () => {
  const offering = (world: World, happened: string[]) => {
    const isolate = world.actor("isolate-1", "isolate");
    world.watchMishaps(() => [
      { operation: operation(isolate, "is killed"), outcome: { name: "isolate-killed", complete: () => happened.push("killed") } },
    ]);
    return isolate;
  };

  it("is offered after the faults of messages and before time, while it is granted and its budget lasts", async () => {
    const world = openWorld({ faults: { lost: 1, "isolate-killed": 1 }, timeSteps: 1 });
    const happened: string[] = [];
    const isolate = offering(world, happened);
    world.watchDeadlines(() => [EPOCH + 1_000]);
    for (const label of ["a", "b"]) world.submit(operation(isolate, label, nothing, withFault("lost", nothing)));
    expect(labels(world)).toEqual(["task a", "task b"]);
    world.grant(true);
    const faults = ["fault:lost a", "fault:lost b"];
    expect(labels(world)).toEqual(["task a", "task b", ...faults, "fault:isolate-killed is killed", "time time passes: 1 s"]);
    await world.step(4);
    expect([happened, labels(world)]).toEqual([["killed"], ["task a", "task b", ...faults, "time time passes: 1 s"]]);
    expect(world.trace.lines()).toEqual(["1 0 fault:isolate-killed isolate-1 is killed 4/6"]);
  });

  it("does not keep a run going in which nothing else can happen", () => {
    const world = openWorld({ faults: { "isolate-killed": 1 } });
    offering(world, []);
    world.grant(true);
    expect(labels(world)).toEqual([]);
  });
});

describe("an actor that is killed", () => {
  it("is resumed by nothing that it awaits, and what is on its way to it stays there", async () => {
    const world = openWorld();
    const [isolate, other] = [world.actor("isolate-1", "isolate"), world.actor("isolate-2", "isolate")];
    const told: string[] = [];
    const abandoned = (label: string) => ({ abandoned: () => told.push(label) });
    for (const actor of [isolate, other]) {
      world.submit(operation(actor, `${actor.name} answer`, () => told.push("resumed"), { kind: "response", ...abandoned(actor.name) }));
      world.submit(operation(actor, `${actor.name} statement`, nothing, { kind: "statement" }));
      world.submit(operation(actor, `${actor.name} request`, nothing, { kind: "request", ...abandoned("request") }));
      world.as(actor, null, () => setTimeout(() => told.push(`timer of ${actor.name}`), 10));
    }
    world.kill(isolate);
    expect(labels(world)).toEqual([
      "request isolate-1 request",
      "response isolate-2 answer",
      "statement isolate-2 statement",
      "request isolate-2 request",
    ]);
    await finish(world);
    expect(told).toEqual(["isolate-1", "resumed", "timer of isolate-2"]);
  });
});

describe("an operation that is put off", () => {
  const put = (moment: number) => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    const takeBack = world.submitAt({ world, actor: isolate, task: null }, moment, operation(isolate, "late"));
    return { world, takeBack };
  };

  it("can happen from its moment on, and at once when that has passed", async () => {
    const { world } = put(EPOCH + 1_000);
    expect(labels(world)).toEqual(["time time passes: 1 s"]);
    await world.step(0);
    expect(labels(world)).toEqual(["task late"]);
    expect(labels(put(EPOCH).world)).toEqual(["task late"]);
  });

  it.each([EPOCH, EPOCH + 1_000])("can be taken back, before its moment and after, when that is %d", async (moment) => {
    const before = put(moment);
    before.takeBack();
    expect(labels(before.world)).toEqual([]);
    const after = put(moment);
    if (moment > EPOCH) await after.world.step(0);
    after.takeBack();
    expect(labels(after.world)).toEqual([]);
  });
});

describe("a decision that is left to the explorer", () => {
  const deciding = async (options: readonly string[] = ["go left", "go right", "stay"]) => {
    const world = openWorld();
    const script = world.actor("script", "script");
    const taken: number[] = [];
    world.play(script, async () => {
      taken.push(await world.decide(script, null, options));
    });
    await world.open();
    return { world, taken };
  };

  it("is one choice a way, in their order: the first is FIFO's", async () => {
    const { world, taken } = await deciding();
    expect(labels(world)).toEqual(["choice go left", "choice go right", "choice stay"]);
    await world.step(0);
    expect([taken, world.ended]).toEqual([[0], true]);
  });

  it("is taken once, whichever way, and the trace says which", async () => {
    const { world, taken } = await deciding();
    await world.step(1);
    expect([taken, labels(world)]).toEqual([[1], []]);
    expect(world.trace.lines()).toEqual(["1 0 choice script go right 1/3"]);
  });

  it("stands among what else can happen, and needs neither a grant nor a budget", async () => {
    const world = openWorld({ faults: { "go right": 0 } });
    const isolate = world.actor("isolate-1", "isolate");
    world.submit(operation(isolate, "a"));
    void world.decide(isolate, "load 1", ["go left", "go right"]);
    world.submit(operation(isolate, "b"));
    expect(labels(world)).toEqual(["task a", "choice go left", "choice go right", "task b"]);
    await world.step(2);
    expect(labels(world)).toEqual(["task a", "task b"]);
  });

  it("has a name of its own for each way, so that a search follows all of them", async () => {
    const { world } = await deciding(["go left", "go right"]);
    expect(new Set(world.state().choices).size).toBe(2);
  });

  it("tells states apart by the way that an isolate was given", async () => {
    const keys = await Promise.all(
      [0, 1].map(async (way) => {
        const world = openWorld();
        void world.decide(world.actor("isolate-1", "isolate"), null, ["go left", "go right"]);
        await world.step(way);
        return world.key();
      }),
    );
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe("the end of a run", () => {
  it("is a deadlock when the script waits for what nobody will do, and names what waits", async () => {
    const world = openWorld();
    world.play(world.actor("script", "script"), () => new Promise(nothing));
    await world.open();
    expect([world.ended, world.enabled().length]).toEqual([false, 0]);
    expect(world.deadlock(["load 1 for an answer of isolate-1", "load 2"])).toMatchObject({
      code: "DEADLOCK",
      exitStatus: 3,
      message: "after 0 steps nothing can happen any more, but these still wait: load 1 for an answer of isolate-1; load 2",
    });
    expect(world.deadlock([]).message).toContain("the scenario");
  });

  it("is the step limit when it comes by no other way, and names what would be next", async () => {
    const world = openWorld({ stepLimit: 5 });
    const isolate = world.actor("isolate-1", "isolate");
    const again = () => world.submit(operation(isolate, "again", again));
    again();
    const failure = await failureOf(() => finish(world));
    expect([failure.code, world.steps]).toEqual(["STEP_LIMIT", 5]);
    expect(failure.message).toContain("task isolate-1 again");
  });

  it("comes within the limit when it takes exactly so many steps", async () => {
    const world = openWorld({ stepLimit: 2 });
    const isolate = world.actor("isolate-1", "isolate");
    for (const label of ["a", "b"]) world.submit(operation(isolate, label));
    await finish(world);
    expect(world.steps).toBe(2);
  });

  it("is the first failure, thrown by the step in which it came and by each one after", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    world.submit(operation(isolate, "a", () => void world.fail("ESCAPED", "first", "hint")));
    world.submit(operation(isolate, "b", () => void world.fail("ESCAPED", "second", "hint")));
    expect((await failureOf(() => world.step(0))).message).toBe("first");
    expect((await failureOf(() => world.step(0))).message).toBe("first");
  });

  it("is the fault of the scenario when the script throws, and keeps an error of the harness as it is", async () => {
    const world = openWorld();
    world.play(world.actor("script", "script"), async () => {
      throw new Error("mistaken");
    });
    const failure = await failureOf(() => world.open());
    expect([failure.code, failure.message]).toEqual(["TARGET_CRASHED", "the scenario itself failed: Error: mistaken"]);

    const other = openWorld();
    const own = other.deadlock([]);
    other.play(other.actor("script", "script"), async () => {
      throw own;
    });
    expect(await failureOf(() => other.open())).toBe(own);
  });
});

describe("a walk", () => {
  it("goes on until nothing is enabled, and asks once a step what to choose and whether it is done", async () => {
    const world = openWorld();
    const script = world.actor("script", "script");
    const asked: string[] = [];
    world.play(script, async () => {
      for (const label of ["a", "b"]) world.submit(operation(script, label));
      await world.until(EPOCH + 5, script);
    });
    await world.open();
    const last = () => {
      asked.push(`choose of ${world.enabled().length}`);
      return world.enabled().length - 1;
    };
    await world.walk(last, () => {
      asked.push(`done after ${world.steps}`);
      return false;
    });
    expect(world.ended).toBe(true);
    expect(asked).toEqual([2, 1, 1, 1].flatMap((of, step) => [`choose of ${of}`, `done after ${step + 1}`]));
  });

  it("stops where it is told to, and can be taken up again", async () => {
    const world = openWorld();
    for (const label of ["a", "b", "c"]) world.submit(operation(world.actor("isolate-1", "isolate"), label));
    const first = () => 0;
    await world.walk(first, () => world.steps === 2);
    expect(labels(world)).toEqual(["task c"]);
    await world.walk(first, () => false);
    expect(labels(world)).toEqual([]);
  });

  it.each<[string, (world: World) => unknown, string]>([
    ["an escape", (world) => world.fail("ESCAPED", "reached out", "hint"), "ESCAPED"],
    ["a rejection that nobody handles", () => void Promise.reject(new Error("r")), "TARGET_CRASHED"],
    [
      "a throw in a microtask",
      () =>
        queueMicrotask(() => {
          throw new Error("m");
        }),
      "TARGET_CRASHED",
    ],
    [
      "a throw in a stream",
      () =>
        void new ReadableStream({
          start() {
            throw new Error("s");
          },
        }),
      "TARGET_CRASHED",
    ],
  ])("ends with the failure of the step in which it came: %s", async (_what, fail, code) => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    world.submit(operation(isolate, "quiet"));
    world.submit(operation(isolate, "fails", () => void world.as(isolate, null, async () => fail(world))));
    world.submit(operation(isolate, "later"));
    const failure = await failureOf(() =>
      world.walk(
        () => 0,
        () => false,
      ),
    );
    expect([failure.code, world.steps]).toEqual([code, 2]);
    // The process and its queues are as they were: the next world walks on.
    const next = openWorld();
    let drained = false;
    next.submit(
      operation(next.actor("isolate-1", "isolate"), "a", () => process.nextTick(() => Promise.resolve().then(() => (drained = true)))),
    );
    await next.walk(
      () => 0,
      () => false,
    );
    expect([next.steps, drained]).toEqual([1, true]);
  });

  it("survives what is thrown in a nextTick, which would abort the process if it unwound the queues", () => {
    // In a process of its own: vitest puts the real nextTick back whenever it talks to its parent.
    const crashes = {
      nextTick: "process.nextTick(() => { throw new RangeError(); })",
      "nextTick captured by a named import": "nextTick(() => { throw new RangeError(); })",
      microtask: "queueMicrotask(() => { throw new RangeError(); })",
      "abort listener":
        "{ const c = new AbortController(); c.signal.addEventListener('abort', () => { throw new RangeError(); }); c.abort(); }",
      "error event": "process.nextTick(() => new EventEmitter().emit('error', new RangeError()))",
      "destroyed stream": "new Readable({ read() {} }).destroy(new RangeError())",
      rejection: "Promise.reject(new RangeError())",
    };
    const script = `
      import { World } from ${JSON.stringify(new URL("./world.ts", import.meta.url).href)};
      import { EventEmitter } from "node:events";
      import { nextTick } from "node:process";
      import { Readable } from "node:stream";
      const told = {};
      for (const [name, crash] of Object.entries({ ${Object.entries(crashes).map(([name, code]) => `${JSON.stringify(name)}: () => { ${code} }`)} })) {
        const world = new World({ seed: "s", epoch: 0, crypto: "inline", stepLimit: 9, timeSteps: 0, faults: {} });
        const to = world.actor("isolate-1", "isolate");
        world.submit({ kind: "task", from: null, to, describe: () => name, complete: () => void world.as(to, null, async () => crash()) });
        await world.walk(() => 0, () => false).then(() => { told[name] = "nothing"; }, (error) => { told[name] = error.code + " " + error.cause?.name; });
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      console.log(JSON.stringify(told));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual(Object.fromEntries(Object.keys(crashes).map((name) => [name, "TARGET_CRASHED RangeError"])));
  });

  it("has the step limit, and the error of a chooser that departs or throws", async () => {
    const looping = openWorld({ stepLimit: 3 });
    const again = () => looping.submit(operation(looping.actor("isolate-1", "isolate"), "again", again));
    again();
    expect(
      (
        await failureOf(() =>
          looping.walk(
            () => 0,
            () => false,
          ),
        )
      ).code,
    ).toBe("STEP_LIMIT");
    const world = openWorld();
    world.submit(operation(world.actor("isolate-1", "isolate"), "a"));
    expect(
      (
        await failureOf(() =>
          world.walk(
            () => 7,
            () => false,
          ),
        )
      ).code,
    ).toBe("REPLAY_DEPARTED");
    await expect(
      world.walk(
        () => {
          throw new RangeError("chooser");
        },
        () => false,
      ),
    ).rejects.toThrow(RangeError);
  });

  it("keeps the chooser outside of every actor", async () => {
    const world = openWorld();
    const seen: unknown[] = [];
    const isolate = world.actor("isolate-1", "isolate");
    for (const label of ["a", "b"]) world.submit(operation(isolate, label, () => void world.as(isolate, null, async () => null)));
    await world.walk(
      () => {
        seen.push(contexts.getStore());
        return 0;
      },
      () => false,
    );
    expect(seen).toEqual([undefined, undefined]);
  });
});

describe("code that outlives its world", () => {
  /** A continuation of a closed world that a real thing (here: the test) wakes up while the next world runs. */
  async function late(act: () => unknown): Promise<{ outcome: unknown; next: World; before: string }> {
    const old = openWorld();
    new Network(old, [], { sent: nothing, answered: nothing, lost: nothing, fault: nothing }).route("https://issuer.test", () => ({
      actor: old.actor("issuer", "issuer"),
      handle: async () => ({ status: 200, headers: [], body: "" }),
    }));
    const { promise: real, resolve: wake } = Promise.withResolvers<void>();
    const settled = old.as(old.actor("isolate-1", "isolate"), "load 1", async () => {
      await real;
      return act();
    });
    await old.open();
    old.close();
    const next = openWorld();
    next.submit(operation(next.actor("isolate-1", "isolate"), "a"));
    const before = next.key();
    await next.open();

    wake();

    const outcome = await settled.catch((error: unknown) => error);
    await next.open();
    return { outcome, next, before };
  }

  it.each<[string, () => unknown, string]>([
    ["a timer", () => setTimeout(nothing, 5), "a timer was started after its run had ended"],
    ["an immediate", () => setImmediate(nothing), "an immediate was started after its run had ended"],
    ["a request", () => fetch("https://issuer.test/a"), "a request was sent to issuer after its run had ended"],
    ["a digest", () => crypto.subtle.digest("SHA-256", new Uint8Array()), "crypto.subtle.digest was called after its run had ended"],
  ])("is told so when it starts %s, and cannot touch the next world", async (_what, act, message) => {
    const { outcome, next, before } = await late(act);
    expect(outcome).toMatchObject({ code: "ESCAPED", message });
    expect([next.key(), labels(next), next.now()]).toEqual([before, ["task a"], EPOCH]);
    await finish(next);
  });

  it("keeps the clock and the randomness of its own world", async () => {
    const { outcome, next } = await late(() => {
      crypto.randomUUID();
      return contexts.getStore()?.world.now();
    });
    expect([outcome, next.randomness.numbers()]).toEqual([EPOCH, []]);
  });
});

describe("the key of a state", () => {
  interface Story {
    readonly options?: Partial<WorldOptions>;
    readonly tell?: (world: World) => Promise<unknown> | unknown;
  }

  async function keyOf({ options = {}, tell = nothing }: Story = {}): Promise<string> {
    const world = openWorld(options);
    await tell(world);
    await world.open();
    return world.key();
  }

  const isolate = (world: World, name = "isolate-1") => world.actor(name, "isolate");
  const pending =
    (label: string, more = {}) =>
    (world: World) =>
      world.submit(operation(isolate(world), label, nothing, more));
  const happened =
    (...names: string[]) =>
    async (world: World) => {
      for (const label of names) world.submit(operation(isolate(world), label));
      for (const _label of names) await world.step(0);
    };

  it.each<[string, Story]>([
    ["empty", {}],
    ["with something pending", { tell: pending("a", { payload: () => "body" }) }],
    ["with a history", { tell: happened("a", "b") }],
    ["with a timer", { tell: (world) => world.as(isolate(world), null, () => setTimeout(nothing, 10)) }],
    ["with crypto done", { tell: (world) => world.as(isolate(world), null, () => crypto.subtle.digest("SHA-1", new Uint8Array())) }],
  ])("is equal for equal histories: %s", async (_what, story) => {
    expect(await keyOf(story)).toBe(await keyOf(story));
  });

  it("is asked for without changing anything", async () => {
    const world = openWorld();
    await happened("a")(world);
    world.submit(operation(isolate(world), "b"));
    expect([world.key(), world.key()]).toEqual([world.key(), world.key()]);
    expect(world.steps).toBe(1);
  });

  it("does not depend on how often it was asked before", async () => {
    const keys = await Promise.all(
      [true, false].map(async (often) => {
        const world = openWorld();
        for (const label of ["a", "b", "c"]) world.submit(operation(isolate(world), label));
        await finish(world, () => {
          if (often) world.key();
          return 0;
        });
        return world.key();
      }),
    );
    expect(keys[0]).toBe(keys[1]);
  });

  it.each<[string, Story, Story]>([
    ["the clock", {}, { options: { epoch: EPOCH + 1 } }],
    ["what is pending", { tell: pending("a") }, { tell: pending("b") }],
    ["the kind of what is pending", { tell: pending("a") }, { tell: pending("a", { kind: "crypto" }) }],
    ["the payload of what is pending", { tell: pending("a", { payload: () => "one" }) }, { tell: pending("a", { payload: () => "two" }) }],
    ["whom it resumes", { tell: pending("a") }, { tell: (world) => world.submit(operation(isolate(world, "isolate-2"), "a")) }],
    ["a fault budget", { options: { faults: { lost: 1 } } }, { options: { faults: { lost: 2 } } }],
    ["the time budget", { options: { timeSteps: 1 } }, { options: { timeSteps: 2 } }],
    ["whether faults and time are granted", {}, { tell: (world) => world.grant(true) }],
    ["an isolate's history", {}, { tell: happened("a") }],
    ["the order of an isolate's history", { tell: happened("a", "b") }, { tell: happened("b", "a") }],
    [
      "which isolate has it",
      { tell: happened("a") },
      {
        tell: async (world) => {
          world.submit(operation(isolate(world, "isolate-2"), "a"));
          await world.step(0);
        },
      },
    ],
    [
      "what an isolate received, where its description does not tell",
      {
        tell: async (world) => {
          pending("a", { payload: () => "one" })(world);
          await world.step(0);
        },
      },
      {
        tell: async (world) => {
          pending("a", { payload: () => "two" })(world);
          await world.step(0);
        },
      },
    ],
    [
      "how an operation ended",
      {
        options: { faults: { lost: 5 } },
        tell: async (world) => {
          world.grant(true);
          pending("a", withFault("lost", nothing))(world);
          await world.step(0);
        },
      },
      {
        options: { faults: { lost: 6 } },
        tell: async (world) => {
          world.grant(true);
          pending("a", withFault("lost", nothing))(world);
          await world.step(1);
        },
      },
    ],
    ["watched state", { tell: (world) => world.watchState(() => ({ jar: 1 })) }, { tell: (world) => world.watchState(() => ({ jar: 2 })) }],
    ["a waiting timer", {}, { tell: (world) => world.as(isolate(world), null, () => setTimeout(nothing, 10)) }],
    [
      "when a timer is due",
      { tell: (world) => world.as(isolate(world), null, () => setTimeout(nothing, 11)) },
      { tell: (world) => world.as(isolate(world), null, () => setTimeout(nothing, 10)) },
    ],
    [
      "whether the script still plays",
      { tell: (world) => world.play(world.actor("script", "script"), async () => {}) },
      { tell: (world) => world.play(world.actor("script", "script"), () => new Promise(nothing)) },
    ],
  ])("differs by %s", async (_what, one, other) => {
    expect(await keyOf(one)).not.toBe(await keyOf(other));
  });

  it("differs by the moment at which an isolate received the same thing", async () => {
    const keys = await Promise.all(
      [true, false].map(async (first) => {
        const world = openWorld({ timeSteps: 1 });
        world.grant(true);
        world.as(isolate(world, "isolate-2"), null, () => setTimeout(nothing, 10));
        world.submit(operation(isolate(world), "a"));
        if (first) await world.step(0);
        await world.step(world.enabled().length - 1);
        if (!first) await world.step(0);
        return world.key();
      }),
    );
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each<[string, Partial<WorldOptions>, () => Promise<unknown>]>([
    ["two timers of the same delay", {}, () => new Promise((resolve) => setTimeout(resolve, 10))],
    ["two immediates", {}, () => new Promise((resolve) => setImmediate(resolve))],
    ["two digests of the same bytes", { crypto: "interleaved" }, () => crypto.subtle.digest("SHA-1", new Uint8Array())],
    ["two equal requests", {}, () => fetch("https://issuer.test/jwks")],
  ])("differs by which of %s came first: what goes on is not the same", async (_what, options, wait) => {
    const keys = await Promise.all(
      [
        [0, 0],
        [1, 0],
      ].map(async (schedule) => {
        const world = openWorld(options);
        new Network(world, [], { sent: nothing, answered: nothing, lost: nothing, fault: nothing }).route("https://issuer.test", () => ({
          actor: world.actor("issuer", "issuer"),
          handle: async () => ({ status: 200, headers: [], body: "{}" }),
        }));
        world.as(isolate(world), "load 1", () => Promise.all([wait(), wait()]));
        await world.open();
        while (world.enabled().length === 1 || world.enabled()[0]?.kind === "request") await world.step(0);
        for (const choice of schedule) await world.step(choice);
        return [world.key(), labels(world)];
      }),
    );
    expect(keys[0]?.[1]).toEqual(keys[1]?.[1]);
    expect(keys[0]?.[0]).not.toBe(keys[1]?.[0]);
  });

  it("does not differ by the order in which timers of different moments were set", async () => {
    const tell = (all: readonly (readonly [string, number])[]) => (world: World) => {
      for (const [name, delay] of all) world.as(isolate(world, name), null, () => setTimeout(nothing, delay));
    };
    const [sooner, later] = [
      ["isolate-1", 10],
      ["isolate-2", 20],
    ] as const;
    expect(await keyOf({ tell: tell([sooner, later]) })).toBe(await keyOf({ tell: tell([later, sooner]) }));
  });

  it("does not differ by the order in which things became possible: their names say which is which", async () => {
    const [one, other] = await Promise.all(
      [
        ["a", "b"],
        ["b", "a"],
      ].map(async (names) => {
        const world = openWorld();
        for (const label of names) pending(label)(world);
        return world.state();
      }),
    );
    expect(one?.key).toBe(other?.key);
    expect(one?.choices).toEqual([...(other?.choices ?? [])].reverse());
  });

  it("does not differ by the history of actors without a heap of their own: theirs is watched", async () => {
    const tell = (label: string) => async (world: World) => {
      world.submit(operation(world.actor("alice", "browser"), label));
      await world.step(0);
    };
    expect(await keyOf({ tell: tell("a") })).toBe(await keyOf({ tell: tell("b") }));
  });

  it("does not differ by the order in which two isolates received what each of them received", async () => {
    const tell = (names: readonly string[]) => async (world: World) => {
      for (const name of names) world.submit(operation(isolate(world, name), `for ${name}`));
      for (const _name of names) await world.step(0);
    };
    expect(await keyOf({ tell: tell(["isolate-1", "isolate-2"]) })).toBe(await keyOf({ tell: tell(["isolate-2", "isolate-1"]) }));
  });

  describe("of an isolate that declares what its requests share", () => {
    const declaring = (memory: () => unknown) => {
      const world = openWorld();
      world.declareMemory(isolate(world), memory);
      return world;
    };
    /** Delivers something for each task, in this order. */
    const deliver = async (world: World, tasks: readonly string[]) => {
      const to = isolate(world);
      for (const task of tasks) world.submit(operation(to, `for ${task}`, nothing, { task }));
      for (const _task of tasks) await world.step(0);
      return world;
    };
    const atWork = (world: World, ...tasks: readonly string[]) =>
      world.watchWork((actor, task) => actor === "isolate-1" && tasks.includes(task));

    it("does not depend on requests that have ended, nor on their order", async () => {
      const [one, other, none] = await Promise.all(
        [["load 1", "load 2"], ["load 2", "load 1"], []].map(async (tasks) => (await deliver(declaring(nothing), tasks)).key()),
      );
      expect(other).toBe(one);
      expect(none).toBe(one);
      const [plain, swapped] = await Promise.all(
        [
          ["load 1", "load 2"],
          ["load 2", "load 1"],
        ].map(async (tasks) => (await deliver(openWorld(), tasks)).key()),
      );
      expect(swapped).not.toBe(plain);
    });

    it("depends on that memory, as it is when the key is asked for", async () => {
      let flights = 0;
      const world = await deliver(
        declaring(() => flights),
        ["load 1"],
      );
      const before = world.key();
      flights = 1;
      expect(world.key()).not.toBe(before);
      flights = 0;
      expect(world.key()).toBe(before);
    });

    it("depends on what an unfinished request has received, be it that somebody says so or that something waits for it", async () => {
      const ended = (await deliver(declaring(nothing), ["load 1"])).key();
      const going = declaring(nothing);
      atWork(going, "load 1");
      expect((await deliver(going, ["load 1"])).key()).not.toBe(ended);

      const histories = await Promise.all(
        [["load 1"], []].map(async (received) => {
          const world = await deliver(declaring(nothing), received);
          world.as(isolate(world), "load 1", () => setTimeout(nothing, 10));
          return world.key();
        }),
      );
      expect(histories[0]).not.toBe(histories[1]);
    });

    it("does not depend on which of two unfinished requests received its part first", async () => {
      const [one, other] = await Promise.all(
        [
          ["load 1", "load 2"],
          ["load 2", "load 1"],
        ].map(async (tasks) => {
          const world = declaring(nothing);
          atWork(world, "load 1", "load 2");
          return (await deliver(world, tasks)).key();
        }),
      );
      expect(other).toBe(one);
    });
  });

  describe("up to symmetry", () => {
    const alike = new Map(["load 1", "load 2"].map((name) => [name, { actor: "isolate-1", class: "ada" }]));
    const stateOf = (tasks: readonly string[], symmetric = true) => {
      const world = openWorld();
      if (symmetric) world.watchSymmetry(() => ({ tasks: alike, actors: [] }));
      world.submit(operation(isolate(world), "sent", nothing, { task: tasks[0] ?? null }));
      world.submit(operation(isolate(world), "answered", nothing, { task: tasks[1] ?? null }));
      return { ...world.state(), plain: world.key() };
    };

    it("is one for two loads in each other's place, and names their choices alike; without symmetry it is not", () => {
      const [one, other] = [stateOf(["load 1", "load 2"]), stateOf(["load 2", "load 1"])];
      expect(other.key).toBe(one.key);
      expect(other.choices).toEqual(one.choices);
      expect(other.plain).not.toBe(one.plain);
      expect(stateOf(["load 2", "load 1"], false).key).not.toBe(stateOf(["load 1", "load 2"], false).key);
    });

    it("is asked for the symmetry of that moment", () => {
      const world = openWorld();
      let asked = 0;
      world.watchSymmetry(() => {
        asked++;
        return { tasks: alike, actors: [] };
      });
      world.key();
      expect(asked).toBe(0);
      world.state();
      world.state();
      expect(asked).toBe(2);
    });

    it("keeps each load with what it has received", async () => {
      const received = async (first: string, waiting: string) => {
        const world = openWorld();
        world.declareMemory(isolate(world), () => null);
        world.watchWork(() => true);
        world.watchSymmetry(() => ({ tasks: alike, actors: [] }));
        world.submit(operation(isolate(world), "received", nothing, { task: first }));
        await world.step(0);
        world.submit(operation(isolate(world), "next", nothing, { task: waiting }));
        return world.state().key;
      };
      expect(await received("load 2", "load 2")).toBe(await received("load 1", "load 1"));
      expect(await received("load 1", "load 2")).not.toBe(await received("load 1", "load 1"));
    });
  });

  describe("of an actor that was killed", () => {
    it("has nothing of what it had received", async () => {
      const killedAfter = async (...names: string[]) => {
        const world = openWorld();
        await happened(...names)(world);
        const actor = isolate(world, "isolate-9");
        world.submit(operation(actor, "other"));
        await world.step(0);
        world.kill(actor);
        return world.key();
      };
      const alive = await keyOf({ tell: happened("a") });
      expect(await killedAfter("a")).toBe(alive);
      expect(await killedAfter("b")).not.toBe(alive);
    });

    it("says of what it had sent that it comes of nobody, although that was keyed before", () => {
      const world = openWorld();
      const sender = isolate(world);
      let dead = false;
      const payload = () => (dead ? "from nobody" : "from isolate-1");
      world.submit(operation(world.actor("issuer", "issuer"), "asked", nothing, { kind: "request", from: sender, payload }));
      const before = world.state();
      dead = true;
      expect(world.state()).toEqual(before);
      world.kill(sender);
      expect(world.state().key).not.toBe(before.key);
      expect(world.state().choices[0]).toContain("from nobody");
    });
  });

  it("has what an operation brings once, and anew when that was altered", () => {
    const world = openWorld();
    let [body, read] = ["a", 0];
    const altered = operation(isolate(world), "asked", nothing, {
      payload: () => {
        read++;
        return body;
      },
    });
    world.submit(altered);
    const before = world.key();
    expect([world.key(), read]).toEqual([before, 1]);
    body = "b";
    world.alter(altered);
    expect(world.key()).not.toBe(before);
    expect(read).toBe(2);
  });

  it("has the outcome of what an isolate received: a statement's result depends on more than the statement", async () => {
    const keys = await Promise.all(
      ["one record", "none"].map(async (outcome) => {
        const world = openWorld();
        world.submit(operation(isolate(world), "read", nothing, { kind: "statement", outcome: () => outcome }));
        await world.step(0);
        return world.key();
      }),
    );
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe("an operation that is put off", () => {
  it("leaves no trace of having had to wait, once it has happened", async () => {
    const states = await Promise.all(
      [EPOCH - 1, EPOCH + 5].map(async (moment) => {
        const world = openWorld();
        const actor = world.actor("isolate-1", "isolate");
        const late = operation(actor, "wait", nothing, { task: "load 1" });
        const takeBack = world.submitAt({ world, actor, task: "load 1" }, moment, late);
        takeBack();
        world.submit(late);
        await world.step(0);
        world.as(actor, "load 1", () => setTimeout(nothing, 7));
        return world.key();
      }),
    );
    expect(states[1]).toBe(states[0]);
  });
});
