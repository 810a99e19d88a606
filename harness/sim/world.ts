import type { Granularity } from "../model/cell.ts";
import { type ErrorCode, HoldfastError } from "../model/error.ts";
import type { Footprint, Program, StateKey } from "../model/program.ts";
import type { Actor, ActorKind } from "./actor.ts";
import { Choices, type Mishap } from "./choices.ts";
import { type Context, contexts, type Fetcher, type Host, stepping } from "./context.ts";
import { SyncCrypto, UnsupportedCrypto } from "./crypto.ts";
import { drain, drainAgain, drainNow, inMacrotask } from "./drain.ts";
import { installFacades } from "./facades.ts";
import { Footprints } from "./footprints.ts";
import { InFlight } from "./in-flight.ts";
import { Names } from "./names.ts";
import { type Operation, type Ready, TimeMove } from "./operation.ts";
import { Queues } from "./queues.ts";
import { Randomness } from "./randomness.ts";
import { plainKey, type Symmetry, stateKey } from "./state-key.ts";
import { StateParts } from "./state-parts.ts";
import { Timers, type VirtualTimer } from "./timers.ts";
import { Trace } from "./trace.ts";

// Before any target can be imported: a target may capture a global while it loads.
installFacades();

export interface WorldOptions {
  /** Seed of the data (ids, salts, IVs). The same in every schedule of a search, so that crypto can be memoised. */
  readonly seed: string;
  /** The moment at which it begins, milliseconds since the epoch. */
  readonly epoch: number;
  readonly crypto: Granularity;
  /** A run of more steps than this is stopped. */
  readonly stepLimit: number;
  /** How often time may move while something is in flight and it is granted; 0 keeps it still until only timers are left. */
  readonly timeSteps: number;
  /** Budgets by fault name, to be used while granted. */
  readonly faults: Readonly<Record<string, number>>;
  /** Whether keys leave random bytes out, which merges more states and takes time: unless this is false. */
  readonly canonicalKeys?: boolean;
  /** Time moves by itself, and nothing else is a choice: see {@link Timing}. */
  readonly timing?: Timing;
}

/**
 * A timed world: every operation takes its time, and the earliest happens next. It may go on for weeks, so it remembers little: no
 * states, since nobody compares any, and of its trace the end.
 */
export interface Timing {
  /** Milliseconds, with fractions, from when an operation is sent until it happens. Asked once for each. */
  readonly latency: (operation: Operation) => number;
  /** The trace keeps at least so many of the last steps. */
  readonly traceWindow: number;
}

/**
 * One deterministic run: clock, randomness, pending operations, actors. It knows nothing of auth.
 *
 * @example
 * ```ts
 * const world = new World({ seed: "s", epoch: 0, crypto: "inline", stepLimit: 100, timeSteps: 0, faults: {} });
 * const script = world.actor("script", "script");
 * world.play(script, async () => { await world.until(5_000, script); });
 * while (world.enabled().length > 0) await world.step(0);
 * world.now(); // 5000
 * ```
 */
export class World implements Program, Host {
  readonly names = new Names();
  readonly trace: Trace;
  readonly randomness: Randomness;
  /** Whatever actors share, and no message brings, says here that a step has read or changed it. */
  readonly footprints = new Footprints();
  /** Where `fetch` goes; set by the network. */
  fetcher: Fetcher | null = null;

