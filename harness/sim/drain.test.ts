import { describe, expect, it } from "vitest";
import { drain, drainNow, inMacrotask } from "./drain.ts";
import { finish, inWorld, openWorld, operation } from "./world.testing.ts";

/** Runs `code` in one step of an isolate and says whether it had come to its end when the step was over. */
async function endsWithinOneStep(code: () => Promise<unknown>, how: "step" | "walk"): Promise<boolean> {
  const world = openWorld();
  const isolate = world.actor("isolate-1", "isolate");
  let ended = false;
  let after: boolean | null = null;
  world.play(isolate, async () => {
    await new Promise<void>((resolve) => world.submit(operation(isolate, "go", resolve)));
    await code();
    ended = true;
  });
  await world.open();
  if (how === "step") {
    await world.step(0);
    return ended;
  }
  await world.walk(
    () => 0,
    () => {
      after ??= ended;
      return true;
    },
  );
  return after ?? false;
}

describe("drain", () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      "1,000 awaits",
      async () => {
        for (let n = 0; n < 1_000; n++) await null;
      },
    ],
    [
      "1,000 nested nextTicks and promises in turn",
      () =>
        new Promise<void>((resolve) => {
          let n = 0;
          const again = (): unknown => (++n === 1_000 ? resolve() : process.nextTick(() => Promise.resolve().then(again)));
          again();
        }),
    ],
    [
      "1,000 nested queueMicrotasks",
      () =>
        new Promise<void>((resolve) => {
          let n = 0;
          const again = (): unknown => (++n === 1_000 ? resolve() : queueMicrotask(again));
          again();
        }),
    ],
    ["the body of a Request", () => new Request("https://a.test", { method: "POST", body: "b" }).text()],
    ["a form-encoded body", () => new Request("https://a.test", { method: "POST", body: new URLSearchParams({ a: "b" }) }).formData()],
    ["the body of a Response and of its clone", () => cloned(Response.json({ a: 1 }))],
    ["an ArrayBuffer body", () => new Response(new Uint8Array(100_000)).arrayBuffer()],
    ["a stream that takes its time in microtasks", () => new Response(stream(200)).text()],
    ["a piped stream", () => new Response(stream(20).pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())).text()],
    ["an async iterator over a stream", () => collect(stream(20))],
    ["the import() of a module that is loaded", () => import("node:crypto")],
  ])("is one step for %s, also within a walk", async (_what, code) => {
    expect(await endsWithinOneStep(code, "step")).toBe(true);
    expect(await endsWithinOneStep(code, "walk")).toBe(true);
  });

  it("is over before the next operation happens, however long the chain", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    const order: string[] = [];
    for (const name of ["a", "b"]) {
      world.submit(
        operation(isolate, name, () => {
          void (async () => {
            for (let n = 0; n < 500; n++) await null;
            order.push(`${name} after 500 awaits`);
          })();
          order.push(name);
        }),
      );
    }

    await finish(world);

    expect(order).toEqual(["a", "a after 500 awaits", "b", "b after 500 awaits"]);
  });

  it("does not pass through the façades, so it also ends inside of a world", async () => {
    await expect(inWorld(async () => drain())).resolves.toBeUndefined();
  });
});

describe("drainNow", () => {
  it("drains all that can run before it returns, when it is called from a macrotask", async () => {
    const order: string[] = [];
    const drained = await new Promise<boolean>((resolve) => {
      inMacrotask(() => {
        process.nextTick(() => Promise.resolve().then(() => process.nextTick(() => order.push("nested"))));
        void (async () => {
          for (let n = 0; n < 1_000; n++) await null;
          order.push("after 1,000 awaits");
        })();
        const now = drainNow();
        order.push("returned");
        resolve(now);
      });
    });
    expect(drained).toBe(true);
    expect(order.at(-1)).toBe("returned");
    expect(order.slice(0, -1).sort()).toEqual(["after 1,000 awaits", "nested"]);
  });

  it("says that it could not when the caller is itself a microtask", async () => {
    await null;
    expect(drainNow()).toBe(false);
  });
});

async function cloned(response: Response): Promise<unknown> {
  return Promise.all([response.clone().json(), response.text()]);
}

function stream(chunks: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = chunks;
  return new ReadableStream({
    async pull(controller) {
      await null;
      if (left-- === 0) controller.close();
      else controller.enqueue(new TextEncoder().encode("chunk"));
    },
  });
}

async function collect(from: ReadableStream<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of from) size += chunk.length;
  return size;
}
