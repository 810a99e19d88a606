import { describe, expect, it } from "vitest";
import { type Branch, StateGraph, scheduleOf } from "./state-graph.ts";

/** What leads where: by state its choices, each with its name and the state after it; null ends the run. */
type Drawing = Readonly<Record<string, readonly (readonly [name: string, to: string | null])[]>>;

const state = (key: string, ...choices: readonly string[]) => ({ key, choices, own: { key, choices } });

/** The graph of a drawing, its first state first. */
function graphOf(drawing: Drawing): StateGraph {
  const graph = new StateGraph();
  const branches = new Map<string, Branch[]>();
  for (const [key, choices] of Object.entries(drawing)) {
    const names = choices.map(([name]) => name);
    branches.set(key, graph.open(graph.add(state(key, ...names), null)));
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
    const [branch] = open.open(open.add(state("start", "on"), null));
    open.follow(branch as Branch, open.add(state("next", "end"), null));
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
    const id = graph.add(state("a"), null);
    expect([graph.find("a"), graph.find("b"), graph.states]).toEqual([id, undefined, 1]);
  });

  it("has a branch for each distinct choice, by the first of its name", () => {
    const graph = new StateGraph();
    const branches = graph.open(graph.add(state("a", "x", "y", "x", "z", "y"), null));
    expect(branches.map(({ way }) => way.choice)).toEqual([0, 1, 3]);
    expect(graph.edges(0).map(({ count }) => count)).toEqual([2, 2, 1]);
  });

  it("has no branch where it is known what a choice leads to", () => {
    const graph = new StateGraph();
    const [, second] = graph.open(graph.add(state("a", "x", "y", "z"), null));
    graph.follow(second as Branch, null);
    expect(graph.open(0).map(({ edge }) => edge)).toEqual([0, 2]);
  });

  it("finds its choices again by their names, in whatever order they stand and however many there are of one", () => {
    const graph = new StateGraph();
    const id = graph.add({ key: "a", choices: ["y", "x", "y", "z"], own: { key: "a1", choices: ["1", "2", "3", "4"] } }, null);
    expect(graph.edges(id).map(({ name }) => name)).toEqual(["1", "2", "4"]);
    expect(graph.keyOf(id)).toBe("a1");
    const edges = graph.edgesByName(id, { key: "a", choices: ["z", "y", "x", "y"], own: { key: "a2", choices: ["5", "6", "7", "8"] } });
    expect([...edges]).toEqual([
      ["5", 2],
      ["6", 0],
      ["7", 1],
      ["8", 0],
    ]);
  });

  it("knows the schedule that led to it first, and each branch the one that leads there", () => {
    const graph = new StateGraph();
    const [, second] = graph.open(graph.add(state("a", "x", "y"), null));
    const id = graph.add(state("b", "x", "y", "z"), second as Branch);
    const last = graph.open(id)[2] as Branch;
    expect([graph.discovery(0), graph.discovery(id)]).toEqual([null, second]);
    expect(graph.scheduleTo(0)).toEqual([]);
    expect(graph.scheduleTo(id)).toEqual([1]);
    expect([scheduleOf(last.way), last.way.length]).toEqual([[1, 2], 2]);
    expect(scheduleOf(null)).toEqual([]);
  });
});

it("a branch that is followed again, as an audit does, is one transition and leads where it led first", () => {
  const graph = new StateGraph();
  const [branch] = graph.open(graph.add(state("a", "x"), null));
  graph.follow(branch as Branch, null);
  graph.follow(branch as Branch, 0);
  expect([graph.transitions, graph.interleavings()]).toEqual([1, 1n]);
});