  readonly #options: WorldOptions;
  readonly #timers = new Timers();
  readonly #inFlight = new InFlight();
  readonly #choices: Choices;
  /** WebCrypto results, where they come in the order in which they were asked for. */
  readonly #results = new Queues((operation) => this.submit(operation));
  readonly #state: StateParts;
  /** By timer: its operation, from its moment on. */
  readonly #due = new Map<number, Operation>();
  readonly #crypto = new Map<Actor, SyncCrypto>();
  readonly #ordinals = new Map<string, number>();
  /** With fractions in a timed world. */
  #now: number;
  #played = false;
  #failure: HoldfastError | null = null;
  #closed = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#now = options.epoch;
    this.#choices = new Choices(this.#timers, options.faults, options.timeSteps);
    this.#state = new StateParts(this.names, this.#choices, this.#results, this.#timers, options.canonicalKeys !== false);
    this.trace = new Trace(options.epoch, options.timing?.traceWindow);
    this.randomness = new Randomness(options.seed);
  }

  actor(name: string, kind: ActorKind): Actor {
    return { name, kind };
  }

  /** Whole milliseconds since the epoch, as clocks show them. */
  now(): number {
    return Math.floor(this.#now);
  }

  /** A text as keys have it. */
  canonical(text: string): string {
    return this.#state.canonical(text);
  }

  /** How many steps were taken. */
  get steps(): number {
    return this.trace.length;
  }

  /** Runs `code` as an actor: all that it starts is known to be that actor's. */
  as<T>(actor: Actor, task: string | null, code: () => T): T {
    return contexts.run({ world: this, actor, task }, code);
  }

  /** Starts what the run is about. The run is over once it has settled and nothing is in flight. */
  play(actor: Actor, script: () => Promise<void>): void {
    this.as(actor, null, script).then(
      () => {
        this.#played = true;
      },
      (error: unknown) => {
        this.#failure ??=
          error instanceof HoldfastError
            ? error
            : new HoldfastError("TARGET_CRASHED", `the scenario itself failed: ${String(error)}`, "mend the scenario", { cause: error });
      },
    );
  }

  /** While granted, the faults and time moves of the options are choices; before and after, nothing fails by choice. */
  grant(granted: boolean): void {
    this.#choices.grant(granted);
  }

  /** Whether anything reaches an actor: of what comes while it is not awake, nothing happens before it is. */
  attend(actor: Actor, isAwake: boolean): void {
    this.#choices.attend(actor, isAwake);
  }

  /** An operation that can happen from now on. */
  submit(operation: Operation): void {
    this.#assertOpen(`a ${operation.kind} was sent to ${operation.to.name}`);
    const latency = this.#options.timing?.latency(operation) ?? 0;
    if (latency > 0) this.#inFlight.send(operation, this.#now + latency);
    else this.#choices.submit(operation);
  }

  /**
   * Lets the explorer decide between several ways to go on, as it decides what happens next.
   *
   * @param options what each way is called; the first is FIFO's
   * @returns the index of the way taken
   */
  decide(actor: Actor, task: string | null, options: readonly string[]): Promise<number> {
    return new Promise((resolve) => {
      const ways = options.map((name, index) => ({ name, complete: () => resolve(index) }));
      const describe = () => describeTask("a choice", task);
      this.submit({ kind: "task", from: null, to: actor, task, describe, payload: () => "a choice", complete: () => {}, ways });
    });
  }

  /** Takes an operation back that has not happened: its actor gave up waiting. */
  withdraw(operation: Operation): void {
    if (this.#inFlight.take(operation) === null) this.#choices.withdraw(operation);
  }

  /** What a pending operation brings has changed. */
  alter(operation: Operation): void {
    this.#state.alter(operation);
    // What waits is now another thing: whoever was to receive it depends on this.
    this.footprints.anything();
  }

  /**
   * An operation that can happen from a moment on; at once when it has passed.
   *
   * @returns takes it back, see {@link World.withdraw}
   */
  submitAt(context: Context, moment: number, operation: Operation): () => void {
    if (moment <= this.now()) this.submit(operation);
    else {
      this.#assertOpen(`a ${operation.kind} of ${operation.to.name} was put off`);
      // Without a number: nobody should see later whether it had to wait, and the operation itself tells it from others.
      const timer = this.#timers.create(0, context, this.now(), moment - this.now(), false, () => {});
      timer.later = operation;
      return () => {
        this.#timers.cancel(timer.id);
        this.withdraw(operation);
      };
    }
    return () => this.withdraw(operation);
  }

  /** An actor loses its heap: of all that it awaits, nothing will ever resume it. Requests to it that are on their way stay there. */
  kill(actor: Actor): void {
    for (const operation of [...this.#choices.ready.map((ready) => ready.operation), ...this.#inFlight.operations]) {
      if (operation.to !== actor || operation.kind === "request") continue;
      this.withdraw(operation);
      operation.abandoned?.();
    }
    this.#results.forget(actor);
    this.#timers.cancelOf(actor);
    this.#state.kill(actor);
  }

  /** Faults that befall an actor and no message; offered like any other while granted and while the budget lasts. */
  watchMishaps(mishaps: () => readonly Mishap[]): void {
    this.#choices.watchMishaps(mishaps);
  }

  /** Waits until a moment; at once when it has passed. */
  async until(moment: number, actor: Actor): Promise<void> {
    if (moment <= this.now()) return;
    await new Promise<void>((resolve) => {
      const ordinal = this.ordinal(actor, null);
      this.#timers.create(ordinal, { world: this, actor, task: null }, this.now(), moment - this.now(), false, resolve);
    });
  }

  /** Moments at which something changes its meaning: time choices move to the next of these or of the timers. */
  watchDeadlines(deadlines: () => readonly number[]): void {
    this.#choices.watchDeadlines(deadlines);
  }

  /** Says whether an actor, by name, still works at a piece of work, beyond what is pending or timed for it. */
  watchWork(isAtWork: (actor: string, task: string) => boolean): void {
    this.#state.watchWork(isAtWork);
  }

  /**
   * An actor's requests share nothing but this memory, plain data without random bytes: states in which it is equal, and every
   * unfinished request has received the same, are then one state, in whatever order the requests came. Whether that is so is
   * audited by the search that relies on it.
   */
  declareMemory(actor: Actor, memory: () => unknown): void {
    this.#state.histories.declare(actor, memory);
  }

  /** Pieces of work that differ in nothing but their names, by class: see {@link stateKey}. */
  watchSymmetry(symmetry: () => Symmetry): void {
    this.#state.watchSymmetry(symmetry);
  }

  /** Adds plain data to the key of a state. */
  watchState(state: () => unknown): void {
    this.#state.watchState(state);
  }

  /**
   * Numbers what a piece of an actor's work awaits. Two timers of the same delay or two equal requests look alike, but
   * what goes on when one of them completes does not: without a number their states would share a key.
   */
  ordinal(actor: Actor, task: string | null): number {
    if (this.#options.timing !== undefined) return 0;
    const owner = `${actor.name} ${task}`;
    const ordinal = (this.#ordinals.get(owner) ?? 0) + 1;
    this.#ordinals.set(owner, ordinal);
    return ordinal;
  }

  startTimer(context: Context, callback: () => void, delay: number, repeat: boolean): VirtualTimer {
    this.#assertOpen("a timer was started");
    return this.#timers.create(this.ordinal(context.actor, context.task), context, this.now(), delay, repeat, callback);
  }

  /** A `setImmediate`: due at once, and so an operation like any other, without any time that passes. */
  startImmediate(context: Context, callback: () => void): VirtualTimer {
    this.#assertOpen("an immediate was started");
    const timer = this.#timers.create(this.ordinal(context.actor, context.task), context, this.now(), 0, false, callback);
    this.#timers.cancel(timer.id);
    this.#deliver(timer, "an immediate");
    return timer;
  }

  cancelTimer(id: number): void {
    this.#timers.cancel(id);
    // A timer that fired on the clock but was not yet delivered can still be called off.
    const due = this.#due.get(id);
    if (due !== undefined) this.withdraw(due);
  }

  /** WebCrypto for an actor. `ordered` and `interleaved` make each result an operation of its own, for isolates only. */
  crypto<T>(context: Context, what: string, compute: (crypto: SyncCrypto) => T): Promise<T> {
    this.#assertOpen(`crypto.subtle.${what} was called`);
    let crypto = this.#crypto.get(context.actor);
    if (crypto === undefined) {
      crypto = new SyncCrypto(this.names, (length) => this.randomness.bytes(context.actor.name, length));
      this.#crypto.set(context.actor, crypto);
    }
    let settle: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void;
    try {
      // Not as the actor: what Node allocates for this is the harness's own, and no escape of the target.
      const value = contexts.exit(() => compute(crypto));
      settle = (resolve) => resolve(value);
    } catch (error) {
      if (error instanceof UnsupportedCrypto)
        throw this.fail(
          "ESCAPED",
          `${context.actor.name}: ${error.message}`,
          "use RS256, EdDSA, HMAC, AES-GCM, AES-CBC, PBKDF2 or HKDF in simulations",
        );
      settle = (_resolve, reject) => reject(error);
    }
    return new Promise<T>((resolve, reject) => {
      if (this.#options.crypto === "inline" || context.actor.kind !== "isolate") settle(resolve, reject);
      else {
        const ordinal = this.ordinal(context.actor, context.task);
        const operation: Operation = {
          kind: "crypto",
          from: null,
          to: context.actor,
          task: context.task,
          describe: () => describeTask(what, context.task),
          payload: () => `${what} ${ordinal}`,
          complete: () => settle(resolve, reject),
        };
        if (this.#options.crypto === "ordered") this.#results.add(operation);
        else this.submit(operation);
      }
    });
  }

  /** Records the first thing that keeps the harness from vouching for this run; `step` then throws it. */
  fail(code: ErrorCode, message: string, hint: string, cause?: unknown): HoldfastError {
    const failure = new HoldfastError(code, message, hint, { cause });
    this.#failure ??= failure;
    return failure;
  }

  enabled(): readonly (Ready | TimeMove)[] {
    const next = this.#choices.ready.length === 0 ? this.#inFlight.next() : null;
    if (next !== null && next.arrives <= (this.#timers.next() ?? Number.POSITIVE_INFINITY)) return [next.ready];
    return this.#choices.enabled(this.now(), this.#played && this.#inFlight.size === 0);
  }

  async step(index: number): Promise<void> {
    this.#take(index);
    await this.#drain();
  }

  /**
   * Steps until nothing is enabled any more or `done` says so, several times as fast as step by step: the whole walk is
   * one macrotask where Node allows it, what starts by itself before the first step included. Errors have no stacks meanwhile unless they are asked for: clients make many an error
   * that nobody looks at, and a stack costs more than all the rest of it.
   *
   * @param choose an index into `enabled()`, or null to stop here; asked once a step
   * @param done asked after each step
   */
  walk(choose: () => number | null, done: () => boolean, withStacks = false): Promise<void> {
    return new Promise((resolve, reject) => {
      inMacrotask(() => {
        const { stackTraceLimit } = Error;
        stepping.world = this;
        try {
          if (!drainNow()) {
            resolve(this.#walkSlowly(choose, done));
            return;
          }
          this.#throwFailure();
          for (let choices = this.enabled(); choices.length > 0; choices = this.enabled()) {
            const choice = choose();
            if (choice === null) break;
            if (!withStacks) Error.stackTraceLimit = 0;
            this.#take(choice, choices);
            drainAgain();
            Error.stackTraceLimit = stackTraceLimit;
            this.#throwFailure();
            if (done()) break;
          }
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          stepping.world = null;
          Error.stackTraceLimit = stackTraceLimit;
        }
      });
    });
  }

  /** Step by step, where they cannot be drained at once. */
  async #walkSlowly(choose: () => number | null, done: () => boolean): Promise<void> {
    await this.#drain();
    while (this.enabled().length > 0) {
      const choice = choose();
      if (choice === null) return;
      await this.step(choice);
      if (done()) return;
    }
  }

  #take(index: number, choices = this.enabled()): void {
    const choice = choices[index];
    if (choice === undefined) {
      throw new HoldfastError(
        "REPLAY_DEPARTED",
        `step ${this.steps + 1}: expected a choice below ${choices.length}, got ${index}`,
        "the code or the scenario now does other things than when the schedule was recorded, so this order of events no longer exists: search again with `holdfast run`",
      );
    }
    if (this.steps >= this.#options.stepLimit) {
      throw new HoldfastError(
        "STEP_LIMIT",
        `the run took ${this.#options.stepLimit} steps without ending; next would be: ${choice.kind} ${choice.actor} ${choice.label}`,
        "look for a loop that waits for nothing, or raise the limit",
      );
    }
    if (choice instanceof TimeMove) this.#moveTime(choice, index, choices.length);
    else this.#complete(choice, index, choices.length);
  }

  /** Drains what starts by itself before the first step. */
  async open(): Promise<void> {
    await this.#drain();
  }

  /** True when the script has settled and nothing is in flight. */
  get ended(): boolean {
    return this.#played && this.#choices.ready.length === 0 && this.#inFlight.size === 0;
  }

  /** Says so when nothing can happen although the script still waits. `blocked` are the things it waits for. */
  deadlock(blocked: readonly string[]): HoldfastError {
    return new HoldfastError(
      "DEADLOCK",
      `after ${this.steps} ${this.steps === 1 ? "step" : "steps"} nothing can happen any more, but these still wait: ${blocked.length > 0 ? blocked.join("; ") : "the scenario"}`,
      "a handler that never answers, a promise that nobody settles, or a lock that nobody frees",
    );
  }

  /** Code of this world that runs after this is told so, instead of reaching into the next one. */
  close(): void {
    this.#closed = true;
  }

  /** True once the run is over for good. */
  get closed(): boolean {
    return this.#closed;
  }

  key(): string {
    this.#assertUntimed();
    return plainKey(this.#state.parts(this.#now, this.#played, []));
  }

  state(): StateKey {
    this.#assertUntimed();
    return stateKey(this.#state.parts(this.#now, this.#played, this.enabled()), this.#state.symmetry);
  }

  footprint(): Footprint | null {
    return this.footprints.last();
  }

  #moveTime(move: TimeMove, choice: number, of: number): void {
    this.footprints.anything();
    this.#choices.spendTime();
    this.trace.add(this.now(), "time", null, move.label, choice, of);
    this.#now = move.to;
    for (const timer of this.#timers.take(move.to)) {
      if (timer.later === null) this.#deliver(timer, `a timer of ${timer.delay} ms`);
      else this.submit(timer.later);
    }
  }

  #deliver(timer: VirtualTimer, what: string): void {
    const operation: Operation = {
      kind: "timer",
      from: null,
      to: timer.context.actor,
      task: timer.context.task,
      describe: () => describeTask(what, timer.context.task),
      payload: () => `${timer.ordinal}`,
      complete: () => this.#fire(timer),
    };
    this.#due.set(timer.id, operation);
    this.submit(operation);
  }

  #complete(choice: Ready, index: number, of: number): void {
    const { operation, fault } = choice;
    this.footprints.begin(operation.to);
    // Faults share their budgets, and one may befall several actors at once.
    if (fault !== null) this.footprints.anything();
    const arrived = this.#inFlight.take(operation);
    if (arrived === null) this.#choices.withdraw(operation);
    else this.#now = arrived;
    this.trace.add(this.now(), choice.kind, operation, operation.ways === undefined ? null : choice.label, index, of);
    if (operation.to.kind === "isolate" && this.#options.timing === undefined) this.#state.receive(choice, this.#now);
    if (fault === null) operation.complete();
    else {
      if (operation.ways === undefined) this.#choices.spendFault(fault.name);
      fault.complete();
    }
  }

  #fire(timer: VirtualTimer): void {
    this.#due.delete(timer.id);
    if (timer.repeat) {
      timer.due = this.now() + timer.delay;
      this.#timers.add(timer);
    }
    contexts.run(timer.context, () => {
      try {
        timer.callback();
      } catch (error) {
        this.fail(
          "TARGET_CRASHED",
          `${timer.context.actor.name}: a timer callback threw ${error instanceof Error ? error.name : typeof error}`,
          "catch it in the target: in production it would end the process",
          error,
        );
      }
    });
  }

  async #drain(): Promise<void> {
    stepping.world = this;
    try {
      await drain();
    } finally {
      stepping.world = null;
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #assertUntimed(): void {
    if (this.#options.timing !== undefined) throw new Error("a timed world keeps no histories, and so has no states to compare");
  }

  #assertOpen(what: string): void {
    if (this.#closed)
      throw this.fail(
        "ESCAPED",
        `${what} after its run had ended`,
        "something in the target outlives its run: an await that crosses a real timer or thread",
      );
  }
}

function describeTask(what: string, task: string | null): string {
  return task === null ? what : `${what} for ${task}`;
}
