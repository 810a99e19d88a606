import { describe, expect, it } from "vitest";
import { Unordered } from "../model/unordered.ts";
import type { Actor } from "./actor.ts";
import { Histories, type Received } from "./histories.ts";

const ONE: Actor = { name: "isolate-1", kind: "isolate" };
const TWO: Actor = { name: "isolate-2", kind: "isolate" };

const received = (text: string, more: Partial<Received> = {}): Received => ({ actor: ONE, task: null, at: 0, text: () => text, ...more });
const everything = () => true;
const nothing = () => false;

/** What stands for the heaps after some things were received. */
function heapAfter(
  all: readonly Received[],
  { declared = [] as readonly Actor[], isUnfinished = everything as (actor: string, task: string) => boolean } = {},
) {
  const histories = new Histories();
  for (const actor of declared) histories.declare(actor, () => null);
  for (const one of all) histories.receive(one);
  return histories.items(isUnfinished);
}

describe("the heap of an isolate that declares nothing", () => {
  it("is one ordered history of all that it has received, whatever task it was for", () => {
    const [a, b] = [received("a", { task: "load-1" }), received("b", { task: "load-2" })];
    expect(heapAfter([a, b])).toHaveLength(1);
    expect(heapAfter([a, b])[0]?.task).toBeNull();
    expect(heapAfter([a, b])).toEqual(heapAfter([a, b]));
    expect(heapAfter([a, b])).not.toEqual(heapAfter([b, a]));
    expect(heapAfter([a, b])).not.toEqual(heapAfter([a]));
  });

  it("keeps what was for work that has ended: nobody knows what is left of it", () => {
    const all = [received("a", { task: "load-1" })];
    expect(heapAfter(all, { isUnfinished: nothing })).toEqual(heapAfter(all));
  });

  it.each<[string, Received, Received]>([
    ["what came", received("a"), received("b")],
    ["when it came", received("a", { at: 1 }), received("a", { at: 2 })],
    ["for whom it came", received("a", { task: "load-1" }), received("a", { task: "load-2" })],
    ["to whom it came", received("a"), received("a", { actor: TWO })],
  ])("differs by %s", (_what, one, other) => {
    expect(heapAfter([one])).not.toEqual(heapAfter([other]));
  });

  it("names itself and the task beside what is hashed, so that they can be renamed", () => {
    const of = (actor: Actor, task: string) => heapAfter([received(`${task} at ${actor.name}`, { actor, task })])[0]?.text.split(" ");
    const [[actor, task, digest] = [], [other, otherTask, otherDigest] = []] = [of(ONE, "load-1"), of(TWO, "load-2")];
    expect([actor, task]).toEqual(["isolate-1", "load-1"]);
    expect([other, otherTask]).toEqual(["isolate-2", "load-2"]);
    expect(otherDigest).toBe(digest);
  });

  it("is asked for its texts when somebody wants them, and only once", () => {
    const histories = new Histories();
    let read = 0;
    histories.receive(received("a", { text: () => `${++read}` }));
    expect(read).toBe(0);
    expect(histories.items(everything)).toEqual(histories.items(everything));
    expect(read).toBe(1);
  });
});

describe("the heap of an isolate that declares what its requests share", () => {
  const declared = [ONE];

  it("has a history for each unfinished request, and does not know which came first", () => {
    const [a, b] = [received("a", { task: "load-1" }), received("b", { task: "load-2" })];
    const items = heapAfter([a, b], { declared });
    expect(items.map(({ task }) => task)).toEqual(["load-1", "load-2"]);
    expect(heapAfter([b, a], { declared }).reverse()).toEqual(items);
  });

  it("knows the order in which one request has received things", () => {
    const [a, b] = [received("a", { task: "load-1" }), received("b", { task: "load-1" })];
    expect(heapAfter([a, b], { declared })).toHaveLength(1);
    expect(heapAfter([b, a], { declared })).not.toEqual(heapAfter([a, b], { declared }));
  });

  it("forgets a request that has ended, for good, and keeps what was for none", () => {
    const histories = new Histories();
    histories.declare(ONE, () => null);
    for (const task of ["load-1", "load-2", null]) histories.receive(received("a", { task }));
    expect(histories.items((_actor, task) => task === "load-2").map(({ task }) => task)).toEqual(["load-2", null]);
    expect(histories.items(everything).map(({ task }) => task)).toEqual(["load-2", null]);
  });

  it("asks by actor whether a request goes on, and of no one who declares nothing", () => {
    const asked: string[] = [];
    const isUnfinished = (actor: string, task: string) => {
      asked.push(`${actor} ${task}`);
      return true;
    };
    heapAfter([received("a", { task: "load-1" }), received("a", { actor: TWO, task: "load-2" })], { declared, isUnfinished });
    expect(asked).toEqual(["isolate-1 load-1"]);
  });

  it("is in the key by what it says at that moment, as a set: isolates may be exchanged", () => {
    const histories = new Histories();
    let flights = 1;
    histories.declare(ONE, () => flights);
    histories.declare(TWO, () => "none");
    expect(histories.memories()).toBeInstanceOf(Unordered);
    expect([...histories.memories()]).toEqual([
      ["isolate-1", 1],
      ["isolate-2", "none"],
    ]);
    flights = 2;
    expect(histories.memories()[0]).toEqual(["isolate-1", 2]);
  });

  it("may be declared anew, as after a cold start: the last word counts", () => {
    const histories = new Histories();
    histories.declare(ONE, () => "first life");
    histories.declare(ONE, () => "second life");
    expect([...histories.memories()]).toEqual([["isolate-1", "second life"]]);
  });
});

describe("a heap that is gone", () => {
  it.each([true, false])("takes its history with it, and no other isolate's, asked for before: %s", (asked) => {
    const histories = new Histories();
    histories.receive(received("a"));
    histories.receive(received("b", { actor: TWO }));
    if (asked) histories.items(everything);
    histories.forget(ONE);
    expect(histories.items(everything)).toEqual(heapAfter([received("b", { actor: TWO })]));
  });

  it("begins anew", () => {
    const histories = new Histories();
    histories.receive(received("a"));
    histories.forget(ONE);
    histories.receive(received("b"));
    expect(histories.items(everything)).toEqual(heapAfter([received("b")]));
  });
});

describe("a chained heap", () => {
  const chained = (...all: readonly Received[]) => {
    const histories = new Histories(true);
    histories.declare(ONE, () => "memory");
    for (const one of all) histories.receive(one);
    return { items: histories.items(nothing), memories: [...histories.memories()] };
  };

  it("is one digest of all that was received, in order, whatever was declared", () => {
    const [a, b] = [received("a", { task: "load-1" }), received("b", { task: "load-2" })];
    expect(chained(a, b)).toEqual(chained(a, b));
    expect(chained(a, b).items).toHaveLength(1);
    expect(chained(a, b)).not.toEqual(chained(b, a));
    expect(chained(a)).not.toEqual(chained(received("a", { task: "load-1", at: 1 })));
    expect(chained(a).memories).toEqual([]);
  });
});
