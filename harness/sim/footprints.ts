import type { Footprint } from "../model/program.ts";
import type { Actor } from "./actor.ts";

/**
 * The heap of whoever is no isolate: the scenario awaits what its browsers do, changes the issuer by calling it, and the monitors
 * listen to all of them, in no message that could be seen.
 */
const OUTSIDE = "all but the isolates";

/** What the step that is being taken reads and changes. */
export class Footprints {
  #actor: Actor | null = null;
  #reads: string[] = [];
  #writes: string[] = [];
  #isAnything = false;

  /** A step begins, in which an actor goes on. */
  begin(actor: Actor): void {
    this.#actor = actor;
    // In every step of every run: what is empty already is left alone.
    if (this.#reads.length > 0) this.#reads = [];
    if (this.#writes.length > 0) this.#writes = [];
    this.#isAnything = false;
  }

  /** The step reads something that others may change. */
  read(what: string): void {
    this.#reads.push(what);
  }

  /** The step changes something that others may read. */
  write(what: string): void {
    this.#writes.push(what);
  }

  /** The step tells somebody who is no isolate, without a message. */
  tell(): void {
    this.#writes.push(OUTSIDE);
  }

  /** The step depends on anything, or anything on it. */
  anything(): void {
    this.#isAnything = true;
  }

  /** Of the last step; null where it may be anything. */
  last(): Footprint | null {
    if (this.#isAnything || this.#actor === null) return null;
    const heap = this.#actor.kind === "isolate" ? this.#actor.name : OUTSIDE;
    return { reads: [...new Set(this.#reads)], writes: [...new Set([heap, ...this.#writes])] };
  }
}
