import type { Actor } from "./actor.ts";
import type { FaultOutcome, Operation } from "./operation.ts";
import { Ready, TimeMove } from "./operation.ts";
import type { Timers } from "./timers.ts";

/** A fault that befalls an actor. `operation` says what it is called and to whom it happens. */
export interface Mishap {
  readonly operation: Operation;
  readonly outcome: FaultOutcome;
}

/** What can happen next in a world: whatever is pending, and while granted, faults and time moves as far as their budgets go. */
export class Choices {
  readonly #timers: Timers;
  readonly #faults: Map<string, number>;
  readonly #ready: Ready[] = [];
  readonly #deadlines: (() => readonly number[])[] = [];
  readonly #mishaps: (() => readonly Mishap[])[] = [];
  /** How many of those that are pending can happen in several ways. */
  #withWays = 0;
  /** Actors that nothing reaches for now. */
  readonly #asleep = new Set<Actor>();
  #timeSteps: number;
  #granted = false;

  /** @param timeSteps how often time may move while something is pending */
  constructor(timers: Timers, faults: Readonly<Record<string, number>>, timeSteps: number) {
    this.#timers = timers;
    this.#faults = new Map(Object.entries(faults));
    this.#timeSteps = timeSteps;
  }

  /** Whatever is pending, in the order in which it was submitted. */
  get ready(): readonly Ready[] {
    return this.#ready;
  }

  submit(operation: Operation): void {
    this.#ready.push(new Ready(operation));
    if (operation.ways !== undefined) this.#withWays++;
  }

  withdraw(operation: Operation): void {
    // A loop, because this is done in every step of every run.
    for (let index = 0; index < this.#ready.length; index++) {
      if (this.#ready[index]?.operation !== operation) continue;
      this.#ready.splice(index, 1);
      if (operation.ways !== undefined) this.#withWays--;
      return;
    }
  }

  /** Whether what is pending for an actor can happen. It stays pending while it cannot. */
  attend(actor: Actor, isAwake: boolean): void {
    if (isAwake) this.#asleep.delete(actor);
    else this.#asleep.add(actor);
  }

  grant(granted: boolean): void {
    this.#granted = granted;
  }

  watchMishaps(mishaps: () => readonly Mishap[]): void {
    this.#mishaps.push(mishaps);
  }

  watchDeadlines(deadlines: () => readonly number[]): void {
    this.#deadlines.push(deadlines);
  }

  /**
   * All of them, FIFO's first.
   *
   * @param now milliseconds since the epoch
   * @param played nobody waits for timers any more
   */
  enabled(now: number, played: boolean): readonly (Ready | TimeMove)[] {
    const pending = this.#awake();
    if (pending.length === 0) {
      if (played) return [];
      const next = this.#timers.next();
      return next === null ? [] : [new TimeMove(now, next)];
    }
    const ready = this.#withWays > 0 ? pending.flatMap(waysOf) : pending;
    if (!this.#granted) return ready;
    const moved = this.#timeSteps > 0 ? this.#nextDeadline(now) : null;
    if (moved === null && this.#faults.size === 0) return ready;
    const choices: (Ready | TimeMove)[] = [...ready];
    for (const { operation } of pending) {
      for (const fault of operation.faults ?? []) if (this.#isLeft(fault.name)) choices.push(new Ready(operation, fault));
    }
    for (const mishap of this.#mishaps.flatMap((mishaps) => mishaps())) {
      if (this.#isLeft(mishap.outcome.name)) choices.push(new Ready(mishap.operation, mishap.outcome));
    }
    if (moved !== null) choices.push(new TimeMove(now, moved));
    return choices;
  }

  /** Time moves: a step of its budget, unless there was nothing else to do. */
  spendTime(): void {
    if (this.#awake().length > 0) this.#timeSteps--;
  }

  spendFault(name: string): void {
    this.#faults.set(name, (this.#faults.get(name) ?? 0) - 1);
  }

  /** What is left to spend, and who sleeps, for the key of a state. */
  budgets(): readonly unknown[] {
    const asleep = [...this.#asleep].map(({ name }) => name).sort();
    return [[...this.#faults], this.#timeSteps, this.#granted, ...(asleep.length === 0 ? [] : [asleep])];
  }

  #awake(): readonly Ready[] {
    return this.#asleep.size === 0 ? this.#ready : this.#ready.filter(({ operation }) => !this.#asleep.has(operation.to));
  }

  #isLeft(fault: string): boolean {
    return (this.#faults.get(fault) ?? 0) > 0;
  }

  #nextDeadline(now: number): number | null {
    const moments = this.#deadlines.flatMap((deadlines) => deadlines()).filter((moment) => moment > now);
    const timer = this.#timers.next();
    if (timer !== null) moments.push(timer);
    return moments.length === 0 ? null : Math.min(...moments);
  }
}

function waysOf({ operation }: Ready): Ready[] {
  return (operation.ways ?? [null]).map((way) => new Ready(operation, way));
}
