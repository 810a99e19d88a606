/** A statement that waited and has gone on by itself, in a step that was another's. */
export interface Move {
  /** Of its connection. */
  readonly name: string;
  /** The connections that it waited for before the step: those that it stands behind in a queue, too. */
  readonly behind: readonly string[];
  /**
   * `holds`: it has succeeded, and its transaction is open, so that nobody sees what it has done, and whoever comes upon it waits.
   * `ended`: it has failed, or its transaction is over. `waits`: it waits again.
   */
  readonly state: "holds" | "ended" | "waits";
  /** The connections that it waits for now. */
  readonly waitsFor: readonly string[];
}

/**
 * Finds two statements that one step has set free and of which the server's scheduler has decided who was first, so that another run may
 * come out otherwise. There are none where one stood behind the other already, nor where both hold what they have done and neither waits
 * for the other: then either order comes to the same.
 *
 * @example
 * ```ts
 * const [a, b] = (["a", "b"] as const).map((name) => ({ name, behind: ["c"], state: "holds" as const, waitsFor: [] }));
 * leftToChance([a, b]); // null
 * leftToChance([a, { ...b, state: "waits", waitsFor: ["a"] }])?.length; // 2
 * leftToChance([a, { ...b, behind: ["a"], state: "waits", waitsFor: ["a"] }]); // null
 * ```
 */
export function leftToChance(moves: readonly Move[]): readonly [Move, Move] | null {
  for (const [index, one] of moves.entries()) {
    for (const other of moves.slice(index + 1)) {
      if (one.behind.includes(other.name) || other.behind.includes(one.name)) continue;
      const hasEnded = one.state === "ended" || other.state === "ended";
      if (hasEnded || one.waitsFor.includes(other.name) || other.waitsFor.includes(one.name)) return [one, other];
    }
  }
  return null;
}
