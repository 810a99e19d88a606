/** One thing that can happen next. */
export interface Choice {
  /** `request`, `hang-up`, `response`, `timer`, `crypto`, `statement`, `task`, `choice`, `time`, or `fault:<name>`. */
  readonly kind: string;
  /** The actor that it resumes, for instance `isolate-1`. */
  readonly actor: string;
  /** The piece of work that it is part of, for instance `ada/load-3`; null outside of any. */
  readonly task: string | null;
  /** One line without secrets, for instance `GET / load 3 [RT F1.g0]`. */
  readonly label: string;
}

/**
 * All that an explorer sees of a run. Choice 0 is always the FIFO choice.
 * An explorer knows nothing of auth, HTTP or time, so anything that has this shape can be searched.
 */
export interface Program {
  /** What can happen next; empty when the run has ended. The array is valid until the next step. */
  enabled(): readonly Choice[];
  /** Lets choice `index` happen and everything that follows from it until nothing more can run. */
  step(index: number): Promise<void>;
  /** Equal keys stand for equal states: from there on, choices of equal names lead to equal states. */
  key(): string;
  /** The key up to symmetry, which tells fewer states apart, and what the choices are called in its terms. */
  state(): StateKey;
  /** What the last step has read and changed; null where that may be anything. */
  footprint(): Footprint | null;
}

/**
 * What a step has read and changed, by names of the program's own. Two steps of which neither changes what the other reads or changes
 * lead to one state in either order, and each does the same in both.
 */
export interface Footprint {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A state as searches compare it. */
export interface StateKey {
  readonly key: string;
  /**
   * One for each of `enabled()`. In states of one key the same names are enabled, in whatever order, and lead to equal states; so
   * do two choices of one name.
   */
  readonly choices: readonly string[];
  /** Both as this very run has them, without symmetry: a choice that still waits later has the same name there. */
  readonly own: { readonly key: string; readonly choices: readonly string[] };
}

/** The choices of one run, one a step. Trailing zeros are left out: FIFO is what happens when nothing is said. */
export type Schedule = readonly number[];
