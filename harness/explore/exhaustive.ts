import type { Schedule } from "../model/program.ts";
import { auditMerge, auditSkip } from "./audit.ts";
import { closeDiamonds } from "./diamonds.ts";
import type { Explorer, Search } from "./explorer.ts";
import { type Branch, type SharedState, StateGraph, scheduleOf, type Way, wayOf } from "./state-graph.ts";

/** So many merges of a search are audited first, and then one in {@link MERGES_EVERY}; and as many skipped steps, which cost less. */
const AUDITED_FIRST = 30;
const MERGES_EVERY = 100;
const SKIPS_EVERY = 20;

/** Where a search begins, and what it need not look at. */
export interface Share {
  /** Schedules that end with a choice nobody has followed yet; the empty one is the start of everything. */
  readonly branches: readonly Schedule[];
  /** Keys of states whose choices others follow. */
  readonly known: ReadonlySet<string>;
}

/** What a share came to. All shares together have every state, and each of its choices followed. */
export interface ShareResult {
  /** The key of the state at the start of everything; null where the share did not begin there. */
  readonly start: string | null;
  readonly states: readonly SharedState[];
  /** Branches that are left for others. */
  readonly left: readonly Schedule[];
  /** Steps of the longest run. */
  readonly depth: number;
}

/**
 * Every order of events, depth first: stateless search by re-execution from the start (Godefroid, "Model Checking for Programming
 * Languages using VeriSoft", POPL 1997), which yet remembers the keys of the states it has seen and cuts a run off where it comes
 * to one again. Where VeriSoft reduces by persistent and sleep sets, this one merges: monitors tell orders of independent events
 * apart, which makes them dependent, and the key of a state has the monitors in it.
 *
 * Choices of one name are followed once, since they lead to equal states: that is how symmetry pays. Where two steps touch nothing in
 * common, one of the two orders is not run, see {@link closeDiamonds}. A sample of both is audited, see audit.ts.
 */
export const exhaustive: Explorer = {
  name: "exhaustive",
  describe: "every order of events, equal states merged: complete when the budget lasts",
  readsStates: true,
  async search(search) {
    const { graph, left, depth } = await explore(search, { branches: [[]], known: new Set() }, () => false);
    const { states, transitions } = graph;
    const complete = left.length === 0;
    return { complete, states, transitions, depth, interleavings: complete ? graph.interleavings() : null };
  },
};

/**
 * A part of the same search: from some branches on, up to states that others look at. Which states there are and where their choices
 * lead is the same however a search is shared; how many runs it takes is not, since those who work at the same time do not know of
 * each other. Merges with states that others have found are not audited.
 *
 * @param isOver asked before each run whether to leave the rest to others
 */
export async function searchShare(search: Search, share: Share, isOver: () => boolean): Promise<ShareResult> {
  const { graph, left, depth } = await explore(search, share, isOver);
  const start = share.branches.some(({ length }) => length === 0) && graph.states > 0 ? graph.sharedKeyOf(0) : null;
  return { start, states: graph.shared(), left: left.map(({ way }) => scheduleOf(way)), depth };
}

/** A branch of this search, or one that others have left: only its schedule is known. Without a way it is the start. */
type Left = Branch | { readonly from: null; readonly way: Way | null };

