import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unordered } from "../model/unordered.ts";
import { type Item, NO_SYMMETRY, type Parts, type Symmetry, stateKey } from "./state-key.ts";

/** Two loads at one isolate that may be exchanged, and a third of which there is but one. */
const LOADS: Symmetry = {
  tasks: new Map([
    ["ada/load-1", { actor: "isolate-1", class: "ada" }],
    ["ada/load-2", { actor: "isolate-1", class: "ada" }],
    ["ben/load-1", { actor: "isolate-1", class: "ben" }],
  ]),
  actors: [],
};

/** Two isolates that may be exchanged, each with a load of one class. */
const ISOLATES: Symmetry = {
  tasks: new Map([
    ["ada/load-1", { actor: "isolate-1", class: "ada" }],
    ["ada/load-2", { actor: "isolate-2", class: "ada" }],
  ]),
  actors: ["isolate-1", "isolate-2"],
};

const parts = ({ rest = [], items = [], choices = [] }: Partial<Parts>): Parts => ({ rest, items, choices });
const item = (task: string | null, text: string): Item => ({ task, text });
const set = (...items: unknown[]): unknown => Unordered.from(items);

function keysOf(symmetry: Symmetry, ...states: readonly Partial<Parts>[]): string[] {
  return states.map((state) => stateKey(parts(state), symmetry).key);
}

describe("the key of a state up to exchange", () => {
  it("is equal when tasks of one class at one actor are in each other's place", () => {
    const [one, other, third] = keysOf(
      LOADS,
      { items: [item("ada/load-1", "ada/load-1 sent"), item("ada/load-2", "ada/load-2 answered")] },
      { items: [item("ada/load-2", "ada/load-2 sent"), item("ada/load-1", "ada/load-1 answered")] },
      { items: [item("ada/load-1", "ada/load-1 sent"), item("ada/load-2", "ada/load-2 sent")] },
    );
    expect(other).toBe(one);
    expect(third).not.toBe(one);
  });

  it.each<[string, Symmetry]>([
    ["are of different classes", LOADS],
    [
      "are worked at by different actors, which may not be exchanged",
      {
        tasks: new Map([
          ["ada/load-1", { actor: "isolate-1", class: "ada" }],
          ["ben/load-1", { actor: "isolate-2", class: "ada" }],
        ]),
        actors: [],
      },
    ],
    ["are nobody's", NO_SYMMETRY],
  ])("is not when tasks %s", (_why, symmetry) => {
    const [one, other] = keysOf(
      symmetry,
      { items: [item("ada/load-1", "ada/load-1 sent"), item("ben/load-1", "ben/load-1 answered")] },
      { items: [item("ben/load-1", "ben/load-1 sent"), item("ada/load-1", "ada/load-1 answered")] },
    );
    expect(other).not.toBe(one);
  });

  it("is equal when actors are in each other's place with their tasks, and not when they are without them", () => {
    const held = (isolate: string, load: string) => ({
      rest: [set([isolate, "flight"])],
      items: [item("ada/load-1", "ada/load-1 at isolate-1"), item("ada/load-2", "ada/load-2 at isolate-2"), item(load, `${load} sent`)],
    });
    const [one, other, torn] = keysOf(
      ISOLATES,
      held("isolate-1", "ada/load-1"),
      held("isolate-2", "ada/load-2"),
      held("isolate-2", "ada/load-1"),
    );
    expect(other).toBe(one);
    expect(torn).not.toBe(one);
  });

  it("tells actors apart that are not said to be alike", () => {
    const [one, other] = keysOf(
      { tasks: new Map(), actors: [] },
      { rest: [set(["isolate-1", "cold"])] },
      { rest: [set(["isolate-2", "cold"])] },
    );
    expect(other).not.toBe(one);
  });

  it("puts what is a set in an order after renaming, and leaves an array in its own", () => {
    const pair = (first: string, second: string) => [
      [first, "cold"],
      [second, "warm"],
    ];
    const names = ["isolate-1", "isolate-2"] as const;
    const [one, other] = keysOf(ISOLATES, { rest: [set(...pair(...names))] }, { rest: [set(...pair("isolate-2", "isolate-1").reverse())] });
    expect(other).toBe(one);
    const [first, second] = keysOf(ISOLATES, { rest: [pair(...names)] }, { rest: [pair(...names).reverse()] });
    expect(second).not.toBe(first);
  });

  it("renames where names stand for entries of an object, too", () => {
    const [one, other] = keysOf(
      ISOLATES,
      { rest: [{ "isolate-1": 1, "isolate-2": 1 }, ["isolate-1"]] },
      { rest: [{ "isolate-2": 1, "isolate-1": 1 }, ["isolate-2"]] },
    );
    expect(other).toBe(one);
  });

  it("does not take a name for a part of a longer one", () => {
    const tasks = new Map(["ada/load-1", "ada/load-2"].map((name) => [name, { actor: "isolate-1", class: "ada" }]));
    const [one, other] = keysOf(
      { tasks, actors: [] },
      { items: [item("ada/load-1", "ada/load-1 sent"), item("ada/load-2", "ada/load-2 answered"), item(null, "ada/load-12 waits")] },
      { items: [item("ada/load-2", "ada/load-2 sent"), item("ada/load-1", "ada/load-1 answered"), item(null, "ada/load-22 waits")] },
    );
    expect(other).not.toBe(one);
  });

  it("has all of the rest that speaks of nobody, in its order", () => {
    const keys = keysOf(LOADS, { rest: [1, { now: 2 }] }, { rest: [1, { now: 3 }] }, { rest: [{ now: 2 }, 1] }, { rest: [1, { now: 2 }] });
    expect(new Set(keys.slice(0, 3)).size).toBe(3);
    expect(keys[3]).toBe(keys[0]);
  });

  it("does not depend on tasks that have ended and of which nobody speaks", () => {
    const state = { rest: [7], items: [item("ada/load-2", "ada/load-2 sent")] };
    const fewer = new Map([...LOADS.tasks].filter(([name]) => name === "ada/load-2"));
    expect(keysOf({ tasks: fewer, actors: [] }, state)).toEqual(keysOf(LOADS, state));
  });

  it("does not depend on the order of what is pending", () => {
    const items = [item("ada/load-1", "ada/load-1 a"), item("ben/load-1", "ben/load-1 b"), item(null, "c")];
    const [one, other, fewer] = keysOf(LOADS, { items }, { items: [...items].reverse() }, { items: items.slice(1) });
    expect(other).toBe(one);
    expect(fewer).not.toBe(one);
  });
});

