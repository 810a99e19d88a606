import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Schedule } from "../model/program.ts";
import { EPOCH, openWorld, operation } from "./world.testing.ts";
import type { World } from "./world.ts";

/**
 * A node of a random program: an operation (or a timer, where `delay` says so), then a note of it, then its children,
 * and when all of them are done another note. That is what an async function with a few awaits and a `Promise.all` is.
 */
interface Node {
  readonly id: number;
  readonly delay: number | null;
  /** It happens after every one like it that its actor began before. */
  readonly queued: boolean;
  readonly fails: boolean;
  readonly writes: boolean;
  readonly children: readonly Node[];
}

interface Plan {
  /** Roots by actor. */
  readonly actors: readonly (readonly Node[])[];
  readonly faults: number;
  readonly timeSteps: number;
}

/** What a run leaves: the notes of each actor, a register that all of them write, and the time. */
interface Outcome {
  readonly notes: readonly (readonly string[])[];
  readonly register: number;
  readonly elapsed: number;
}

const write = (register: number, id: number): number => (register * 3 + id) % 7;

/** Runs a schedule, zeros after its end, and reports how many choices each step had. */
type Run = (plan: Plan, schedule: Schedule) => Promise<Ran>;

interface Ran {
  readonly outcome: Outcome;
  readonly taken: Schedule;
  readonly of: readonly number[];
  /** One key after each step; the twin has none. */
  readonly keys: readonly string[];
  /** What the choices taken are called in the terms of the key before them; the twin has none. */
  readonly names: readonly string[];
  readonly lines: readonly string[];
}

/** The real thing: async functions in a world, step by step or in one walk. */
const inTheWorld =
  (how: "steps" | "walk"): Run =>
  async (plan, schedule) => {
    const world = openWorld({ faults: { lost: plan.faults }, timeSteps: plan.timeSteps, crypto: "ordered" });
    world.grant(true);
    const notes = plan.actors.map((): string[] => []);
    let register = 0;
    world.watchState(() => register);
    const perform = async (node: Node, actor: number): Promise<void> => {
      const note = (what: string) => {
        notes[actor]?.push(`${what}${node.id}`);
        if (node.writes) register = write(register, node.id);
      };
      note((await awaitNode(world, node, actor)) ? "" : "lost ");
      await Promise.all(node.children.map((child) => perform(child, actor)));
      note("end ");
    };
    world.play(world.actor("script", "script"), () =>
      Promise.all(
        plan.actors.map((roots, actor) =>
          world.as(world.actor(`isolate-${actor}`, "isolate"), null, () => Promise.all(roots.map((root) => perform(root, actor)))),
        ),
      ).then(() => {}),
    );
    await world.open();
    const [taken, of, keys, names]: [number[], number[], string[], string[]] = [[], [], [], []];
    const choose = () => {
      const choice = schedule[taken.length] ?? 0;
      taken.push(choice);
      of.push(world.enabled().length);
      names.push(world.state().choices[choice] ?? "");
      return choice;
    };
    const stepped = () => {
      keys.push(world.key());
      return false;
    };
    if (how === "walk") await world.walk(choose, stepped);
    else {
      while (world.enabled().length > 0) {
        await world.step(choose());
        stepped();
      }
    }
    expect(world.ended).toBe(true);
    return { outcome: { notes, register, elapsed: world.now() - EPOCH }, taken, of, keys, names, lines: world.trace.lines() };
  };

function awaitNode(world: World, node: Node, actor: number): Promise<boolean> {
  const { delay, queued } = node;
  if (queued) return crypto.subtle.digest("SHA-1", new Uint8Array()).then(() => true);
  if (delay !== null) return new Promise((resolve) => setTimeout(() => resolve(true), delay));
  return new Promise((resolve) => {
    const faults = node.fails ? [{ name: "lost", complete: () => resolve(false) }] : [];
    world.submit(operation(world.actor(`isolate-${actor}`, "isolate"), `${node.id}`, () => resolve(true), { faults }));
  });
}

