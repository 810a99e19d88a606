import type { TraceEntry } from "../model/trace.ts";
import type { Operation } from "./operation.ts";

interface Step {
  readonly at: number;
  readonly kind: string;
  readonly operation: Operation | null;
  readonly label: string | null;
  readonly choice: number;
  readonly of: number;
  /** Null until there is one. */
  events: string[] | null;
}

/**
 * The canonical record of a run, or of its end where that is very long. Labels are rendered only when somebody reads them; secrets appear by name, so the
 * trace and its hash are the same on every machine.
 */
export class Trace {
  readonly #steps: Step[] = [];
  readonly #before: string[] = [];
  readonly #began: number;
  readonly #window: number;
  /** How many of the first steps are forgotten. */
  #forgotten = 0;

  /** @param window at least so many of the last steps are kept */
  constructor(began: number, window = Number.POSITIVE_INFINITY) {
    this.#began = began;
    this.#window = window;
  }

  /** How many steps there were, forgotten ones included. */
  get length(): number {
    return this.#forgotten + this.#steps.length;
  }

  add(at: number, kind: string, operation: Operation | null, label: string | null, choice: number, of: number): void {
    this.#steps.push({ at, kind, operation, label, choice, of, events: null });
    // Not one by one, which would move all that stay each time.
    if (this.#steps.length >= 2 * this.#window) this.#forgotten += this.#steps.splice(0, this.#steps.length - this.#window).length;
  }

  /** Notes what happened in the current step. */
  note(sentence: string): void {
    const step = this.#steps.at(-1);
    if (step === undefined) this.#before.push(sentence);
    else if (step.events === null) step.events = [sentence];
    else step.events.push(sentence);
  }

  entries(): TraceEntry[] {
    return this.#steps.map((step, index) => ({
      step: this.#forgotten + index + 1,
      at: step.at - this.#began,
      kind: step.kind,
      from: step.operation?.from?.name ?? null,
      to: step.operation?.to.name ?? "clock",
      label: step.label ?? step.operation?.describe() ?? "",
      choice: step.choice,
      of: step.of,
      events: step.events ?? [],
    }));
  }

  /** All that the messages brought, a text a step: what lines leave out. It contains secrets, and is only ever hashed. */
  payloads(): string[] {
    return this.#steps.map(({ operation }) => operation?.payload?.() ?? "");
  }

  /** One line a step, and one for each of its events: what a trace hash is computed from. */
  lines(): string[] {
    return this.#steps.map(({ at, kind, operation, label, choice, of, events }, index) => {
      const to = operation?.to.name ?? "clock";
      const route = operation === null || operation.from === null ? to : `${operation.from.name}>${to}`;
      const line = `${this.#forgotten + index + 1} ${at - this.#began} ${kind} ${route} ${label ?? operation?.describe() ?? ""} ${choice}/${of}`;
      return events === null ? line : `${line}\n  ${events.join("\n  ")}`;
    });
  }
}
