/** Seconds over which a rate is taken. */
const WINDOW = 10;

/** How fast a count grows now: over the last seconds, not since the beginning, since a search finds less and less that is new. */
export class Rate {
  readonly #samples: { readonly at: number; readonly count: number }[] = [{ at: 0, count: 0 }];

  /**
   * Takes the count in.
   *
   * @param at seconds since the beginning
   * @returns how much it grows in a second
   */
  at(at: number, count: number): number {
    const newest = this.#samples.at(-1);
    if (newest === undefined || at - newest.at >= 1) this.#samples.push({ at, count });
    while (this.#samples.length > 1 && at - (this.#samples[1]?.at ?? at) >= WINDOW) this.#samples.shift();
    const oldest = this.#samples[0] ?? { at: 0, count: 0 };
    return at > oldest.at ? Math.max(0, count - oldest.count) / (at - oldest.at) : 0;
  }
}
