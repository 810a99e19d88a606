import { expect, test } from "vitest";
import { pause, untilQuiet, untilTrue } from "./waits.ts";

const never = new AbortController().signal;

test("what becomes so in time is waited for, and what does not is given up", async () => {
  let looks = 0;
  expect(await untilTrue(() => ++looks > 3, 5_000, never)).toBe(true);
  expect(await untilTrue(() => false, 10, never)).toBe(false);
});

test("quiet is when nothing has been heard for a while, or nothing more can be", async () => {
  let heard = () => {};
  let stopped = 0;
  let isEnough = false;
  const listen = (listener: () => void) => {
    heard = listener;
    return () => void stopped++;
  };
  await untilQuiet(listen, () => false, 10, never);
  expect(stopped).toBe(1);
  const quiet = untilQuiet(listen, () => isEnough, 60_000, never);
  heard();
  isEnough = true;
  heard();
  await quiet;
  expect(stopped).toBe(2);
});

test("who stops everything waits for nothing", async () => {
  const stopping = new AbortController();
  const waiting = [
    pause(60_000, stopping.signal),
    untilTrue(() => false, 60_000, stopping.signal),
    untilQuiet(
      () => () => {},
      () => false,
      60_000,
      stopping.signal,
    ),
  ];
  stopping.abort(new Error("stopped"));
  for (const one of waiting) await expect(one).rejects.toThrow("stopped");
  await expect(pause(60_000, stopping.signal)).rejects.toThrow("stopped");
});
