import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { searchOfMachine, threads } from "./machine.testing.ts";
import { beyondFifo, inTheOrderOf, nameOf, replay, trimmed } from "./replay.ts";
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

  it("takes FIFO's where the program no longer offers a choice, and goes on with the next", async () => {
    const search = searchOf((path) => (path.length < 3 ? 2 : 0));
    await replay([1, 2, 1]).search(search);
    expect(search.ran).toEqual([[1, 0, 1]]);
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

describe("the order of another run", () => {
  const played = async (counts: readonly number[], names: readonly string[]) => {
    const search = searchOfMachine(threads(counts));
    await search.run(inTheOrderOf(names.map((label) => nameOf({ kind: "task", actor: "machine", task: null, label }))));
    return search.ran[0]?.moves;
  };

  it("is followed as far as it goes", async () => {
    const names = ["thread 1 step 1", "thread 0 step 1", "thread 1 step 2", "thread 0 step 2"];
    expect(await played([2, 2], names)).toEqual(names);
  });

  it("is followed in a smaller program, where some of it does not happen", async () => {
    const names = ["thread 2 step 1", "thread 1 step 1", "thread 2 step 2", "thread 0 step 1", "thread 1 step 2"];
    expect(await played([1, 2], names)).toEqual(["thread 1 step 1", "thread 0 step 1", "thread 1 step 2"]);
  });

  it("leaves to FIFO what did not happen there", async () => {
    expect(await played([2, 2], ["thread 1 step 1"])).toEqual(["thread 1 step 1", "thread 0 step 1", "thread 0 step 2", "thread 1 step 2"]);
  });

  it("takes each of what happened twice in its own place", async () => {
    const search = searchOf((path) => (path.length < 3 ? 2 : 0));
    const name = (label: string) => nameOf({ kind: "task", actor: "tree", task: null, label });
    await search.run(inTheOrderOf([name("branch 1"), name("branch 0"), name("branch 1")]));
    expect(search.ran).toEqual([[1, 0, 1]]);
  });
});

it("counts the choices that are not FIFO's", () => {
  expect(beyondFifo([0, 2, 0, 1, 0])).toBe(2);
  expect(beyondFifo([])).toBe(0);
});
