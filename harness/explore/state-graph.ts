import type { Footprint, Schedule, StateKey } from "../model/program.ts";

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

/** What is known of a step from a state, beyond where it leads. */
export interface Step {
  readonly footprint: Footprint;
  /** The state to which it leads as it is by this way, without symmetry. */
  readonly key: string;
  /** What can be chosen there, by its name by this way: which edge of the state it is. */
  readonly next: ReadonlyMap<string, number>;
}

interface Edge {
  /** Which of the state's choices stands for it, and its name without symmetry, by the way that led to the state first. */
  readonly choice: number;
  readonly name: string;
  /** How many choices of the state are this one by another name. */
  readonly count: number;
  /** Undefined while it is not known; null when the run ends there. */
  to: number | null | undefined;
  step: Step | null;
}

interface State {
  /** Without symmetry, by the way that led there first. */
  readonly key: string;
  readonly edges: Edge[];
  /** The places of its edges, in the order of their names. */
  readonly order: readonly number[];
  /** How it was first reached: null at the start. */
  readonly way: Way | null;
  /** Which branch that was; null at the start, and where others followed it. */
  readonly by: Branch | null;
}

/** A state as others may know it, too: what it is called does not depend on the way that led to it. */
export interface SharedState {
  readonly key: string;
  /** In the order of their names. */
  readonly edges: readonly SharedEdge[];
}

export interface SharedEdge {
  /** How many choices of the state are this one by another name. */
  readonly alike: number;
  /** The key of the state to which it leads, null where the run ends there; left out while nobody knows. */
  readonly to?: string | null;
}

/** What a search that merges equal states knows: the states, and which choice of which state leads where. */
export class StateGraph {
  readonly #ids = new Map<string, number>();
  readonly #states: State[] = [];
  /** By their ids. */
  readonly #keys: string[] = [];
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

  /**
   * A state seen for the first time.
   *
   * @param by the branch that led to it; null at the start, and where others followed it
   * @param way how it was reached, where no branch says so
   */
  add({ key, choices, own }: StateKey, by: Branch | null, way: Way | null = by?.way ?? null): number {
    const counts = new Map<string, { choice: number; count: number }>();
    for (const [choice, name] of choices.entries()) {
      const known = counts.get(name);
      if (known === undefined) counts.set(name, { choice, count: 1 });
      else known.count++;
    }
    const names = [...counts.keys()];
    const order = names.map((_, edge) => edge).sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
    const edges = [...counts.values()].map(({ choice, count }) => ({
      ...{ choice, count, name: own.choices[choice] as string },
      ...{ to: undefined, step: null },
    }));
    this.#ids.set(key, this.#states.length);
    this.#keys.push(key);
    return this.#states.push({ key: own.key, edges, order, way, by }) - 1;
  }

  /** The distinct choices of a state of which nobody knows yet where they lead, in order. */
  open(id: number): Branch[] {
    return this.#state(id).edges.flatMap(({ to }, edge) => (to === undefined ? [this.branch(id, edge)] : []));
  }

  /** One of the distinct choices of a state. */
  branch(id: number, edge: number): Branch {
    const before = this.#state(id).way;
    return { from: id, edge, way: { before, choice: this.edge(id, edge).choice, length: (before?.length ?? 0) + 1 } };
  }

  /** The branch that a choice of a state is, by the name that it has by this way. */
  branchOf(id: number, state: StateKey, choice: number): Branch {
    return this.branch(id, this.edgesByName(id, state).get(state.own.choices[choice] as string) as number);
  }

  /** Says where a branch leads; null: to the end of the run. */
  follow({ from, edge }: Branch, to: number | null, step: Step | null = null): void {
    const taken = this.edge(from, edge);
    if (taken.to !== undefined) return;
    taken.to = to;
    taken.step = step;
    this.#transitions++;
  }

  edges(id: number): readonly Readonly<Edge>[] {
    return this.#state(id).edges;
  }

  edge(id: number, edge: number): Edge {
    return this.#state(id).edges[edge] as Edge;
  }

  /** The key of a state without symmetry, by the way that led there first. */
  keyOf(id: number): string {
    return this.#state(id).key;
  }

  /** The branch that led to a state first; null at the start. */
  discovery(id: number): Branch | null {
    return this.#state(id).by;
  }

  /** Which of a state's edges each choice is, by its own name, also where the state was reached by another way. */
  edgesByName(id: number, { choices, own }: StateKey): Map<string, number> {
    const names = [...new Set(choices)].sort((a, b) => (a < b ? -1 : 1));
    const { order } = this.#state(id);
    const edges = new Map(names.map((name, place) => [name, order[place] as number]));
    return new Map(choices.map((name, choice) => [own.choices[choice] as string, edges.get(name) as number]));
  }

  /** The schedule that led to a state first. */
  scheduleTo(id: number): Schedule {
    return scheduleOf(this.#state(id).way);
  }

  /** The key of a state. */
  sharedKeyOf(id: number): string {
    return this.#keys[id] as string;
  }

  /** All states, as others may know them. */
  shared(): SharedState[] {
    return this.#states.map(({ edges, order }, id) => ({
      key: this.sharedKeyOf(id),
      edges: order.map((place) => {
        const { count, to } = edges[place] as Edge;
        return { alike: count, ...(to === undefined ? {} : { to: to === null ? null : this.sharedKeyOf(to) }) };
      }),
    }));
  }

  /** How many schedules there are from the start, which was added first, to an end; null as in {@link interleavingsFrom}. */
  interleavings(): bigint | null {
    const [start] = this.#keys;
    return start === undefined ? 1n : interleavingsFrom(start, new Map(this.shared().map(({ key, edges }) => [key, edges])));
  }

  #state(id: number): State {
    return this.#states[id] as State;
  }
}

/** The choices of a way, from the start. */
export function scheduleOf(way: Way | null): number[] {
  const schedule: number[] = [];
  for (let at = way; at !== null; at = at.before) schedule.push(at.choice);
  return schedule.reverse();
}

/** The branch that a schedule ends with. */
export function wayOf(schedule: Schedule): Way | null {
  return schedule.reduce((before: Way | null, choice) => ({ before, choice, length: (before?.length ?? 0) + 1 }), null);
}

/**
 * How many schedules there are from a state to an end.
 *
 * @returns null where some choice was not followed or a run can come back to where it was
 */
export function interleavingsFrom(start: string, states: ReadonlyMap<string, readonly SharedEdge[]>): bigint | null {
  const counts = new Map<string, bigint>();
  // Not recursive: a run may be longer than a stack is deep.
  const stack = [start];
  const open = new Set<string>();
  while (stack.length > 0) {
    const key = stack.at(-1) as string;
    const edges = states.get(key);
    if (edges === undefined) return null;
    const next = edges.flatMap(({ to }) => (typeof to === "string" && !counts.has(to) ? [to] : []));
    if (edges.some(({ to }) => to === undefined) || next.some((to) => open.has(to))) return null;
    if (next.length > 0 && !open.has(key)) {
      open.add(key);
      stack.push(...new Set(next));
      continue;
    }
    stack.pop();
    open.delete(key);
    let sum = 0n;
    for (const { alike, to } of edges) sum += BigInt(alike) * (typeof to === "string" ? (counts.get(to) ?? 0n) : 1n);
    counts.set(key, sum);
  }
  return counts.get(start) ?? null;
}
