import type { Actor } from "./actor.ts";
import type { Choices } from "./choices.ts";
import { Histories } from "./histories.ts";
import type { Names } from "./names.ts";
import { type Operation, type Ready, TimeMove } from "./operation.ts";
import type { Queues } from "./queues.ts";
import { type Item, NO_SYMMETRY, type Parts, type Symmetry } from "./state-key.ts";
import type { Timers } from "./timers.ts";

/** What a world's state is made of, for its key: what is pending or timed, what isolates have received, and what others watch. */
export class StateParts {
  readonly histories: Histories;
  readonly #names: Names;
  readonly #choices: Choices;
  readonly #queues: Queues;
  readonly #timers: Timers;
  readonly #isCanonical: boolean;
  readonly #texts = new WeakMap<Operation, string>();
  readonly #watched: (() => unknown)[] = [];
  readonly #work: ((actor: string, task: string) => boolean)[] = [];
  #symmetry: () => Symmetry = () => NO_SYMMETRY;

  /** @param isCanonical whether keys leave random bytes out, which merges more states and takes time */
  constructor(names: Names, choices: Choices, queues: Queues, timers: Timers, isCanonical: boolean) {
    this.#names = names;
    this.#choices = choices;
    this.#queues = queues;
    this.#timers = timers;
    this.#isCanonical = isCanonical;
    this.histories = new Histories(!isCanonical);
  }

  watchState(state: () => unknown): void {
    this.#watched.push(state);
  }

  watchWork(isAtWork: (actor: string, task: string) => boolean): void {
    this.#work.push(isAtWork);
  }

  watchSymmetry(symmetry: () => Symmetry): void {
    this.#symmetry = symmetry;
  }

  /** What may be exchanged in the present state. */
  get symmetry(): Symmetry {
    return this.#symmetry();
  }

  /** A text as keys have it. */
  canonical(text: string): string {
    return this.#isCanonical ? this.#names.canonical(text) : text;
  }

  /** An operation happens: its actor receives all that it brings. */
  receive(ready: Ready, at: number): void {
    const { kind, to, task } = ready.operation;
    // Now, and not when somebody asks for a key: by then the same task may be at it again.
    const begins = kind === "request" && task !== null && !this.#isAtWork(to.name, task);
    this.histories.receive({ actor: to, task, at, begins, text: () => this.#received(ready) });
  }

  #received({ operation, fault }: Ready): string {
    return `${fault?.name ?? ""} ${this.#textOf(operation)} ${this.canonical(operation.outcome?.() ?? "")}`;
  }

  /** What a pending operation brings has changed. */
  alter(operation: Operation): void {
    this.#texts.delete(operation);
  }

  /** An actor's heap is gone, and nobody is behind what it has sent. */
  kill(actor: Actor): void {
    for (const { operation } of this.#choices.ready) if (operation.from === actor) this.alter(operation);
    this.histories.forget(actor);
  }

  /**
   * @param now milliseconds since the epoch
   * @param played nobody waits for timers any more
   * @param choices those that are to be named; nobody who counts states needs any
   */
  parts(now: number, played: boolean, choices: readonly (Ready | TimeMove)[]): Parts {
    const pending = this.#choices.ready.map((ready) => this.#item(ready));
    const queued = this.#queues.waiting().map(({ operation, place }): Item => {
      return { task: operation.task, text: `behind ${place} ${this.#textOf(operation)}` };
    });
    const timers = this.#timers.waiting().map(({ context: { actor, task }, ordinal, due, later }): Item => {
      const what = later === null ? "" : this.#textOf(later);
      return { task, text: `timer ${actor.name} ${task} ${ordinal} +${due - now} ${what}` };
    });
    const histories = this.histories.items((actor, task) => this.#isAtWork(actor, task));
    const watched = this.#watched.map((one) => one());
    return {
      rest: [[now, played, this.#choices.budgets()], this.histories.memories(), ...watched],
      items: [...pending, ...queued, ...timers, ...histories],
      choices: choices.map((choice) => (choice instanceof TimeMove ? { task: null, text: "time" } : this.#item(choice))),
    };
  }

  #item({ operation, fault }: Ready): Item {
    return { task: operation.task, text: `${fault?.name ?? ""} ${fault?.detail ?? ""} ${this.#textOf(operation)}` };
  }

  /** Stands for an operation and all that it brings. */
  #textOf(operation: Operation): string {
    let text = this.#texts.get(operation);
    if (text === undefined) {
      const { kind, to, task, describe, payload } = operation;
      text = this.canonical(`${kind} ${to.name} ${task} ${payload?.call(operation) ?? describe.call(operation)}`);
      this.#texts.set(operation, text);
    }
    return text;
  }

  #isAtWork(actor: string, task: string): boolean {
    // Whoever has sent a response has done with it.
    const concerns = ({ kind, from, to }: Operation) =>
      // A request that has not arrived is nothing to its server yet.
      (to.name === actor && kind !== "request") || (kind !== "response" && from?.name === actor);
    return (
      this.#work.some((isAtWork) => isAtWork(actor, task)) ||
      this.#choices.ready.some(({ operation }) => operation.task === task && concerns(operation)) ||
      this.#queues.waiting().some(({ operation }) => operation.task === task && concerns(operation)) ||
      this.#timers.waiting().some(({ context }) => context.actor.name === actor && context.task === task)
    );
  }
}
