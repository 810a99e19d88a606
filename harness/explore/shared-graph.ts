import type { Coverage } from "./explorer.ts";
import { interleavingsFrom, type SharedEdge, type SharedState } from "./state-graph.ts";

/** What the shares of an exhaustive search know together. */
export class SharedGraph {
  readonly #states = new Map<string, readonly SharedEdge[]>();

  /** Takes in what one share knows. What two of them know of one choice is the same. */
  add(states: readonly SharedState[]): void {
    for (const { key, edges } of states) {
      const before = this.#states.get(key);
      this.#states.set(
        key,
        edges.map((edge, place) => (edge.to === undefined ? (before?.[place] ?? edge) : edge)),
      );
    }
  }

  get keys(): ReadonlySet<string> {
    return new Set(this.#states.keys());
  }

  /**
   * What has been seen of all there is. It is complete where every choice of every state has been followed.
   *
   * @param start the key of the state at the start; null while nobody has been there
   * @param depth steps of the longest run
   */
  coverage(start: string | null, depth: number): Coverage {
    const edges = [...this.#states.values()].flat();
    const transitions = edges.filter(({ to }) => to !== undefined).length;
    const complete = start !== null && transitions === edges.length && edges.every(({ to }) => to == null || this.#states.has(to));
    const interleavings = complete ? interleavingsFrom(start, this.#states) : null;
    return { complete, states: this.#states.size, transitions, depth, interleavings };
  }
}
