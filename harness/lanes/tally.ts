import { hash } from "node:crypto";
import type { CellResult } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import { type Run, traceHash } from "./run.ts";

const MODULUS = 2n ** 256n;

/** What a cell's schedules add up to: the same whether they ran one after another, or in parts that are then taken together. */
export class Tally {
  /** In the order in which they were first passed through. */
  readonly states = new Set<string>();
  readonly reached = new Set<string>();
  /** See {@link CellResult.growth}. */
  readonly #growth: [schedules: number, states: number][] = [];
  /** How many states each schedule was the first to pass through. */
  readonly #found: number[] = [];
  readonly #from: number;
  schedules = 0;
  /** States that the explorer has told apart, where it looks at them itself. */
  explored = 0;
  /** States that there were after the schedule before. */
  #before = 0;
  #hash = 0n;
  #min = 0;
  #max = 0;
  #sum = 0;

  /** @param from the number of the first schedule */
  constructor(from = 0) {
    this.#from = from;
  }

  /** Counts a run, whose states stand in {@link states} already. */
  add(run: Run): void {
    this.#measure(run.steps, run.steps, run.steps);
    // What a run that was cut off has in common with another is in that one's trace. Its number makes the sum depend on the order.
    if (!run.cut) this.#count(BigInt(`0x${hash("sha256", `${this.#from + this.schedules} ${traceHash(run.trace)}`)}`));
    for (const mark of run.reached) this.reached.add(mark);
    this.#next();
  }

  /** Counts the next part. */
  absorb(part: Part): void {
    if (part.schedules > 0) this.#measure(part.steps.min, part.steps.max, part.steps.sum);
    this.#count(BigInt(`0x${part.traceHash}`));
    for (const mark of part.reached) this.reached.add(mark);
    let at = 0;
    for (const found of part.found) {
      for (const state of part.states.slice(at, at + found)) this.states.add(state);
      at += found;
      this.#next();
      this.grown();
    }
  }

  /** Called once the states of a schedule have been told apart; an explorer's audits are schedules, too, and no step of its growth. */
  grown(): void {
    const [last] = this.#growth.at(-1) ?? [0];
    if (this.schedules >= 2 * last) this.#growth.push([this.schedules, this.seen]);
  }

  /** States told apart so far, by whoever tells them apart. */
  get seen(): number {
    return Math.max(this.explored, this.states.size);
  }

  get steps(): CellResult["steps"] {
    return { min: this.#min, mean: this.schedules === 0 ? 0 : Math.round((this.#sum / this.schedules) * 10) / 10, max: this.#max };
  }

  get traceHash(): string {
    return this.#hash.toString(16).padStart(64, "0");
  }

  /** @param states how many there are in the end */
  growth(states: number): CellResult["growth"] {
    return [...this.#growth.filter(([schedules]) => schedules < this.schedules), [this.schedules, states]];
  }

  /** All of it as plain data, for {@link absorb}. */
  asPart(): Omit<Part, "failure" | "smaller" | "error" | "interrupted" | "durationMs"> {
    return {
      ...{ from: this.#from, schedules: this.schedules },
      steps: { min: this.#min, max: this.#max, sum: this.#sum },
      traceHash: this.traceHash,
      reached: [...this.reached],
      states: [...this.states],
      found: this.#found,
    };
  }

  #next(): void {
    this.schedules++;
    this.#found.push(this.states.size - this.#before);
    this.#before = this.states.size;
  }

  #measure(min: number, max: number, sum: number): void {
    this.#min = this.schedules === 0 ? min : Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#sum += sum;
  }

  #count(summand: bigint): void {
    this.#hash = (this.#hash + summand) % MODULUS;
  }
}
