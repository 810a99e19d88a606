import { createHash } from "node:crypto";
import type { EventBody } from "../../model/event.ts";
import type { TraceEntry } from "../../model/trace.ts";
import type { Monitors } from "../monitors.ts";

/** A message on its way, or something that happens. */
export interface Moment {
  /** As in {@link TraceEntry.kind}. */
  readonly kind: string;
  readonly from: string | null;
  readonly to: string;
  readonly label: string;
}

/** What one item of the plan has seen, in the order in which it was seen. */
export class Recording {
  readonly #monitors: Monitors;
  readonly #began: number;
  readonly #trace: TraceEntry[] = [];
  readonly #seen: EventBody[] = [];

  /** @param began milliseconds since the epoch */
  constructor(monitors: Monitors, began: number) {
    this.#monitors = monitors;
    this.#began = began;
  }

  /** Something begins; what is told from now on happens with it. */
  moment({ kind, from, to, label }: Moment): void {
    this.#trace.push({ step: this.#trace.length + 1, at: this.#sinceItBegan(), kind, from, to, label, choice: 0, of: 0, events: [] });
  }

  emit(event: EventBody): void {
    this.#seen.push(event);
    const entry = this.#trace.at(-1);
    const told = this.#monitors.on({ ...event, step: this.#trace.length, at: Date.now() });
    if (told !== null && entry !== undefined) this.#trace[this.#trace.length - 1] = { ...entry, events: [...entry.events, told] };
  }

  get steps(): number {
    return this.#trace.length;
  }

  /** What happened up to a step. */
  upTo(step: number): readonly TraceEntry[] {
    return this.#trace.slice(0, step);
  }

  /** Everything that the monitors were told. */
  get seen(): readonly EventBody[] {
    return this.#seen;
  }

  /** In tenths of a second: between two messages of one burst, the clock is not worth a line. */
  #sinceItBegan(): number {
    return Math.floor((Date.now() - this.#began) / 100) * 100;
  }

  /** SHA-256 over what was seen. No two live runs are alike, and this says which one a report is of. */
  hash(): string {
    return createHash("sha256").update(JSON.stringify(this.#trace)).digest("hex");
  }
}
