import { expect, test } from "vitest";
import { createMovableClock } from "./clock.ts";

test("a wait is over once the clock was moved to its end, and not before", async () => {
  const clock = createMovableClock();
  let over = false;
  const waited = clock.wait(3_600_000).then(() => {
    over = true;
  });
  clock.advance(3_000_000);
  await new Promise(setImmediate);
  expect(over).toBe(false);
  clock.advance(600_000);
  await waited;
  expect(clock.offset).toBe(3_600_000);
});

test("a wait is over by itself, too, and when it is given up", async () => {
  const clock = createMovableClock();
  await clock.wait(1);
  const given = new AbortController();
  const waited = clock.wait(3_600_000, given.signal);
  given.abort();
  await waited;
  await clock.wait(3_600_000, AbortSignal.abort());
});
