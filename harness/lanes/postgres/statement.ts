import type { Reply } from "./backend.ts";
import type { StatementFault } from "./faults.ts";
import type { Session } from "./session.ts";

/** Why the server gave up a statement that waited, in its words and with its SQLSTATE. */
export interface GivenUp {
  readonly code: string;
  readonly message: string;
}

/** What the server says of a statement that was cancelled, whoever did it and why. */
const QUERY_CANCELED = "57014";

/** One statement of an actor, from when it is submitted to when it is over. */
export class Statement {
  readonly session: Session;
  /** The piece of work that it is part of. */
  readonly task: string | null;
  /** Which of the statements of that piece of work it is: 1, 2, … */
  readonly ordinal: number;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Tells its actor. */
  readonly settle: (reply: Reply) => void;
  /** What befalls it, if anything does. */
  fault: StatementFault | null = null;
  /** Set when the server is made to give it up. */
  givenUp: GivenUp | null = null;
  /** The sessions that it waits for, by name. */
  waitsFor: readonly string[] = [];
  /** While it waits: what tells this wait from its other ones. */
  waitsSince: string | null = null;
  /** Its client has died: nobody hears of its answer. */
  isDeserted = false;
  /** What the driver makes of it, once it was sent. */
  reply: Promise<Reply> | null = null;
  /** That the server has executed it, where the answer is kept from the driver. */
  executed: Promise<void> | null = null;
  /** Set as soon as the one or the other is here. */
  isExecuted = false;
  answer: Reply | null = null;
  /** How often it was let go on: once, and once more for each time that it waited. */
  #turns = 0;

  constructor(
    session: Session,
    { task, ordinal }: { readonly task: string | null; readonly ordinal: number },
    text: string,
    values: readonly unknown[],
    settle: (reply: Reply) => void,
  ) {
    this.session = session;
    this.task = task;
    this.ordinal = ordinal;
    this.text = text;
    this.values = values;
    this.settle = settle;
  }

  /** What it does, in a few words. */
  get name(): string {
    return nameOf(this.text);
  }

  /** For traces. */
  get label(): string {
    return `${this.name}${this.task === null ? "" : ` for ${this.task}`}`;
  }

  /** All that it says. */
  get payload(): string {
    return JSON.stringify([this.session.name, this.text, this.values]);
  }

  /** It goes on, until it is over or waits. */
  begins(): void {
    this.#turns++;
  }

  /**
   * What its next turn brings to its actor: the answer, or nothing where it waits again. Whoever asks later hears the same, so that the key
   * of a state does not depend on when it was asked for.
   */
  outcomeOfTurn(): () => string {
    const turn = this.#turns + 1;
    return () => (turn === this.#turns ? this.#outcome() : "");
  }

  #outcome(): string {
    if (this.answer === null) return "";
    if (this.answer.kind === "failed") return `failed ${failureOf(this.answer.error)}`;
    const { rows, rowCount } = this.answer.result;
    return JSON.stringify([rowCount, rows]);
  }

  /** The reply as its actor is to hear it: why the server gave the statement up, instead of by what means. */
  explained(reply: Reply): Reply {
    if (reply.kind !== "failed" || this.givenUp === null || failureOf(reply.error) !== QUERY_CANCELED) return reply;
    return { kind: "failed", error: Object.assign(reply.error as Error, this.givenUp) };
  }
}

/**
 * What a statement does, in a few words and without a value.
 *
 * @example
 * ```ts
 * nameOf('insert into "events" ("type") values ($1)'); // "insert into events"
 * nameOf("begin isolation level read committed; set local lock_timeout = 2000"); // "begin"
 * ```
 */
export function nameOf(text: string): string {
  const written = /\b(insert into|update|delete from)\s+"?(\w+)/i.exec(text);
  if (written !== null) return `${written[1]} ${written[2]}`;
  const read = /\b(?:from|join)\s+"?(\w+)/i.exec(text);
  return read === null ? (/\w+/.exec(text)?.[0] ?? "") : `select from ${read[1]}`;
}

/** The SQLSTATE, or what Node or the driver says of the connection. */
function failureOf(error: unknown): string {
  return error instanceof Error ? ("code" in error ? String(error.code) : error.message) : String(error);
}
