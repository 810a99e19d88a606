import { auditMerge, auditSkip } from "./audit.ts";
import { closeDiamonds } from "./diamonds.ts";
import type { Coverage, Explorer, Search } from "./explorer.ts";
import { type Branch, StateGraph, scheduleOf } from "./state-graph.ts";

/** So many merges of a search are audited first, and then one in {@link MERGES_EVERY}; and as many skipped steps, which cost less. */
const AUDITED_FIRST = 30;
const MERGES_EVERY = 100;
const SKIPS_EVERY = 20;

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
    const graph = new StateGraph();
    const left: (Branch | null)[] = [null];
    const merges = new Sample(MERGES_EVERY);
    const skips = new Sample(SKIPS_EVERY);
    let [runs, depth] = [0, 0];
    const bounded = () => coverage(graph, false, depth);
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
    while (left.length > 0 && runs < search.schedules) {
      const branch = left.pop() ?? null;
      if (branch !== null) {
        if (!(await auditSkipped(closeLate(graph, branch)))) return bounded();
        if (graph.edge(branch.from, branch.edge).to !== undefined) continue;
      }
      runs++;
      const { merged, schedule, violated, skipped } = await follow(search, graph, branch, left);
      depth = Math.max(depth, schedule.length);
      search.onStates?.(graph.states, left.length);
      if (violated) return bounded();
      if (merged !== null && merges.takes()) {
        const audit = () => auditMerge(search, schedule, graph.scheduleTo(merged), merges.seen);
        if (!(await isContent(2, audit))) return bounded();
      }
      if (!(await auditSkipped(skipped))) return bounded();
    }
    return coverage(graph, left.length === 0, depth);
  },
};

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
async function follow({ run }: Search, graph: StateGraph, branch: Branch | null, left: (Branch | null)[]): Promise<Followed> {
  const prefix = scheduleOf(branch?.way ?? null);
  const skipped: Branch[] = [];
  let steps = 0;
  let last = branch;
  let merged: number | null = null;
  const { schedule, violated } = await run((program) => {
    if (steps < prefix.length) return prefix[steps++] as number;
    const footprint = program.footprint();
    const state = program.state();
    const known = graph.find(state.key);
    const id = known ?? graph.add(state, last);
    if (last !== null) {
      graph.follow(last, id, footprint === null ? null : { footprint, key: state.own.key, next: graph.edgesByName(id, state) });
      skipped.push(...closeDiamonds(graph, last));
    }
    last = null;
    if (known !== undefined) {
      merged = known;
      return null;
    }
    const [first, ...others] = graph.open(id);
    left.push(...others.reverse());
    last = first ?? null;
    return first?.way.choice ?? null;
  });
  if (last !== null) graph.follow(last, null);
  return { merged, schedule, violated, skipped };
}

function coverage(graph: StateGraph, complete: boolean, depth: number): Coverage {
  const { states, transitions } = graph;
  return { complete, states, transitions, depth, interleavings: complete ? graph.interleavings() : null };
}
