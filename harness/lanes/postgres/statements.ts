import type { Actor } from "../../sim/actor.ts";
import { contexts } from "../../sim/context.ts";
import { Queues } from "../../sim/queues.ts";
import type { World } from "../../sim/world.ts";
import { ActorPool } from "./actor-pool.ts";
import type { Reply } from "./backend.ts";
import type { Content, Database } from "./database.ts";
import { READ_ONLY_FOR, STATEMENT_FAULTS, type StatementFault } from "./faults.ts";
import { Session } from "./session.ts";
import { Statement } from "./statement.ts";
import { Waits } from "./waits.ts";

/** Who is told of what happens. */
export interface Hooks {
  /** Something was committed that has changed what is stored. */
  committed(content: Content, by: { readonly actor: Actor; readonly task: string | null }): void;
  /** A fault strikes at a statement. */
  struck(statement: Statement, fault: StatementFault): void;
  /**
   * Whether anybody in an actor waits for what it is notified of; always where nothing is said. When a notification comes that nobody
   * waits for makes no difference to anybody, and it comes at once.
   */
  isAwaited?(actor: Actor, payload: string): boolean;
  /** A fault has killed an actor; its connections and what it awaited are gone already. */
  killed(actor: Actor, fault: StatementFault): void;
}

/**
 * The statements of a world's actors, each an operation. A step that releases one begins what takes real time, and {@link settle}
 * waits until it is answered or blocked: nobody else runs meanwhile, so what comes of it is a function of the steps before it.
 */
export class Statements {
  readonly #world: World;
  readonly #database: Database;
  readonly #hooks: Hooks;
  readonly #waits: Waits;
  readonly #work: (() => Promise<void>)[] = [];
  readonly #sessions = new Set<Session>();
  /** Notifications, which come in the order of the commits that they are of. */
  readonly #inbox: Queues;
  readonly #opened = new Map<string, number>();
  readonly #sent = new Map<string, number>();
  /** Milliseconds since the epoch: until then the server is a standby. */
  #readOnlyUntil = 0;
  /** Statements in the order in which they began, from when a transaction was first to be serializable. */
  #order: string[] | null = null;
  #content: Content;

  /** @param content what is committed at the beginning */
  constructor(world: World, database: Database, content: Content, hooks: Hooks) {
    this.#world = world;
    this.#database = database;
    this.#content = content;
    this.#hooks = hooks;
    this.#inbox = new Queues((operation) => world.submit(operation));
    this.#waits = new Waits(
      world,
      database,
      (work) => this.#work.push(work),
      (statement) => this.#advance(statement),
    );
    world.watchState(() => this.#state());
  }

  /** Connections for an actor, at most `max` at once. */
  pool(actor: Actor, max: number): ActorPool {
    return new ActorPool(max, {
      open: () => this.#open(actor),
      query: (session, text, values) => this.#submit(session, text, values),
      close: (session) => this.#work.push(() => this.#close(session)),
    });
  }

  /** What waits for a lock, for people. */
  waiting(): readonly string[] {
    return this.#waits.labels();
  }

  /** Waits until every statement is answered or blocked, and all that follows from the answers has happened. */
  async settle(): Promise<void> {
    for (let work = this.#work.shift(); work !== undefined; work = this.#work.shift()) {
      await work();
      await this.#world.open();
    }
  }

  /** Lets go of all locks, so that the connections can be used again. */
  async end(): Promise<void> {
    await this.#waits.end();
  }