interface Waiting {
  readonly node: Node;
  readonly actor: number;
  readonly parent: Waiting | null;
  left: number;
  due: number;
}

/** The twin: no promises, no world; just lists. */
const onPaper: Run = async (plan, schedule) => {
  const notes = plan.actors.map((): string[] => []);
  const pending: Waiting[] = [];
  const timers: Waiting[] = [];
  const behind = plan.actors.map((): Waiting[] => []);
  const ended: Waiting[] = [];
  let { faults, timeSteps } = plan;
  let [register, now] = [0, 0];
  let roots = plan.actors.flat().length;

  const note = ({ node, actor }: Waiting, what: string) => {
    notes[actor]?.push(`${what}${node.id}`);
    if (node.writes) register = write(register, node.id);
  };
  const start = (node: Node, actor: number, parent: Waiting | null) => {
    const waiting = { node, actor, parent, left: node.children.length, due: now + (node.delay ?? 0) };
    if (node.queued && pending.some((other) => other.actor === actor && other.node.queued)) behind[actor]?.push(waiting);
    else (node.delay === null ? pending : timers).push(waiting);
  };
  const end = (waiting: Waiting) => {
    note(waiting, "end ");
    ended.push(waiting);
    if (waiting.parent === null) roots--;
    else if (--waiting.parent.left === 0) end(waiting.parent);
  };
  const complete = (waiting: Waiting, what: string) => {
    pending.splice(pending.indexOf(waiting), 1);
    const next = waiting.node.queued ? behind[waiting.actor]?.shift() : undefined;
    if (next !== undefined) pending.push(next);
    note(waiting, what);
    for (const child of waiting.node.children) start(child, waiting.actor, waiting);
    if (waiting.left === 0) end(waiting);
  };
  const moveTime = () => {
    now = Math.min(...timers.map(({ due }) => due));
    for (const timer of timers.filter(({ due }) => due === now)) {
      timers.splice(timers.indexOf(timer), 1);
      pending.push(timer);
    }
  };
  const choices = (): (() => void)[] => {
    if (pending.length === 0) return roots > 0 && timers.length > 0 ? [moveTime] : [];
    const all = pending.map((waiting) => () => complete(waiting, ""));
    if (faults > 0) {
      for (const waiting of pending.filter(({ node }) => node.fails && node.delay === null && !node.queued)) {
        all.push(() => {
          faults--;
          complete(waiting, "lost ");
        });
      }
    }
    if (timeSteps > 0 && timers.length > 0) {
      all.push(() => {
        timeSteps--;
        moveTime();
      });
    }
    return all;
  };

  plan.actors.forEach((nodes, actor) => {
    for (const node of nodes) start(node, actor, null);
  });
  const [taken, of]: [number[], number[]] = [[], []];
  for (let all = choices(); all.length > 0; all = choices()) {
    const choice = schedule[taken.length] ?? 0;
    taken.push(choice);
    of.push(all.length);
    if (choice >= all.length) break;
    all[choice]?.();
  }
  return { outcome: { notes, register, elapsed: now }, taken, of, keys: [], names: [], lines: [] };
};

/** Every run of a plan, by re-execution: the last choice that can be raised is raised, and what follows it is FIFO. */
async function everyRun(run: Run, plan: Plan, limit: number): Promise<Ran[] | null> {
  const all: Ran[] = [];
  let schedule: Schedule | null = [];
  while (schedule !== null) {
    if (all.length === limit) return null;
    const ran: Ran = await run(plan, schedule);
    all.push(ran);
    const { taken, of } = ran;
    const last = taken.findLastIndex((choice, step) => choice + 1 < (of[step] ?? 0));
    schedule = last < 0 ? null : [...taken.slice(0, last), (taken[last] ?? 0) + 1];
  }
  return all;
}

const LARGEST = 6;
const MOST_RUNS = 800;

