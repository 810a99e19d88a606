import { describe, expect, it } from "vitest";
import type { Schedule } from "../model/program.ts";
import type { TryOut } from "./attempt.ts";
import { fewestFirst } from "./fewest-first.ts";
import { beyondFifo } from "./replay.ts";
import { leavesOf, type Shape, searchOf } from "./tree.testing.ts";

/** A tree that is narrower here and wider there, as programs are. */
const shape: Shape = (path) => (path.length === 5 ? 0 : 1 + ((path.length + (path.at(-1) ?? 0)) % 3));

function tryOutOf(violates: (path: Schedule) => boolean, budget = Number.POSITIVE_INFINITY) {
  const search = searchOf(shape, { violates });
  const tryOut: TryOut = async (choose) => {
    if (search.ran.length >= budget) return null;
    const { schedule, violated } = await search.run(choose);
    return { schedule, fails: violated };
  };
  return { tryOut, ran: search.ran };
}

describe("the search of the fewest choices beyond FIFO", () => {
  it.each([0, 1, 2, 5])("runs every schedule of at most %i of them once, the fewest first", async (most) => {
    const { tryOut, ran } = tryOutOf(() => false);
    expect(await fewestFirst(most, tryOut)).toBeNull();
    const wanted = leavesOf(shape).filter((leaf) => beyondFifo(leaf) <= most);
    expect(ran.map((path) => path.join()).sort()).toEqual(wanted.map((path) => path.join()).sort());
    expect(ran.map(beyondFifo)).toEqual(ran.map(beyondFifo).sort());
  });

  it("ends at the first that fails, which has as few as any", async () => {
    const failing = leavesOf(shape).filter((leaf) => beyondFifo(leaf) >= 2);
    const { tryOut, ran } = tryOutOf((path) => path.length === 5 && beyondFifo(path) >= 2);
    const found = await fewestFirst(5, tryOut);
    expect(beyondFifo(found ?? [])).toBe(Math.min(...failing.map(beyondFifo)));
    expect(ran.at(-1)).toEqual(found);
  });

  it("ends where no run is left", async () => {
    const { tryOut, ran } = tryOutOf(() => false, 4);
    expect(await fewestFirst(5, tryOut)).toBeNull();
    expect(ran).toHaveLength(4);
  });
});
