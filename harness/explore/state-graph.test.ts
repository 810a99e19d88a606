import { describe, expect, it } from "vitest";
import { type Branch, StateGraph, scheduleOf } from "./state-graph.ts";

/** What leads where: by state its choices, each with its name and the state after it; null ends the run. */
type Drawing = Readonly<Record<string, readonly (readonly [name: string, to: string | null])[]>>;

/** The graph of a drawing, its first state first. */
function graphOf(drawing: Drawing): StateGraph {
  const graph = new StateGraph();
  const branches = new Map<string, Branch[]>();
  for (const [key, choices] of Object.entries(drawing)) {
    const names = choices.map(([name]) => name);
    branches.set(key, graph.add(key, names, null).branches);
  }
  for (const [key, choices] of Object.entries(drawing)) {
    const distinct = choices.filter(([name], index) => choices.findIndex(([other]) => other === name) === index);
    for (const [index, [, to]] of distinct.entries()) {
      graph.follow(branches.get(key)?.[index] as Branch, to === null ? null : (graph.find(to) as number));
    }
  }
  return graph;
}

/** A way that parts and comes together again, so often. */
function diamonds(count: number): Drawing {
  const drawing: Record<string, (readonly [string, string | null])[]> = {};
  for (let n = 0; n < count; n++) {
    const next = n + 1 < count ? `top ${n + 1}` : null;
    drawing[`top ${n}`] = [
      ["left", `left ${n}`],
      ["right", `right ${n}`],
    ];
    drawing[`left ${n}`] = [["on", next]];
    drawing[`right ${n}`] = [["on", next]];
  }
  return drawing;
}

describe("how many schedules a graph stands for", () => {
  it.each([1, 2, 3, 64])("doubles with each of %i diamonds, exactly", (count) => {
    expect(graphOf(diamonds(count)).interleavings()).toBe(2n ** BigInt(count));
  });

  it("counts each choice of one name, although it was followed once", () => {
    const graph = graphOf({
      start: [
        ["load", "one"],
        ["load", "one"],
        ["time", null],
      ],
      one: [
        ["load", null],
        ["load", null],
        ["load", null],
      ],
    });
    expect(graph.interleavings()).toBe(2n * 3n + 1n);
    expect(graph.transitions).toBe(3);
  });

  it("counts the ways through a state that is reached from near and from far", () => {
    const graph = graphOf({
      start: [
        ["far", "middle"],
        ["near", "last"],
      ],
      middle: [
        ["a", "last"],
        ["b", "last"],
        ["c", null],
      ],
      last: [["end", null]],
    });
    expect(graph.interleavings()).toBe(4n);
  });

  it("is one where nothing ever happens", () => {
    expect(new StateGraph().interleavings()).toBe(1n);
  });

  it("is not known where a choice was not followed, however far from the start", () => {
    const graph = graphOf({ start: [["on", "next"]], next: [["end", null]] });
    expect(graph.interleavings()).toBe(1n);
    const open = new StateGraph();
    const [branch] = open.add("start", ["on"], null).branches;
    open.follow(branch as Branch, open.add("next", ["end"], null).id);
    expect(open.interleavings()).toBeNull();
  });

  it.each<[string, Drawing]>([
    ["itself", { start: [["again", "start"]] }],
    [
      "the start",
      {
        start: [["on", "next"]],
        next: [
          ["back", "start"],
          ["end", null],
        ],
      },
    ],
    ["a state on the way", { start: [["in", "a"]], a: [["on", "b"]], b: [["on", "c"]], c: [["back", "a"]] }],
  ])("is not known where a run can come back to %s", (_where, drawing) => {
    expect(graphOf(drawing).interleavings()).toBeNull();
  });

  it("is found in a run that is longer than a stack is deep", () => {
    const drawing: Record<string, (readonly [string, string | null])[]> = {};
    for (let n = 0; n < 50_000; n++) drawing[`${n}`] = [["on", n + 1 < 50_000 ? `${n + 1}` : null]];
    expect(graphOf(drawing).interleavings()).toBe(1n);
  });
});

describe("a state", () => {
  it("is found by its key once it was added", () => {
    const graph = new StateGraph();
    expect(graph.find("a")).toBeUndefined();
    const { id } = graph.add("a", [], null);
    expect([graph.find("a"), graph.find("b"), graph.states]).toEqual([id, undefined, 1]);
  });

  it("has a branch for each distinct choice, by the first of its name", () => {
    const { branches } = new StateGraph().add("a", ["x", "y", "x", "z", "y"], null);
    expect(branches.map(({ way }) => way.choice)).toEqual([0, 1, 3]);
  });

  it("knows the schedule that led to it first, and each branch the one that leads there", () => {
    const graph = new StateGraph();
    const [, second] = graph.add("a", ["x", "y"], null).branches;
    const { id, branches } = graph.add("b", ["x", "y", "z"], second?.way ?? null);
    const last = branches[2] as Branch;
    expect(graph.scheduleTo(0)).toEqual([]);
    expect(graph.scheduleTo(id)).toEqual([1]);
    expect([scheduleOf(last.way), last.way.length]).toEqual([[1, 2], 2]);
    expect(scheduleOf(null)).toEqual([]);
  });
});

it("a branch that is followed again, as an audit does, is one transition and leads where it led first", () => {
  const graph = new StateGraph();
  const [branch] = graph.add("a", ["x"], null).branches;
  graph.follow(branch as Branch, null);
  graph.follow(branch as Branch, 0);
  expect([graph.transitions, graph.interleavings()]).toEqual([1, 1n]);
});
