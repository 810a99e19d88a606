import { describe, expect, it } from "vitest";
import { exhaustive } from "./exhaustive.ts";
import { type Machine, ordersOf, searchOfMachine, threads } from "./machine.testing.ts";

/** So many merges are audited before the sample becomes thin; each audit is two runs. */
const AUDITED = 30;

/** The states from which a run goes on, and the ways between them, by looking at the machine itself. */
function drawn<S>(machine: Machine<S>) {
  const seen = new Map<string, number>();
  const left = [machine.start];
  while (left.length > 0) {
    const state = left.pop() as S;
    const key = JSON.stringify(state);
    const moves = machine.moves(state);
    if (seen.has(key) || moves.length === 0) continue;
    seen.set(key, new Set(moves.map(({ name }) => name)).size);
    left.push(...moves.map(({ to }) => to));
  }
  return { states: seen.size, transitions: [...seen.values()].reduce((sum, count) => sum + count, 0) };
}

describe("an exhaustive search", () => {
  it.each([[[1]], [[2, 2]], [[3, 1, 2]], [[2, 2, 2]], [[4, 4]]])(
    "sees each state of threads of %j steps once, takes each way once, and counts the orders",
    async (counts) => {
      const machine = threads(counts);
      const search = searchOfMachine(machine);
      const coverage = await exhaustive.search(search);
      const { states, transitions } = drawn(machine);
      const depth = counts.reduce((sum, count) => sum + count);
      expect(coverage).toEqual({ complete: true, states, transitions, depth, interleavings: ordersOf(counts) });
      // A run follows one way that is new, and then first ways from states that are new.
      const runs = transitions - states + 1;
      const merges = search.ran.filter(({ end }) => machine.moves(end).length > 0).length;
      expect(search.ran).toHaveLength(runs + 2 * Math.min(merges, AUDITED));
    },
  );

  it("reaches every end that there is", async () => {
    // Whoever writes last: only the order decides.
    const machine: Machine<readonly string[]> = {
      start: [],
      moves: (written) => ["a", "b", "c"].filter((name) => !written.includes(name)).map((name) => ({ name, to: [...written, name] })),
    };
    const search = searchOfMachine(machine);
    await exhaustive.search(search);
    expect(new Set(search.ran.filter(({ end }) => end.length === 3).map(({ end }) => end.join(""))).size).toBe(6);
  });

  it("is complete after one run where there is nothing to choose, and where nothing happens at all", async () => {
    const line = searchOfMachine(threads([4]));
    expect(await exhaustive.search(line)).toMatchObject({ complete: true, states: 4, interleavings: 1n });
    expect(line.ran).toHaveLength(1);
    expect(await exhaustive.search(searchOfMachine(threads([])))).toMatchObject({ complete: true, states: 0, depth: 0, interleavings: 1n });
  });

  it("follows choices of one name once, and counts all of them", async () => {
    // Three pieces of work that are alike: which of them is done, nobody can tell.
    const machine: Machine<number> = {
      start: 3,
      moves: (left) => Array.from({ length: left }, () => ({ name: "one of them", to: left - 1 })),
    };
    const search = searchOfMachine(machine);
    expect(await exhaustive.search(search)).toEqual({ complete: true, states: 3, transitions: 3, depth: 3, interleavings: 6n });
    expect(search.ran).toHaveLength(1);
  });

  it("ends where a run can come back to where it was, and does not know how many orders there are", async () => {
    const machine: Machine<string> = {
      start: "waits",
      moves: (state) =>
        state === "done"
          ? []
          : [
              { name: "asks again", to: "waits" },
              { name: "is answered", to: "done" },
            ],
    };
    expect(await exhaustive.search(searchOfMachine(machine))).toMatchObject({ complete: true, states: 1, interleavings: null });
  });
});

describe("the budget of an exhaustive search", () => {
  it("is never overdrawn, and what it does not last for is not complete", async () => {
    const needed = searchOfMachine(threads([3, 3]));
    expect(await exhaustive.search(needed)).toMatchObject({ complete: true });
    for (let schedules = 0; schedules < needed.ran.length; schedules++) {
      const search = searchOfMachine(threads([3, 3]), { schedules });
      const coverage = await exhaustive.search(search);
      expect(search.ran.length).toBeLessThanOrEqual(schedules);
      expect(coverage).toMatchObject({ complete: false, interleavings: null });
    }
    expect(await exhaustive.search(searchOfMachine(threads([3, 3]), { schedules: needed.ran.length }))).toMatchObject({ complete: true });
  });
});

describe("a violation", () => {
  it("is found wherever it is, and ends the search, which is then not complete", async () => {
    for (const where of [
      [1, 0],
      [0, 2],
      [2, 1],
      [3, 3],
    ]) {
      const search = searchOfMachine(threads([3, 3], (state) => state.join() === where.join()));
      expect(await exhaustive.search(search)).toMatchObject({ complete: false, interleavings: null });
      expect(search.ran.at(-1)).toMatchObject({ violated: true, end: where });
      expect(search.ran.filter(({ violated }) => violated)).toHaveLength(1);
    }
  });

  it("of the past is found although the states themselves are equal: the key has the monitor in it", async () => {
    const machine: Machine<{ readonly done: readonly number[]; readonly first: number | null }> = {
      start: { done: [0, 0], first: null },
      moves: ({ done, first }) =>
        [0, 1].flatMap((thread) => {
          const to = { done: done.with(thread, 1), first: first ?? thread };
          return done[thread] === 1 ? [] : [{ name: `${thread}`, to }];
        }),
      violates: ({ done, first }) => done.join() === "1,1" && first === 1,
    };
    const search = searchOfMachine(machine);
    await exhaustive.search(search);
    expect(search.ran.at(-1)).toMatchObject({ violated: true, moves: ["1", "0"] });
  });
});