  #open(actor: Actor): Promise<Session> {
    return new Promise((resolve, reject) => {
      this.#work.push(async () => {
        const ordinal = next(this.#opened, actor.name);
        try {
          const session = new Session(actor, `${actor.name}.${ordinal}`, await this.#database.take());
          this.#sessions.add(session);
          resolve(session);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  async #close(session: Session): Promise<void> {
    if (!this.#sessions.has(session)) return;
    if (!session.backend.isBroken) session.backend.hangUp();
    await this.#ended(session);
    await this.#look();
  }

  /** A session is over when its process has ended, and with it its transaction and its locks. */
  async #ended(session: Session): Promise<void> {
    await this.#database.gone(session.backend.pid);
    this.#sessions.delete(session);
  }

  #submit(session: Session, text: string, values: readonly unknown[]): Promise<unknown> {
    const task = contexts.getStore()?.task ?? null;
    const ordinal = next(this.#sent, `${session.actor.name} ${task}`);
    return new Promise((resolve, reject) => {
      const statement = new Statement(session, { task, ordinal }, text, values, (reply: Reply) =>
        reply.kind === "answered" ? resolve(reply.result) : reject(reply.error),
      );
      const release = (fault: StatementFault | null) => () => {
        this.#work.push(() => this.#release(statement, fault));
      };
      this.#world.submit({
        kind: "statement",
        from: null,
        to: session.actor,
        task,
        describe: () => statement.label,
        payload: () => statement.payload,
        outcome: statement.outcomeOfTurn(),
        complete: release(null),
        faults: STATEMENT_FAULTS.map(({ name }) => ({ name, complete: release(name) })),
      });
    });
  }

  async #release(statement: Statement, fault: StatementFault | null): Promise<void> {
    const { session, text, values } = statement;
    const { backend, actor } = session;
    statement.fault = fault;
    if (fault !== null) this.#hooks.struck(statement, fault);
    switch (fault) {
      case "client-killed-before":
        this.#kill(actor, fault);
        return;
      case "backend-terminated-before":
        await this.#database.terminate(backend.pid);
        await backend.ended;
        break;
      case "read-only-failover":
        this.#readOnlyUntil = this.#world.now() + READ_ONLY_FOR;
        await this.#breakAll();
        break;
      case "server-restarted":
        await this.#breakAll();
        break;
    }
    await backend.setReadOnly(this.#world.now() < this.#readOnlyUntil);
    // What the wire does to a statement it does to none of ours before it.
    if (fault === "statement-lost") wireOf(statement).swallowRequest();
    if (fault === "answer-lost" || fault === "backend-terminated-after") statement.executed = wireOf(statement).hold();
    statement.reply = backend.execute(text, values);
    void (statement.executed ?? statement.reply).then(() => {
      statement.isExecuted = true;
    });
    if (fault === "client-killed-after") {
      statement.isDeserted = true;
      backend.hangUp();
      this.#kill(actor, fault);
    }
    await this.#advance(statement);
  }

  /** Every connection breaks. Who waits for an answer hears of it; the others do when they next want something. */
  async #breakAll(): Promise<void> {
    const waiting = this.#waits.sessions();
    const others = [...this.#sessions].filter((session) => !waiting.includes(session));
    // Whoever waits first, so that nobody gets what another's end lets go of.
    await this.#database.terminate(...[...waiting, ...others].map(({ backend }) => backend.pid));
    this.#waits.breakAll();
    for (const session of others) {
      if (!session.backend.isBroken) await session.backend.ended;
      await this.#ended(session);
      session.closed();
      session.emit("error", new Error("Connection terminated unexpectedly"));
    }
  }

  /** Goes on with a statement until it is over or waits. */
  async #advance(statement: Statement): Promise<void> {
    statement.begins();
    statement.session.begins(statement.payload, this.#content.digest);
    // Who may commit then depends on reads of transactions that have long ended: such runs are merged with none but their like.
    if (/\bserializable\b/i.test(statement.text)) this.#order ??= [];
    this.#order?.push(statement.payload);
    if (await this.#isOver(statement)) await this.#conclude(statement);
    else await this.#waits.add(statement);
    await this.#look();
  }

  async #isOver(statement: Statement): Promise<boolean> {
    const { pid } = statement.session.backend;
    if (statement.isDeserted) {
      while (await this.#database.isThere(pid)) if (await this.#isBlocked(statement)) return false;
      return true;
    }
    const over = (statement.executed ?? statement.reply ?? Promise.resolve()).then(() => true);
    if (!this.#mayWait(statement)) return over;
    for (;;) {
      const isBlocked = this.#isBlocked(statement);
      const isOver = await Promise.race([over, isBlocked.then(() => false)]);
      // Nobody else is asked while a question is open.
      if ((await isBlocked) && !isOver) return false;
      if (isOver) return true;
    }
  }

  async #isBlocked(statement: Statement): Promise<boolean> {
    const { pid } = statement.session.backend;
    return this.#mayWait(statement) && (await this.#database.blockers([pid])).has(pid);
  }

  /** Without another open transaction, be it that of somebody who has died, there is nobody to wait for, and no need to ask. */
  #mayWait({ session, givenUp }: Statement): boolean {
    // What was given up still looks as if it waited, until its process has heard of it.
    if (givenUp !== null) return false;
    return [...this.#sessions].some((other) => other !== session && other.transaction.length > 0);
  }

  async #conclude(statement: Statement): Promise<void> {
    const { session, fault, task } = statement;
    if (fault === "answer-lost") wireOf(statement).cut();
    if (fault === "backend-terminated-after") {
      wireOf(statement).loseHeld();
      await this.#database.terminate(session.backend.pid);
    }
    if (!statement.isDeserted) statement.answer = statement.explained(await (statement.reply as Promise<Reply>));
    if (fault !== null) await session.backend.ended;
    if (session.backend.isBroken) {
      await this.#ended(session);
      session.emit("error", new Error("Connection terminated unexpectedly"));
    }
    if (!session.backend.inTransaction) {
      session.closed();
      // Whom this has set free may commit by itself, where nobody can be held back.
      await this.#waits.quiet();
      await this.#refresh({ actor: session.actor, task });
    }
    if (statement.answer !== null) statement.settle(statement.answer);
  }

  async #refresh(by: { readonly actor: Actor; readonly task: string | null }): Promise<void> {
    const content = await this.#database.content();
    if (content.digest === this.#content.digest) return;
    this.#content = content;
    this.#hooks.committed(content, by);
    for (const session of this.#sessions) if (session.backend.listens) await this.#hear(session);
  }

  /** What a listening connection was notified of reaches its actor when the explorer says so. */
  async #hear(session: Session): Promise<void> {
    for (const payload of await session.backend.heard()) {
      const tell = () => session.emit("notification", { payload });
      if (this.#hooks.isAwaited?.(session.actor, payload) === false) {
        tell();
        continue;
      }
      this.#inbox.add({
        kind: "task",
        from: null,
        to: session.actor,
        task: null,
        describe: () => "is notified of a change",
        payload: () => JSON.stringify([session.name, payload]),
        complete: tell,
      });
    }
  }