describe("the names of choices", () => {
  const pending = [item("ada/load-1", "ada/load-1 sent"), item("ada/load-2", "ada/load-2 sent"), item("ben/load-1", "ben/load-1 sent")];
  const namesOf = (state: Partial<Parts>, symmetry = LOADS) => stateKey(parts({ choices: state.items ?? [], ...state }), symmetry).choices;

  it("are one for twins, and another for everybody else", () => {
    const [one, two, three] = namesOf({ items: pending });
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });

  it("are two where anything tells the twins apart", () => {
    const [one, two] = namesOf({ items: pending, rest: [["ada/load-1"]] });
    expect(two).not.toBe(one);
  });

  it("are the texts themselves where nothing may be exchanged", () => {
    expect(namesOf({ items: pending }, NO_SYMMETRY)).toEqual(pending.map(({ text }) => text));
  });

  it("are one for the same step of actors that are twins", () => {
    const items = [item("ada/load-1", "isolate-1 ada/load-1 sent"), item("ada/load-2", "isolate-2 ada/load-2 sent")];
    expect(new Set(namesOf({ items }, ISOLATES)).size).toBe(1);
    expect(new Set(namesOf({ items, rest: [set(["isolate-1", "cold"])] }, ISOLATES)).size).toBe(2);
  });

  it("are the same for a choice and for its counterpart, wherever it stands in the list", () => {
    const state = (first: string, second: string) => namesOf({ items: [item(first, `${first} sent`), item(second, `${second} answered`)] });
    expect(state("ada/load-2", "ada/load-1")).toEqual(state("ada/load-1", "ada/load-2"));
  });

  it("are two where something speaks of the twins at once, although each for itself looks like the other", () => {
    // In a circle everybody stands before one and behind one, and yet no two can be exchanged.
    const names = ["a", "b", "c"];
    const symmetry: Symmetry = { tasks: new Map(names.map((name) => [name, { actor: "isolate-1", class: "" }])), actors: [] };
    const items = names.map((name) => item(name, `${name} sent`));
    const circle = set(["a", "b"], ["b", "c"], ["c", "a"]);
    expect(new Set(namesOf({ items, rest: [circle] }, symmetry)).size).toBe(3);
    expect(new Set(namesOf({ items, rest: [set(["a"], ["b"], ["c"])] }, symmetry)).size).toBe(1);
  });

  it("are two where something speaks of twin actors at once", () => {
    const names = ["a", "b", "c"];
    const symmetry: Symmetry = { tasks: new Map(), actors: names };
    const items = names.map((name) => item(null, `${name} wakes`));
    expect(new Set(namesOf({ items, rest: [set(["a", "b"], ["b", "c"], ["c", "a"])] }, symmetry)).size).toBe(3);
    expect(new Set(namesOf({ items }, symmetry)).size).toBe(1);
  });
});

