import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replay, trimmed } from "./replay.ts";
import { searchOf } from "./tree.testing.ts";

describe("replay", () => {
  it("takes the recorded choices, and FIFO beyond their end, once", async () => {
    const search = searchOf((path) => (path.length < 6 ? 4 : 0), { schedules: 50, seed: 9 });
    await replay([2, 0, 3]).search(search);
    expect(search.ran).toEqual([[2, 0, 3, 0, 0, 0]]);
  });

  it("leaves the rest of a schedule that is longer than the run", async () => {
    const search = searchOf((path) => (path.length < 2 ? 4 : 0));
    await replay([1, 2, 3, 3]).search(search);
    expect(search.ran).toEqual([[1, 2]]);
  });

  it("does not bend a choice that the program no longer offers", async () => {
    const search = searchOf((path) => (path.length < 2 ? 2 : 0));
    await expect(replay([1, 2]).search(search)).rejects.toThrow("there is no choice 2");
  });

  it("can be searched with again from its beginning", async () => {
    const explorer = replay([1]);
    const search = searchOf((path) => (path.length < 2 ? 2 : 0));
    await explorer.search(search);
    await explorer.search(search);
    expect(search.ran).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});

describe("trimmed", () => {
  it.each([
    [[], []],
    [[0, 0], []],
    [
      [0, 2],
      [0, 2],
    ],
    [
      [1, 0, 3, 0, 0],
      [1, 0, 3],
    ],
  ])("%j becomes %j", (schedule, expected) => {
    expect(trimmed(schedule)).toEqual(expected);
  });

  it("stands for the same run: filled up with FIFO it is what it was", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 20 }), (schedule) => {
        const short = trimmed(schedule);
        expect(schedule.map((_, step) => short[step] ?? 0)).toEqual(schedule);
        expect(short.at(-1)).not.toBe(0);
      }),
    );
  });
});