  /** The connections of an actor that dies: what it has sent is executed all the same, and nobody hears of it. */
  abandon(actor: Actor): void {
    this.#inbox.forget(actor);
    for (const session of this.#sessions) {
      if (session.actor !== actor) continue;
      const waiting = this.#waits.desert(session);
      if (!session.backend.isBroken) session.backend.hangUp();
      else continue;
      if (!waiting) this.#work.push(() => this.#close(session));
    }
  }

  #kill(actor: Actor, fault: StatementFault): void {
    this.abandon(actor);
    this.#world.kill(actor);
    this.#hooks.killed(actor, fault);
  }

  #look(): Promise<void> {
    return this.#waits.look((pid) => [...this.#sessions].find(({ backend }) => backend.pid === pid)?.name ?? "somebody else");
  }

  #state(): unknown {
    const open = [...this.#sessions].filter(({ transaction }) => transaction.length > 0);
    const readOnly = this.#world.now() < this.#readOnlyUntil ? this.#readOnlyUntil : null;
    const unheard = this.#inbox.waiting().map(({ operation, place }) => [operation.to.name, place, operation.payload?.()]);
    const transactions = open.map(({ name, transaction }) => [name, transaction]).sort();
    // A connection that has broken unheard is another one than a whole one of that name.
    const whole = [...this.#sessions].flatMap(({ name, backend }) => (backend.isBroken ? [] : [name])).sort();
    return [this.#content.digest, transactions, this.#waits.state(), this.#order, unheard, [...this.#opened].sort(), whole, readOnly];
  }
}

function next(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

function wireOf({ session }: Statement) {
  const { wire } = session.backend;
  if (wire === null) throw new Error("expected a wire to break: faults of the connection need a database that was opened with one");
  return wire;
}
