import type { CellReport, CellSpec } from "../model/cell.ts";

/** A terminal is redrawn at most this often, in milliseconds. */
const REDRAW_EVERY = 100;

/** One line on a terminal that says how far a run is; silent where there is no terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #total: number;
  readonly #running = new Map<CellSpec, number>();
  readonly #began = performance.now();
  #cells = 0;
  #schedules = 0;
  #drawn = 0;

  constructor(total: number, stream: NodeJS.WriteStream) {
    this.#total = total;
    this.#stream = stream;
  }

  running(spec: CellSpec, schedules: number): void {
    this.#running.set(spec, schedules);
    this.#draw(spec);
  }

  done(spec: CellSpec, { result }: CellReport): void {
    this.#running.delete(spec);
    this.#cells++;
    this.#schedules += result.schedules;
    this.#draw(spec);
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[2K");
  }

  #draw(spec: CellSpec): void {
    const now = performance.now();
    if (!this.#stream.isTTY || (now - this.#drawn < REDRAW_EVERY && this.#cells < this.#total)) return;
    this.#drawn = now;
    const schedules = [...this.#running.values()].reduce((sum, count) => sum + count, this.#schedules);
    const seconds = (now - this.#began) / 1000;
    const line = `${this.#cells}/${this.#total} cells · ${schedules} schedules · ${Math.round(schedules / seconds)}/s · ${seconds.toFixed(0)} s · ${spec.target} ${spec.strategy}, ${spec.profile}`;
    this.#stream.write(`\r\x1b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}
