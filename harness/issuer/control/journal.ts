import { AsyncLocalStorage } from "node:async_hooks";
import { credentialLabel } from "../../model/credential.ts";
import type { Answer } from "../answer.ts";
import type { IssuerEvent } from "../options.ts";
import type { Address } from "./address.ts";
import type { Outcome } from "./faults.ts";

/** Something that happened in the issuer's state. `order` counts these and all else in one row, so that it tells causes from effects. */
export interface Happening {
  readonly order: number;
  readonly at: number;
  readonly text: string;
}

/** One line of the journal. Secrets have names in it: tokens are `RT F1.g3`, whatever is unknown has none. Moments in milliseconds since the epoch. */
export type Entry =
  | {
      readonly type: "request";
      readonly order: number;
      /** When it was answered. */
      readonly at: number;
      readonly arrivedAt: number;
      readonly method: string;
      readonly endpoint: string;
      readonly grantType: string | null;
      readonly clientId: string | null;
      /** The refresh token that came with it: its name, `an unknown token`, or null when there was none. */
      readonly presented: string | null;
      readonly outcome: number | "reset" | "truncated" | "failed";
      /** The OAuth or API error code of the answer. */
      readonly error: string | null;
      /** The faults that struck it. */
      readonly faults: readonly string[];
      /** What it changed. */
      readonly events: readonly Happening[];
    }
  /** What happened outside of any request: something that the control was told to do, or that came of it. */
  | ({ readonly type: "control" } & Happening);

/** The last requests of an issuer and what came of them. */
export interface Journal {
  /** How many entries it keeps; the oldest go. */
  readonly size: number;
  /** Entries that it no longer has. */
  readonly dropped: number;
  /** Kept entries in order, the newest `limit` of those that are newer than `after` and older than `before`. */
  entries(range?: {
    readonly after?: number | undefined;
    readonly before?: number | undefined;
    readonly limit?: number | undefined;
  }): readonly Entry[];
  /** The same as text: what happened and what was answered, a line each, in the order of their numbers. */
  text(): string;
  /**
   * Tells of each entry as it is written.
   *
   * @returns ends that
   */
  subscribe(listener: (entry: Entry) => void): () => void;
}

/** The side of the journal that the issuer writes. */
export interface Recorder extends Journal {
  event(event: IssuerEvent): void;
  /** Notes what the control was told to do. */
  control(text: string): void;
  /** Runs a request; what happens meanwhile on its behalf is noted with it. */
  request(address: Address, run: () => Promise<Outcome>): Promise<Outcome>;
}

/** @param size how many entries it keeps, from 1 */
export function createJournal(size: number, now: () => number): Recorder {
  const current = new AsyncLocalStorage<Happening[]>();
  const listeners = new Set<(entry: Entry) => void>();
  // A ring: `written % size` is where the next one goes.
  const ring: Entry[] = [];
  let written = 0;
  let order = 0;

  function write(entry: Entry): void {
    ring[written++ % size] = entry;
    for (const listener of listeners) listener(entry);
  }

  function inOrder(): Entry[] {
    const start = written > size ? written % size : 0;
    return [...ring.slice(start), ...ring.slice(0, start)];
  }

  const journal: Recorder = {
    size,
    get dropped() {
      return Math.max(0, written - size);
    },
    entries({ after = 0, before = Number.POSITIVE_INFINITY, limit = size } = {}) {
      const range = inOrder().filter((entry) => entry.order > after && entry.order < before);
      return range.slice(Math.max(0, range.length - limit));
    },
    text: () =>
      inOrder()
        .flatMap(linesOf)
        .sort((one, two) => one.order - two.order)
        .map(({ order, at, text }) => `${String(order).padStart(6)}  ${new Date(at).toISOString()}  ${text}\n`)
        .join(""),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    event(event) {
      const happening = { order: ++order, at: now(), text: eventText(event) };
      const request = current.getStore();
      if (request === undefined) write({ type: "control", ...happening });
      else request.push(happening);
    },
    control: (text) => write({ type: "control", order: ++order, at: now(), text }),
    async request(address, run) {
      const events: Happening[] = [];
      const arrivedAt = now();
      const { method, endpoint, grantType, clientId, presents, token } = address;
      const known = {
        ...{ type: "request" as const, arrivedAt, method, endpoint, grantType, clientId },
        presented: token?.label ?? (presents ? "an unknown token" : null),
      };
      const done = (outcome: Extract<Entry, { type: "request" }>["outcome"], error: string | null, faults: readonly string[]) =>
        write({ ...known, order: ++order, at: now(), outcome, error, faults, events });
      try {
        const outcome = await current.run(events, run);
        done(outcomeOf(outcome.answer), errorOf(outcome.answer), outcome.faults);
        return outcome;
      } catch (error) {
        done("failed", null, []);
        throw error;
      }
    },
  };
  return journal;
}

function outcomeOf(answer: Answer): number | "reset" | "truncated" {
  return answer.kind === "reply" ? answer.reply.status : answer.kind;
}

/** The codes are a fixed vocabulary of the issuer's; descriptions are left out. */
function errorOf(answer: Answer): string | null {
  if (answer.kind !== "reply" || answer.reply.status < 400) return null;
  const { body, headers } = answer.reply;
  if (typeof body !== "string" || headers.get("content-type")?.startsWith("application/json") !== true) return null;
  const { error, code } = JSON.parse(body) as { error?: unknown; code?: unknown };
  return typeof error === "string" ? error : typeof code === "string" ? code : null;
}

function eventText(event: IssuerEvent): string {
  switch (event.type) {
    case "session-started":
      return `${event.family} begins: ${event.session} of ${event.user}`;
    case "session-ended":
      return `${event.family} ends (${event.cause}): ${event.detail}`;
    case "token-redeemed": {
      const successor = event.successor === null ? "" : ` → ${credentialLabel(event.successor)}`;
      return `${credentialLabel(event.token)} ${event.outcome}${successor}: ${event.detail}`;
    }
  }
}

/** One entry as lines: what it changed, and what was answered after that. Between them may stand what other requests did. */
function linesOf(entry: Entry): Happening[] {
  if (entry.type === "control") return [entry];
  const words = [entry.method, entry.endpoint, entry.grantType, entry.clientId, entry.presented];
  const error = entry.error === null ? "" : ` ${entry.error}`;
  const faults = entry.faults.length === 0 ? "" : ` (${entry.faults.join(", ")})`;
  const text = `${words.filter((word) => word !== null).join(" ")} → ${entry.outcome}${error}${faults}`;
  return [...entry.events.map((event) => ({ ...event, text: `· ${event.text}` })), { order: entry.order, at: entry.at, text }];
}
