import { expect, test } from "vitest";
import { createClock } from "./clock.ts";

test("a clock goes as its base does, ahead by what it was moved", () => {
  let base = 1_000;
  const clock = createClock(() => base);
  expect([clock.now(), clock.offset]).toEqual([1_000, 0]);
  clock.advance(500);
  base += 7;
  expect([clock.now(), clock.offset]).toEqual([1_507, 500]);
});

test("a clock goes back only if that is said", () => {
  const clock = createClock(() => 1_000);
  expect(() => clock.advance(-1)).toThrow("expected a step forward, got -1 ms");
  clock.advance(-1, { backwards: true });
  expect(clock.now()).toBe(999);
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e15])("a clock takes no step of %s ms", (ms) => {
  expect(() => createClock(() => 0).advance(ms)).toThrow("expected whole milliseconds within a century");
});
