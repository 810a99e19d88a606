import { expect, test } from "vitest";
import { startMaintenance } from "./maintenance.ts";

/** Waits that a test ends. */
function createPauses() {
  const pauses: { readonly milliseconds: number; readonly end: () => void }[] = [];
  const wait = (milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((end) => {
      pauses.push({ milliseconds, end });
      signal?.addEventListener("abort", () => end());
    });
  return { pauses, ports: { wait } };
}

/** Lets everything go on that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("runs the tasks after each pause, and never two rounds at once", async () => {
  const { pauses, ports } = createPauses();
  const done: string[] = [];
  let finish = () => {};
  const slow = () =>
    new Promise<void>((resolve) => {
      finish = resolve;
    }).then(() => {
      done.push("slow");
    });
  const maintenance = startMaintenance([slow, async () => done.push("quick")], { pause: 30_000, ports, failed: () => {} });
  await settle();
  expect(done).toEqual([]);

  pauses[0]?.end();
  await settle();
  expect([pauses.length, done]).toEqual([1, []]);
  finish();
  await settle();
  expect(done).toEqual(["slow", "quick"]);
  expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([30_000, 30_000]);
  await maintenance.stop();
});

test("tells of a task that fails, and goes on", async () => {
  const { pauses, ports } = createPauses();
  const told: unknown[] = [];
  let rounds = 0;
  const failing = () => Promise.reject("down");
  const maintenance = startMaintenance(
    [
      failing,
      async () => {
        rounds += 1;
      },
    ],
    { pause: 1, ports, failed: (error) => told.push(error) },
  );
  for (const round of [1, 2]) {
    pauses[round - 1]?.end();
    await settle();
    expect([told.length, rounds]).toEqual([round, round]);
  }
  expect(told).toEqual(["down", "down"]);
  await maintenance.stop();
});

test("stops at once while it pauses, and after the task that runs while it does not", async () => {
  const { pauses, ports } = createPauses();
  const done: string[] = [];
  let finish = () => {};
  const slow = () =>
    new Promise<void>((resolve) => {
      finish = resolve;
    }).then(() => {
      done.push("slow");
    });
  const maintenance = startMaintenance([slow, async () => done.push("quick")], { pause: 1, ports, failed: () => {} });
  pauses[0]?.end();
  await settle();
  const stopped = maintenance.stop().then(() => done.push("stopped"));
  await settle();
  expect(done).toEqual([]);
  finish();
  await stopped;
  expect(done).toEqual(["slow", "stopped"]);

  await startMaintenance([slow], { pause: 1, ports, failed: () => {} }).stop();
});
