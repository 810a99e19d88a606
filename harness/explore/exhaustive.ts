import { auditMerge } from "./audit.ts";
import type { Coverage, Explorer, Search } from "./explorer.ts";
import { type Branch, StateGraph, scheduleOf } from "./state-graph.ts";

/** So many merges of a search are audited first, and then one in {@link AUDIT_EVERY}. */
const AUDITED_FIRST = 30;
const AUDIT_EVERY = 100;

/**
 * Every order of events, depth first: stateless search by re-execution from the start (Godefroid, "Model Checking for Programming
 * Languages using VeriSoft", POPL 1997), which yet remembers the keys of the states it has seen and cuts a run off where it comes
 * to one again. Where VeriSoft reduces by persistent and sleep sets, this one merges: monitors tell orders of independent events
 * apart, which makes them dependent, and the key of a state has the monitors in it.
 *
 * Choices of one name are followed once, since they lead to equal states: that is how symmetry pays. A sample of the merges is
 * audited, see {@link auditMerge}.
 */
export const exhaustive: Explorer = {
  name: "exhaustive",
  describe: "every order of events, equal states merged: complete when the budget lasts",
  readsStates: true,
  async search(search) {
    const graph = new StateGraph();
    const left: (Branch | null)[] = [null];
    let [runs, merges, depth] = [0, 0, 0];
    while (left.length > 0 && runs < search.schedules) {
      const branch = left.pop() ?? null;
      runs++;
      const { merged, schedule, violated } = await follow(search, graph, branch, left);
      depth = Math.max(depth, schedule.length);
      search.onStates?.(graph.states, left.length);
      if (violated) return coverage(graph, false, depth);
      if (merged === null) continue;
      merges++;
      if (merges > AUDITED_FIRST && merges % AUDIT_EVERY !== 0) continue;
      // What could not be audited is not proved.
      if (runs + 2 > search.schedules) return coverage(graph, false, depth);
      runs += 2;
      if (await auditMerge(search, schedule, graph.scheduleTo(merged), merges)) return coverage(graph, false, depth);
    }
    return coverage(graph, left.length === 0, depth);
  },
};

interface Followed {
  /** The state with which the run was merged; null when it came to its end. */
  readonly merged: number | null;
  readonly schedule: readonly number[];
  readonly violated: boolean;
}

/** One run: to a branch, and from there by first choices to its end or to a state that was seen before. */
async function follow({ run }: Search, graph: StateGraph, branch: Branch | null, left: (Branch | null)[]): Promise<Followed> {
  const prefix = scheduleOf(branch?.way ?? null);
  let steps = 0;
  let last = branch;
  let merged: number | null = null;
  const { schedule, violated } = await run((program) => {
    if (steps < prefix.length) return prefix[steps++] as number;
    const { key, choices } = program.state();
    const known = graph.find(key);
    if (known !== undefined) {
      if (last !== null) graph.follow(last, known);
      merged = known;
      return null;
    }
    const { id, branches } = graph.add(key, choices, last?.way ?? null);
    if (last !== null) graph.follow(last, id);
    const [first, ...others] = branches;
    last = first ?? null;
    left.push(...others.reverse());
    return first?.way.choice ?? null;
  });
  if (merged === null && last !== null) graph.follow(last, null);
  return { merged, schedule, violated };
}

function coverage(graph: StateGraph, complete: boolean, depth: number): Coverage {
  const { states, transitions } = graph;
  return { complete, states, transitions, depth, interleavings: complete ? graph.interleavings() : null };
}
