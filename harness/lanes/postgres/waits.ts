import type { Actor } from "../../sim/actor.ts";
import type { Mishap } from "../../sim/choices.ts";
import type { FaultOutcome, Operation } from "../../sim/operation.ts";
import type { World } from "../../sim/world.ts";
import type { Database, Wait } from "./database.ts";
import { LOCK_TIMEOUT } from "./faults.ts";
import { leftToChance, type Move } from "./left-to-chance.ts";
import type { Session } from "./session.ts";
import type { GivenUp, Statement } from "./statement.ts";

/** What the server's own detectors say (PostgreSQL manual, appendix A). */
const TIMED_OUT: GivenUp = { code: "55P03", message: "canceling statement due to lock timeout" };
const SHUT_DOWN: GivenUp = { code: "57P01", message: "terminating connection due to administrator command" };
const DEADLOCKED: GivenUp = { code: "40P01", message: "deadlock detected" };

/** Does something that takes real time, in the step that is being taken. */
export type Begin = (work: () => Promise<void>) => void;

/**
 * The statements that wait for locks. Their processes are halted, so that of several that a commit sets free none goes on before
 * the explorer says so: then it is an operation again.
 */
export class Waits {
  readonly #world: World;
  readonly #database: Database;
  readonly #begin: Begin;
  /** Goes on with a statement until it is answered or waits again. */
  readonly #advance: (statement: Statement) => Promise<void>;
  /** On whose behalf the statements of the dead go on. */
  readonly #server: Actor;
  readonly #waiting = new Set<Statement>();
  /** Those that wait no more and have not gone on yet, and the operation in which they do. */
  readonly #free = new Map<Statement, Operation>();
  #deadlock: Operation | null = null;
  /** What sequences had given out when there was last a look. */
  #drawn = "";