/** @returns what is left in the end, also because of a violation, or of what could not be audited */
async function explore(
  search: Search,
  { branches, known }: Share,
  isOver: () => boolean,
): Promise<{ readonly graph: StateGraph; readonly left: readonly Left[]; readonly depth: number }> {
  const graph = new StateGraph();
  const left: Left[] = branches.map((schedule) => ({ from: null, way: wayOf(schedule) })).reverse();
  const merges = new Sample(MERGES_EVERY);
  const skips = new Sample(SKIPS_EVERY);
  let [runs, depth] = [0, 0];
  /** Whether the search may go on: what could not be audited is not proved, and an audit may come to a violation. */
  const isContent = async (cost: number, audit: () => Promise<boolean>): Promise<boolean> => {
    if (runs + cost > search.schedules) return false;
    runs += cost;
    return !(await audit());
  };
  const auditSkipped = async (skipped: readonly Branch[]): Promise<boolean> => {
    for (const { from, edge, way } of skipped) {
      const isThere = (key: string) => graph.find(key) === graph.edge(from, edge).to;
      if (skips.takes() && !(await isContent(1, () => auditSkip(search, scheduleOf(way), isThere)))) return false;
    }
    return true;
  };
  while (left.length > 0 && runs < search.schedules && !isOver()) {
    const branch = left.pop() as Left;
    const ended = () => ({ graph, left: [...left, branch], depth });
    if (branch.from !== null) {
      if (!(await auditSkipped(closeLate(graph, branch)))) return ended();
      if (graph.edge(branch.from, branch.edge).to !== undefined) continue;
    }
    runs++;
    const { merged, schedule, violated, skipped } = await follow(search, graph, branch, known, left);
    depth = Math.max(depth, schedule.length);
    search.onStates?.(graph.states, left.length);
    if (violated) return ended();
    if (merged !== null && merges.takes()) {
      const audit = () => auditMerge(search, schedule, graph.scheduleTo(merged), merges.seen);
      if (!(await isContent(2, audit))) return ended();
    }
    if (!(await auditSkipped(skipped))) return ended();
  }
  return { graph, left, depth };
}

/** Which of many things are audited. */
class Sample {
  readonly #every: number;
  seen = 0;

  constructor(every: number) {
    this.#every = every;
  }

  takes(): boolean {
    this.seen++;
    return this.seen <= AUDITED_FIRST || this.seen % this.#every === 0;
  }
}

/** Closes the diamonds of a branch that was put aside, which may have become possible meanwhile. */
function closeLate(graph: StateGraph, { from, edge }: Branch): readonly Branch[] {
  const discovery = graph.discovery(from);
  return graph.edge(from, edge).to === undefined && discovery !== null ? closeDiamonds(graph, discovery) : [];
}

interface Followed {
  /** The state with which the run was merged; null when it came to its end. */
  readonly merged: number | null;
  readonly schedule: readonly number[];
  readonly violated: boolean;
  /** What became known without being run. */
  readonly skipped: readonly Branch[];
}

/** One run: to a branch, and from there by first choices to its end or to where all is known. */
async function follow({ run }: Search, graph: StateGraph, branch: Left, known: ReadonlySet<string>, left: Left[]): Promise<Followed> {
  const prefix = scheduleOf(branch.way);
  const skipped: Branch[] = [];
  let steps = 0;
  let last: Branch | null = branch.from === null ? null : branch;
  let merged: number | null = null;
  const { schedule, violated } = await run((program) => {
    if (steps < prefix.length) {
      const choice = prefix[steps++] as number;
      // Where others have left a branch, its state is one of theirs.
      if (branch.from === null && steps === prefix.length) {
        const state = program.state();
        last = graph.branchOf(graph.find(state.key) ?? graph.add(state, null, branch.way?.before), state, choice);
      }
      return choice;
    }
    const footprint = program.footprint();
    const state = program.state();
    const before = graph.find(state.key);
    const id = before ?? graph.add(state, last);
    if (last !== null) {
      graph.follow(last, id, footprint === null ? null : { footprint, key: state.own.key, next: graph.edgesByName(id, state) });
      skipped.push(...closeDiamonds(graph, last));
    }
    last = null;
    if (before !== undefined) merged = id;
    if (before !== undefined || known.has(state.key)) return null;
    const [first, ...others] = graph.open(id);
    left.push(...others.reverse());
    last = first ?? null;
    return first?.way.choice ?? null;
  });
  if (last !== null) graph.follow(last, null);
  return { merged, schedule, violated, skipped };
}
