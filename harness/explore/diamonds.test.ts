import { describe, expect, it, vi } from "vitest";
import type { Footprint } from "../model/program.ts";
import { exhaustive } from "./exhaustive.ts";
import { type Machine, type Move, ordersOf, searchOfMachine, strangers, threads } from "./machine.testing.ts";

// Audits are runs, too, and here runs are counted.
vi.mock(import("./audit.ts"), () => ({ auditMerge: async () => false, auditSkip: async () => false }));

async function searched<S>(machine: Machine<S>) {
  const search = searchOfMachine(machine);
  const coverage = await exhaustive.search(search);
  const ways = new Set(search.ran.flatMap(({ moves }) => moves.map((_, at) => moves.slice(0, at + 1).join(" > "))));
  return { coverage, runs: search.ran.length, ways };
}

/** `a` and `b`, each of which happens once, and then `c`; with what they say that they touch. */
function pair(a: Footprint | null, b: Footprint | null): Machine<readonly string[]> {
  const footprints: Record<string, Footprint | null> = { a, b, c: null };
  return {
    start: [],
    moves: (done) => {
      const names = ["a", "b"].filter((name) => !done.includes(name));
      const next = names.length > 0 ? names : done.includes("c") ? [] : ["c"];
      return next.map((name): Move<readonly string[]> => {
        const footprint = footprints[name];
        return { name, to: [...done, name].sort(), ...(footprint ? { footprint } : {}) };
      });
    },
  };
}

const footprint = (reads: readonly string[], writes: readonly string[]): Footprint => ({ reads, writes });

describe("steps that touch nothing in common", () => {
  it.each([[[2, 2]], [[3, 1, 2]], [[2, 2, 2]], [[4, 4, 3]]])(
    "of threads of %j steps: fewer runs come to the same states, ways and orders",
    async (counts) => {
      const plain = await searched(threads(counts));
      const reduced = await searched(strangers(counts));
      expect(reduced.coverage).toEqual(plain.coverage);
      expect(reduced.coverage?.interleavings).toBe(ordersOf(counts));
      expect(reduced.runs).toBeLessThan(plain.runs);
    },
  );

  it("need about a run for each way to the end, and not one for each way", async () => {
    // 5^3 states, the end not counted. Ways to the end are always run: that a run has ended is no state.
    const { coverage, runs } = await searched(strangers([4, 4, 4]));
    expect(coverage).toMatchObject({ states: 5 ** 3 - 1, transitions: 3 * 4 * 5 ** 2 });
    expect(runs).toBeLessThan(30);
    expect((await searched(threads([4, 4, 4]))).runs).toBe(177);
  });

  it("are run in both orders while anything is unknown of one of them", async () => {
    const [known, unknown] = [footprint([], ["x"]), null];
    expect((await searched(pair(known, footprint([], ["y"])))).ways).not.toContain("b > a");
    expect((await searched(pair(known, unknown))).ways).toContain("b > a");
    expect((await searched(pair(unknown, known))).ways).toContain("b > a");
  });
});

describe("steps of which one changes what the other one", () => {
  it.each([
    ["changes", footprint([], ["x"]), footprint([], ["x"])],
    ["reads", footprint([], ["x"]), footprint(["x"], ["y"])],
    ["has read", footprint(["x"], ["y"]), footprint([], ["x"])],
  ])("%s are run in both orders", async (_how, a, b) => {
    expect((await searched(pair(a, b))).ways).toContain("b > a");
  });
});

it("two steps that only read the same are run in one order", async () => {
  const { ways, coverage } = await searched(pair(footprint(["x"], ["a"]), footprint(["x"], ["b"])));
  expect(ways).not.toContain("b > a");
  expect(coverage).toMatchObject({ complete: true, transitions: 5, interleavings: 2n });
});