  constructor(world: World, database: Database, begin: Begin, advance: (statement: Statement) => Promise<void>) {
    this.#world = world;
    this.#database = database;
    this.#begin = begin;
    this.#advance = advance;
    this.#server = world.actor("database", "database");
    world.watchMishaps(() => this.#timeouts());
  }

  /** For the key of a state: who waits for whom. Who is free to go on has an operation that says so. */
  state(): unknown {
    return [...this.#waiting].map(({ session, waitsFor, isDeserted }) => [session.name, waitsFor, isDeserted]);
  }

  /** Who waits for whom, for people. */
  labels(): readonly string[] {
    return [...this.#waiting].map(({ session, label, waitsFor }) => `${session.name} at ${label}, for ${waitsFor.join(" and ")}`);
  }

  async add(statement: Statement): Promise<void> {
    if (this.#database.canHalt) await this.#database.halt(statement.session.backend.pid);
    this.#waiting.add(statement);
  }

  /** Looks who still waits, and for whom: called when something may have let go of its locks, or begun to wait. */
  async look(nameOf: (pid: number) => string): Promise<void> {
    if (this.#waiting.size === 0) return;
    if (!this.#database.canHalt) return this.#lookAtMoves(nameOf);
    const blockers = await this.#database.blockers([...this.#waiting].map(({ session }) => session.backend.pid));
    const freed = [...this.#waiting].filter(({ session }) => !blockers.has(session.backend.pid));
    for (const statement of this.#waiting) {
      statement.waitsFor = (blockers.get(statement.session.backend.pid) ?? []).map(nameOf).sort();
    }
    for (const statement of freed) this.#waiting.delete(statement);
    for (const statement of freed) this.#offer(statement);
    this.#offerDeadlock();
  }

  /**
   * The client of a session has died. A statement of it that waits goes on when it can, for nobody.
   *
   * @returns whether there is one
   */
  desert(session: Session): boolean {
    const statement = [...this.#waiting, ...this.#free.keys()].find((one) => one.session === session);
    if (statement === undefined) return false;
    statement.isDeserted = true;
    const offered = this.#free.get(statement);
    if (offered !== undefined) {
      this.#world.withdraw(offered);
      this.#offer(statement);
    }
    return true;
  }

  /** Whose statements wait, or are free to go on: each before those that it waits for. */
  sessions(): readonly Session[] {
    const left = new Set([...this.#waiting, ...this.#free.keys()]);
    const ordered: Session[] = [];
    while (left.size > 0) {
      const awaited = new Set([...left].flatMap(({ waitsFor }) => waitsFor));
      const next = [...left].filter(({ session }) => !awaited.has(session.name));
      // Whoever waits in a circle has nobody before him.
      for (const statement of next.length === 0 ? left : next) {
        ordered.push(statement.session);
        left.delete(statement);
      }
    }
    return ordered;
  }

  /** The server has ended the processes of all that waits: everybody's connection is broken. */
  breakAll(): void {
    for (const statement of [...this.#waiting, ...this.#free.keys()]) {
      const offered = this.#free.get(statement);
      if (offered !== undefined) this.#world.withdraw(offered);
      this.#waiting.delete(statement);
      this.#free.delete(statement);
      statement.givenUp = SHUT_DOWN;
      this.#begin(() => this.#advance(statement));
    }
    this.#offerDeadlock();
  }

  /** Ends all waits, so that the connections can be used again. */
  async end(): Promise<void> {
    const held = [...this.#waiting, ...this.#free.keys()];
    this.#waiting.clear();
    this.#free.clear();
    for (const { session, reply, fault } of held) {
      // What was to befall its answer would keep that from coming.
      if (fault !== null) session.backend.wire?.cut();
      await this.#database.cancel(session.backend.pid);
      if (this.#database.canHalt) await this.#database.goOn(session.backend.pid);
      await (session.backend.isBroken || fault !== null ? this.#database.gone(session.backend.pid) : reply);
    }
  }

  #offer(statement: Statement): void {
    const operation: Operation = {
      ...this.#turn(statement, "goes on"),
      complete: () => this.#begin(() => this.#goOn(statement)),
    };
    this.#free.set(statement, operation);
    this.#world.submit(operation);
  }

  #turn(statement: Statement, what: string): Operation {
    const outcome = statement.outcomeOfTurn();
    return {
      kind: "statement",
      from: null,
      to: statement.isDeserted ? this.#server : statement.session.actor,
      task: statement.task,
      describe: () => `${statement.label} ${what}`,
      payload: () => `${statement.payload} ${what}`,
      outcome,
      complete: () => {},
    };
  }

  async #goOn(statement: Statement): Promise<void> {
    this.#free.delete(statement);
    await this.#database.goOn(statement.session.backend.pid);
    await this.#advance(statement);
  }

  /**
   * Resolves when each of those that waited is over or waits, where processes cannot be halted and go on as soon as they can; at once where
   * they are.
   *
   * @returns those that wait
   */
  async quiet(): Promise<ReadonlyMap<Statement, Wait>> {
    const over = new Set<Statement>();
    while (!this.#database.canHalt && this.#waiting.size > over.size) {
      const open = [...this.#waiting].filter((statement) => !over.has(statement));
      const waits = await this.#database.waits(open.map(({ session }) => session.backend.pid));
      const running = open.filter(({ session, isExecuted, isDeserted }) => (isExecuted && !isDeserted) || !waits.has(session.backend.pid));
      if (running.length === 0) return new Map(open.map((statement) => [statement, waits.get(statement.session.backend.pid) as Wait]));
      // Whoever has ended since they were looked at may have set free another of them: so there is one more look.
      for (const statement of running) if (await this.#isOver(statement)) over.add(statement);
    }
    return new Map();
  }

  /** Of the dead nobody hears, but that their process has ended. */
  async #isOver({ session, isExecuted, isDeserted }: Statement): Promise<boolean> {
    return isDeserted ? !(await this.#database.isThere(session.backend.pid)) : isExecuted;
  }

  /** Where processes cannot be halted, they have gone on in the step that set them free, which is nobody's choice where it matters who was first. */
  async #lookAtMoves(nameOf: (pid: number) => string): Promise<void> {
    const waits = await this.quiet();
    const moves: Move[] = [];
    for (const statement of [...this.#waiting]) {
      const { session, waitsFor: behind, waitsSince } = statement;
      const wait = waits.get(statement);
      statement.waitsFor = (wait?.blockers ?? []).map(nameOf).sort();
      statement.waitsSince = wait?.since ?? null;
      if (waitsSince !== null && waitsSince !== statement.waitsSince) {
        const holds = session.backend.holdsTransaction && !statement.isDeserted && statement.fault === null;
        moves.push({
          name: session.name,
          behind,
          state: wait !== undefined ? "waits" : holds ? "holds" : "ended",
          waitsFor: statement.waitsFor,
        });
      }
      if (wait !== undefined) continue;
      this.#waiting.delete(statement);
      this.#begin(() => this.#advance(statement));
    }
    const drawn = await this.#database.drawn();
    const isOfChance = leftToChance(moves) !== null || (moves.length > 1 && drawn !== this.#drawn);
    this.#drawn = drawn;
    if (isOfChance) {
      this.#world.fail(
        "NONDETERMINISM",
        `one step has set free ${moves.length} statements that waited, and which of them went on first was left to the server's scheduler`,
        "leave DATABASE_URL out: processes of a server that Holdfast has started can be halted",
      );
    }
    this.#offerDeadlock();
  }

  #giveUp(statement: Statement, why: GivenUp): void {
    this.#waiting.delete(statement);
    statement.givenUp = why;
    this.#begin(async () => {
      await this.#database.cancel(statement.session.backend.pid);
      if (this.#database.canHalt) await this.#database.goOn(statement.session.backend.pid);
      await this.#advance(statement);
    });
  }

  #timeouts(): readonly Mishap[] {
    return [...this.#waiting].map((statement) => ({
      operation: this.#turn(statement, "has waited for too long"),
      outcome: { name: LOCK_TIMEOUT.name, complete: () => this.#giveUp(statement, TIMED_OUT) },
    }));
  }

  /** Where statements wait for each other in a circle, the server gives one of them up; which one, its clocks decide. */
  #offerDeadlock(): void {
    if (this.#deadlock !== null) this.#world.withdraw(this.#deadlock);
    this.#deadlock = null;
    const circle = this.#circle();
    if (circle.length === 0) return;
    const ways = circle.map(
      (statement): FaultOutcome => ({
        name: `the server finds a deadlock and gives up ${statement.label} of ${statement.session.actor.name}`,
        complete: () => this.#giveUp(statement, DEADLOCKED),
      }),
    );
    this.#deadlock = {
      kind: "statement",
      from: null,
      to: this.#server,
      task: null,
      describe: () => "the server finds a deadlock",
      complete: () => {},
      ways,
    };
    this.#world.submit(this.#deadlock);
  }

  #circle(): readonly Statement[] {
    const bySession = new Map([...this.#waiting].map((statement) => [statement.session.name, statement]));
    const reaches = (from: Statement, goal: Statement, seen: Set<Statement>): boolean =>
      from.waitsFor.some((name) => {
        const next = bySession.get(name);
        if (next === undefined || seen.has(next)) return next === goal;
        return next === goal || reaches(next, goal, seen.add(next));
      });
    return [...this.#waiting].filter((statement) => reaches(statement, statement, new Set()));
  }
}
