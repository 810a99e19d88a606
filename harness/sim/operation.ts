import type { Choice } from "../model/program.ts";
import type { Actor } from "./actor.ts";

export type OperationKind = "request" | "hang-up" | "response" | "timer" | "crypto" | "statement" | "task";

/** Another way for an operation to end, offered to the explorer while its budget lasts. */
export interface FaultOutcome {
  readonly name: string;
  /** Tells it from other outcomes of that name. */
  readonly detail?: string;
  complete(): void;
}

/** Anything an actor awaits from outside. Completing it resumes `to`. */
export interface Operation {
  readonly kind: OperationKind;
  readonly from: Actor | null;
  readonly to: Actor;
  /** The piece of work that it is part of, for instance a page load; null outside of any. */
  readonly task: string | null;
  /** Read only when a trace is rendered or a state is keyed, so it may be costly. */
  describe(): string;
  /** All that it brings, for the key of a state; the description alone may leave things out. */
  payload?(): string;
  /** Resolves what the actor awaits. Must not throw. */
  complete(): void;
  readonly faults?: readonly FaultOutcome[];
  /** The only ways in which it can happen, where there are several. */
  readonly ways?: readonly FaultOutcome[];
  /** What came of it, known once it has completed: a statement's result depends on more than the statement. */
  outcome?(): string;
  /** Told when its actor was killed before it could happen. */
  abandoned?(): void;
}

/** An operation that can happen now, as an explorer sees it. */
export class Ready implements Choice {
  readonly operation: Operation;
  readonly fault: FaultOutcome | null;
  constructor(operation: Operation, fault: FaultOutcome | null = null) {
    this.operation = operation;
    this.fault = fault;
  }

  get kind(): string {
    if (this.fault === null) return this.operation.kind;
    return this.operation.ways === undefined ? `fault:${this.fault.name}` : "choice";
  }

  get actor(): string {
    return this.operation.to.name;
  }

  get task(): string | null {
    return this.operation.task;
  }

  get label(): string {
    return this.operation.ways === undefined ? this.operation.describe() : (this.fault?.name ?? "");
  }
}

/** The choice to let time pass. */
export class TimeMove implements Choice {
  readonly kind = "time";
  readonly actor = "clock";
  readonly task = null;
  readonly to: number;
  readonly #from: number;

  constructor(from: number, to: number) {
    this.#from = from;
    this.to = to;
  }

  get label(): string {
    return `time passes: ${(this.to - this.#from) / 1000} s`;
  }
}
