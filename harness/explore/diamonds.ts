import type { Footprint } from "../model/program.ts";
import type { Branch, StateGraph } from "./state-graph.ts";

/**
 * Two steps that touch nothing in common lead to one state in either order. So where three sides of such a diamond have been followed,
 * the fourth is known without a run: from `s`, first `a` and then `b` led to `t`; `b` leads to `s2`; so `a` leads from there to `t`.
 *
 * Sleep sets (Godefroid, "Using Partial Orders to Improve Automatic Verification Methods", CAV 1990) leave the fourth side out for the
 * same reason. Here it stays a part of the graph, so that states and orders are counted in full.
 *
 * @param followed a branch that has been followed, whose diamonds are looked at
 * @returns the sides that have become known by this, each with its schedule
 */
export function closeDiamonds(graph: StateGraph, followed: Branch): readonly Branch[] {
  const { from, edge } = followed;
  const closed: Branch[] = [];
  for (const other of graph.edges(from).keys()) {
    if (other === edge) continue;
    const side = fourthSide(graph, from, other, edge);
    if (side !== null) closed.push(side);
  }
  return closed;
}

/** Follows `a` after `b`, if `b` after `a` is known. */
function fourthSide(graph: StateGraph, from: number, a: number, b: number): Branch | null {
  const [first, second] = [graph.edge(from, a), graph.edge(from, b)];
  if (typeof first.to !== "number" || typeof second.to !== "number" || first.step === null || second.step === null) return null;
  if (!commute(first.step.footprint, second.step.footprint)) return null;
  const [then, side] = [first.step.next.get(second.name), second.step.next.get(first.name)];
  if (then === undefined || side === undefined || graph.edge(second.to, side).to !== undefined) return null;
  const { to, step, name } = graph.edge(first.to, then);
  // Where a run has ended, perhaps at a violation, is no state.
  if (typeof to !== "number") return null;
  const branch = graph.branch(second.to, side);
  // Names without symmetry mean the same only in states that are the same without symmetry.
  const isSame =
    first.step.key === graph.keyOf(first.to) &&
    second.step.key === graph.keyOf(second.to) &&
    second.name === name &&
    first.name === graph.edge(second.to, side).name;
  graph.follow(branch, to, isSame && step !== null ? { ...step, footprint: first.step.footprint } : null);
  return branch;
}

function commute(a: Footprint, b: Footprint): boolean {
  const isFree = (names: readonly string[], of: readonly string[]) => !names.some((name) => of.includes(name));
  return isFree(a.writes, b.writes) && isFree(a.writes, b.reads) && isFree(a.reads, b.writes);
}