/** Words, and places where the name of a task or of an actor stands. */
type Text = readonly (string | { readonly task: number } | { readonly actor: number })[];

/** A state before anybody has a name. */
interface Sketch {
  /** By task: its actor and its class. */
  readonly tasks: readonly { readonly actor: number; readonly class: number }[];
  readonly actors: number;
  readonly alike: boolean;
  readonly items: readonly { readonly task: number | null; readonly text: Text }[];
  readonly ordered: readonly Text[];
  readonly sets: readonly (readonly Text[])[];
}

interface Naming {
  readonly task: readonly number[];
  readonly actor: readonly number[];
}

const taskName = (index: number) => `ada/load-${index + 1}`;
const actorName = (index: number) => `isolate-${index + 1}`;

function written(text: Text, { task, actor }: Naming): string {
  return text
    .map((part) =>
      typeof part === "string" ? part : "task" in part ? taskName(task[part.task] as number) : actorName(actor[part.actor] as number),
    )
    .join(" ");
}

function partsOf({ items, ordered, sets }: Sketch, naming: Naming): Parts {
  const named = items.map(({ task, text }) => item(task === null ? null : taskName(naming.task[task] as number), written(text, naming)));
  return {
    rest: [ordered.map((text) => written(text, naming)), ...sets.map((texts) => set(...texts.map((text) => written(text, naming))))],
    items: named,
    choices: named,
  };
}

function symmetryOf({ tasks, actors, alike }: Sketch): Symmetry {
  return {
    tasks: new Map(tasks.map((task, index) => [taskName(index), { actor: actorName(task.actor), class: `${task.class}` }])),
    actors: alike ? Array.from({ length: actors }, (_, index) => actorName(index)) : [],
  };
}

function asTheyAre({ tasks, actors }: Sketch): Naming {
  return { task: [...tasks.keys()], actor: Array.from({ length: actors }, (_, index) => index) };
}

function permutations(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((shorter) =>
    Array.from({ length: count }, (_, place) => [...shorter.slice(0, place), count - 1, ...shorter.slice(place)]),
  );
}

function actorsExchanged({ actors, alike }: Sketch): readonly (readonly number[])[] {
  return alike ? permutations(actors) : [Array.from({ length: actors }, (_, index) => index)];
}

/** Every exchange that is allowed, by trying all. */
function exchanges(sketch: Sketch): readonly Naming[] {
  const { tasks } = sketch;
  return actorsExchanged(sketch).flatMap((actor) =>
    permutations(tasks.length)
      .filter((order) =>
        tasks.every(
          (task, from) => tasks[order[from] as number]?.actor === actor[task.actor] && tasks[order[from] as number]?.class === task.class,
        ),
      )
      .map((task) => ({ task, actor })),
  );
}

/**
 * What stands for a state and one of its choices up to exchange: brute force, to compare with. Of a task that nobody speaks of,
 * nothing is left.
 */
function canonical(sketch: Sketch, chosen: number | null): string {
  const { tasks, items, ordered, sets } = sketch;
  const texts = [...items.map(({ text }) => text), ...ordered, ...sets.flat()];
  const spoken = [...tasks.keys()].filter((index) =>
    texts.flat().some((part) => typeof part === "object" && "task" in part && part.task === index),
  );
  let least: string | null = null;
  for (const actor of actorsExchanged(sketch)) {
    for (const order of permutations(spoken.length)) {
      const said = (text: Text): string =>
        text
          .map((part) => {
            if (typeof part === "string") return part;
            if ("actor" in part) return actorName(actor[part.actor] as number);
            const task = tasks[part.task];
            return `${actorName(actor[task?.actor ?? 0] as number)}-${task?.class}-${order[spoken.indexOf(part.task)]}`;
          })
          .join(" ");
      // Whose an item is, its text says wherever that matters.
      const all = items.map(({ text }) => said(text));
      const text = JSON.stringify([
        ordered.map(said),
        sets.map((one) => one.map(said).sort()),
        [...all].sort(),
        chosen === null ? null : all[chosen],
      ]);
      if (least === null || text < least) least = text;
    }
  }
  return least as string;
}

const word = fc.constantFrom("sent", "held");