/** Plans of two or three actors and up to six nodes. Node `n` hangs on an earlier node of its actor, or is a root. */
const plans: fc.Arbitrary<Plan> = fc
  .record({
    actors: fc.integer({ min: 2, max: 3 }),
    nodes: fc.array(
      fc.record({
        actor: fc.nat({ max: 2 }),
        parent: fc.nat({ max: LARGEST }),
        delay: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
        queued: fc.boolean(),
        fails: fc.boolean(),
        writes: fc.boolean(),
      }),
      { minLength: 1, maxLength: LARGEST },
    ),
    faults: fc.nat({ max: 1 }),
    timeSteps: fc.nat({ max: 1 }),
  })
  .map(({ actors, nodes, faults, timeSteps }) => {
    const made = nodes.map(({ delay, queued, fails, writes }, id) => {
      return { id, delay, queued: queued && delay === null, fails, writes, children: [] as Node[] };
    });
    const roots: Node[][] = Array.from({ length: actors }, () => []);
    nodes.forEach(({ actor, parent }, id) => {
      const [own, node] = [actor % actors, made[id] as Node];
      const possible = made.slice(0, id).filter((_earlier, at) => (nodes[at]?.actor ?? 0) % actors === own);
      const chosen = possible[parent % (possible.length + 1)];
      (chosen === undefined ? roots[own] : chosen.children)?.push(node);
    });
    return { actors: roots, faults, timeSteps };
  });

describe("the world and its twin on paper", () => {
  it("have the same schedules, in the same order, with the same outcome each", async () => {
    let [compared, most] = [0, 0];
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const paper = await everyRun(onPaper, plan, MOST_RUNS);
        fc.pre(paper !== null);
        const world = await everyRun(inTheWorld("walk"), plan, MOST_RUNS + 1);
        expect(world?.map(({ taken, of, outcome }) => ({ taken, of, outcome }))).toEqual(
          paper.map(({ taken, of, outcome }) => ({ taken, of, outcome })),
        );
        compared += paper.length;
        most = Math.max(most, paper.length);
      }),
      { seed: 1, numRuns: 60 },
    );
    // Otherwise it has shown nothing.
    expect(compared).toBeGreaterThan(1_000);
    expect(most).toBeGreaterThan(200);
  });
});

describe("a walk and the same steps one by one", () => {
  it("have the same traces, keys and outcomes", async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.array(fc.nat({ max: 20 }), { maxLength: 2 * LARGEST }), async (plan, wishes) => {
        // A schedule is what a run made of it: wishes beyond what is offered are cut down to it on paper.
        const offered = await onPaper(plan, []);
        const schedule = wishes.slice(0, offered.of.length).map((wish, step) => wish % (offered.of[step] ?? 1));
        const possible = await clipped(plan, schedule);
        expect(await inTheWorld("walk")(plan, possible)).toEqual(await inTheWorld("steps")(plan, possible));
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

/** The longest beginning of a schedule that the plan offers. */
async function clipped(plan: Plan, schedule: Schedule): Promise<Schedule> {
  const { taken, of } = await onPaper(plan, schedule);
  const departs = taken.findIndex((choice, step) => choice >= (of[step] ?? 0));
  return departs < 0 ? schedule : clipped(plan, schedule.slice(0, departs));
}

describe("equal keys", () => {
  it("stand for equal states: from there on, choices of equal names give equal ends", async () => {
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const all = await everyRun(inTheWorld("walk"), plan, MOST_RUNS);
        fc.pre(all !== null);
        // By state: what each way on from it came to, and in how many choices at each step.
        const futures = new Map<string, Map<string, string>>();
        for (const { outcome, names, of, keys } of all) {
          keys.forEach((key, step) => {
            const ways = futures.get(key) ?? new Map<string, string>();
            futures.set(key, ways);
            const way = JSON.stringify(names.slice(step + 1));
            const end = JSON.stringify([outcome, of.slice(step + 1)]);
            const known = ways.get(way);
            if (known !== undefined) merged++;
            expect(known ?? end).toBe(end);
            ways.set(way, end);
          });
        }
      }),
      { seed: 2, numRuns: 60 },
    );
    expect(merged).toBeGreaterThan(1_000);
  });
});
