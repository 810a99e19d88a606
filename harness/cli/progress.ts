import type { CellProgress } from "../lanes/search-cell.ts";
import type { CellResult, CellSpec } from "../model/cell.ts";
import { sizeOf } from "./cell-size.ts";
import { Rate } from "./rate.ts";
import { StatusLine, timeLeft } from "./status-line.ts";

/** How far a run of cells is: how many, how fast, and what is left. */
export class Progress {
  readonly #total: number;
  readonly #line: StatusLine;
  readonly #running = new Map<CellSpec, CellProgress>();
  /** Cells without a result yet. */
  readonly #left: Set<CellSpec>;
  readonly #schedulesRate = new Rate();
  readonly #statesRate = new Rate();
  #schedules = 0;
  #states = 0;
  /** Of what is done, see {@link sizeOf}. */
  #size = 0;

  constructor(specs: readonly CellSpec[], stream: NodeJS.WriteStream) {
    this.#total = specs.length;
    this.#left = new Set(specs);
    this.#line = new StatusLine(stream, (seconds) => this.#parts(seconds));
  }

  running(spec: CellSpec, progress: CellProgress): void {
    this.#running.set(spec, progress);
    this.#line.changed();
  }

  done(spec: CellSpec, { result }: { readonly result: Pick<CellResult, "schedules" | "states"> }): void {
    this.#running.delete(spec);
    this.#left.delete(spec);
    this.#schedules += result.schedules;
    this.#states += result.states;
    this.#size += sizeOf(spec);
    this.#line.changed(this.#left.size === 0);
  }

  /** Says something else, in a line of its own. */
  interject(words: string): void {
    this.#line.interject(words);
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    this.#line.clear();
  }

  #parts(seconds: number): readonly string[] {
    const running = [...this.#running.values()];
    const schedules = running.reduce((sum, one) => sum + one.schedules, this.#schedules);
    const states = running.reduce((sum, one) => sum + one.states, this.#states);
    const perSecond = (rate: Rate, count: number) => `${rounded(rate.at(seconds, count))}/s`;
    return [
      `${this.#total - this.#left.size}/${this.#total} cells`,
      ...this.#end(seconds),
      `${rounded(schedules)} schedules, ${perSecond(this.#schedulesRate, schedules)}`,
      `${rounded(states)} states, ${perSecond(this.#statesRate, states)}`,
    ];
  }

  /** When all will be done, if that can be told: nobody knows how many states an exhaustive search will find. */
  #end(seconds: number): readonly string[] {
    const left = [...this.#left];
    if (left.some(({ explore }) => explore === "exhaustive")) {
      const branches = [...this.#running.values()].reduce((sum, one) => sum + (one.branches ?? 0), 0);
      return branches === 0 ? [] : [`${rounded(branches)} branches left`];
    }
    const sizes = left.map((spec) => ({ whole: sizeOf(spec), part: (this.#running.get(spec)?.schedules ?? 0) / spec.schedules }));
    const done = sizes.reduce((sum, { whole, part }) => sum + whole * part, this.#size);
    const rest = sizes.reduce((sum, { whole, part }) => sum + whole * (1 - part), 0);
    return timeLeft(done, done + rest, seconds);
  }
}

function rounded(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