/** @param speaksOfMany whether a text may speak of more than one task and its actor */
function sketches(speaksOfMany: boolean): fc.Arbitrary<Sketch> {
  return fc
    .record({ actors: fc.integer({ min: 1, max: 3 }), alike: fc.boolean(), count: fc.integer({ min: 1, max: 4 }) })
    .chain(({ actors, alike, count }) =>
      fc
        .array(fc.record({ actor: fc.nat({ max: actors - 1 }), class: fc.nat({ max: 1 }) }), { minLength: count, maxLength: count })
        .chain((tasks) => {
          const aTask = fc.nat({ max: count - 1 });
          const anActor = fc.nat({ max: actors - 1 });
          const ofOne = fc.oneof(
            aTask.map((task): Text => [{ task }]),
            aTask.map((task): Text => [{ actor: tasks[task]?.actor ?? 0 }, { task }]),
            anActor.map((actor): Text => [{ actor }]),
          );
          const text: fc.Arbitrary<Text> = speaksOfMany
            ? fc.tuple(ofOne, word, ofOne).map(([one, verb, other]) => [...one, verb, ...other])
            : fc.tuple(ofOne, word).map(([one, verb]) => [...one, verb]);
          const own = fc.tuple(aTask, word, fc.boolean()).map(([task, verb, withActor]) => ({
            task,
            text: [{ task }, verb, ...(withActor ? [{ actor: tasks[task]?.actor ?? 0 }] : [])] as Text,
          }));
          const items = fc.array(
            fc.oneof(
              own,
              text.map((anyText) => ({ task: null, text: anyText })),
            ),
            { maxLength: 4 },
          );
          return fc.record({
            tasks: fc.constant(tasks),
            actors: fc.constant(actors),
            alike: fc.constant(alike),
            items,
            ordered: fc.array(text, { maxLength: 2 }),
            sets: fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 2 }),
          });
        }),
    );
}

/** Numbers from which a test draws a naming of its own. */
const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;

describe("of random states", () => {
  it("a state and any exchange of it have one key and the same choices, where nothing speaks of two at once", () => {
    fc.assert(
      fc.property(sketches(false), fc.nat(), (sketch, at) => {
        const plain = asTheyAre(sketch);
        const symmetry = symmetryOf(sketch);
        const one = stateKey(partsOf(sketch, plain), symmetry);
        const other = stateKey(partsOf(sketch, pick(exchanges(sketch), at)), symmetry);
        expect(other.key).toBe(one.key);
        expect(other.choices).toEqual(one.choices);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("those of one key are exchanges of each other, and so are choices of one name, whatever speaks of whom", () => {
    let [equal, different] = [0, 0];
    fc.assert(
      fc.property(fc.boolean().chain(sketches), fc.nat(), fc.nat(), (sketch, tasksAt, actorsAt) => {
        const symmetry = symmetryOf(sketch);
        // Any renaming, of which few are allowed exchanges.
        const renamed: Naming = {
          task: pick(permutations(sketch.tasks.length), tasksAt),
          actor: pick(permutations(sketch.actors), actorsAt),
        };
        const moved = movedBy(sketch, renamed);
        const plain = asTheyAre(sketch);
        const [one, other] = [stateKey(partsOf(sketch, plain), symmetry), stateKey(partsOf(moved, plain), symmetry)];
        if (one.key !== other.key) {
          different++;
          return;
        }
        equal++;
        expect(canonical(moved, null)).toBe(canonical(sketch, null));
        const states = [
          [sketch, one.choices],
          [moved, other.choices],
        ] as const;
        const meant = new Map<string, string>();
        for (const [state, choices] of states) {
          for (const [chosen, name] of choices.entries()) {
            const meaning = canonical(state, chosen);
            expect(meant.get(name) ?? meaning).toBe(meaning);
            meant.set(name, meaning);
          }
        }
      }),
      { seed: 2, numRuns: 3_000 },
    );
    // Otherwise it has shown nothing.
    expect(equal).toBeGreaterThan(500);
    expect(different).toBeGreaterThan(500);
  });
});

/** The state in which everybody's part is played by another; who works where stays as it is. */
function movedBy(sketch: Sketch, { task, actor }: Naming): Sketch {
  const move = (text: Text): Text =>
    text.map((part) =>
      typeof part === "string" ? part : "task" in part ? { task: task[part.task] as number } : { actor: actor[part.actor] as number },
    );
  return {
    ...sketch,
    items: sketch.items.map((one) => ({ task: one.task === null ? null : (task[one.task] as number), text: move(one.text) })),
    ordered: sketch.ordered.map(move),
    sets: sketch.sets.map((texts) => texts.map(move)),
  };
}
