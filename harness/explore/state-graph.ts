import type { Schedule } from "../model/program.ts";

/** A way to a state: the schedule that led there first, kept as its last choice and the way before it. */
export interface Way {
  readonly before: Way | null;
  readonly choice: number;
  readonly length: number;
}

/** A choice of a state that is not yet taken. */
export interface Branch {
  readonly from: number;
  /** Which of the state's distinct choices it is. */
  readonly edge: number;
  readonly way: Way;
}

interface Edge {
  /** How many choices of the state are this one by another name. */
  readonly count: number;
  /** Undefined while it has not been followed; null when the run ends there. */
  to: number | null | undefined;
}

interface State {
  readonly edges: Edge[];
  /** How it was first reached; null at the start. */
  readonly way: Way | null;
}

/** What a search that merges equal states knows: the states, and which choice of which state leads where. */
export class StateGraph {
  readonly #ids = new Map<string, number>();
  readonly #states: State[] = [];
  #transitions = 0;

  get states(): number {
    return this.#states.length;
  }

  get transitions(): number {
    return this.#transitions;
  }

  /** The state of this key, if it was seen before. */
  find(key: string): number | undefined {
    return this.#ids.get(key);
  }

  /** A state seen for the first time, with the branches of its distinct choices in order. */
  add(key: string, choices: readonly string[], way: Way | null): { id: number; branches: Branch[] } {
    const id = this.#states.length;
    const counts = new Map<string, { first: number; count: number }>();
    for (const [index, name] of choices.entries()) {
      const known = counts.get(name);
      if (known === undefined) counts.set(name, { first: index, count: 1 });
      else known.count++;
    }
    const distinct = [...counts.values()];
    this.#ids.set(key, id);
    this.#states.push({ edges: distinct.map(({ count }) => ({ count, to: undefined })), way });
    const branches = distinct.map(({ first }, edge) => ({
      from: id,
      edge,
      way: { before: way, choice: first, length: (way?.length ?? 0) + 1 },
    }));
    return { id, branches };
  }

  /** Says where a branch led; null: to the end of the run. */
  follow({ from, edge }: Branch, to: number | null): void {
    const taken = this.#states[from]?.edges[edge];
    if (taken === undefined || taken.to !== undefined) return;
    taken.to = to;
    this.#transitions++;
  }

  /** The schedule that led to a state first. */
  scheduleTo(id: number): Schedule {
    return scheduleOf(this.#states[id]?.way ?? null);
  }

  /** How many schedules there are from the start to an end; null where some choice was not followed or a run can come back to where it was. */
  interleavings(): bigint | null {
    const counts = new Map<number, bigint>();
    // Not recursive: a run may be longer than a stack is deep.
    const stack = this.#states.length === 0 ? [] : [0];
    const open = new Set<number>();
    while (stack.length > 0) {
      const id = stack.at(-1) as number;
      const { edges } = this.#states[id] as State;
      const next = edges.map(({ to }) => to).filter((to) => typeof to === "number" && !counts.has(to)) as number[];
      if (edges.some(({ to }) => to === undefined) || next.some((to) => open.has(to))) return null;
      if (next.length > 0 && !open.has(id)) {
        open.add(id);
        stack.push(...new Set(next));
        continue;
      }
      stack.pop();
      open.delete(id);
      let sum = 0n;
      for (const { count, to } of edges) sum += BigInt(count) * (to === null ? 1n : (counts.get(to as number) ?? 0n));
      counts.set(id, sum);
    }
    return counts.get(0) ?? 1n;
  }
}

/** The choices of a way, from the start. */
export function scheduleOf(way: Way | null): number[] {
  const schedule: number[] = [];
  for (let at = way; at !== null; at = at.before) schedule.push(at.choice);
  return schedule.reverse();
}
