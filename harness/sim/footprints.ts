import type { Footprint } from "../model/program.ts";
import type { Actor } from "./actor.ts";

/**
 * The heap of whoever is no isolate: the scenario awaits what its browsers do, changes the issuer by calling it, and the monitors
 * listen to all of them, in no message that could be seen.
 */
const OUTSIDE = "all but the isolates";

/** What the step that is being taken reads and changes. */
export class Footprints {
  #reads = new Set<string>();
  #writes = new Set<string>();
  #isAnything = false;

  /** A step begins, in which an actor goes on. */
  begin(actor: Actor): void {
    this.#reads.clear();
    this.#writes.clear();
    this.#isAnything = false;
    this.#writes.add(actor.kind === "isolate" ? actor.name : OUTSIDE);
  }

  /** The step reads something that others may change. */
  read(what: string): void {
    this.#reads.add(what);
  }

  /** The step changes something that others may read. */
  write(what: string): void {
    this.#writes.add(what);
  }

  /** The step tells somebody who is no isolate, without a message. */
  tell(): void {
    this.#writes.add(OUTSIDE);
  }

  /** The step depends on anything, or anything on it. */
  anything(): void {
    this.#isAnything = true;
  }

  /** Of the last step; null where it may be anything. */
  last(): Footprint | null {
    return this.#isAnything ? null : { reads: [...this.#reads], writes: [...this.#writes] };
  }
}
