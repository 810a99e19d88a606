import { hash } from "node:crypto";
import { Unordered } from "../model/unordered.ts";
import type { Actor } from "./actor.ts";
import { fill, NameOpener } from "./open-text.ts";
import type { Item } from "./state-key.ts";

/** What an actor received in one step. */
export interface Received {
  readonly actor: Actor;
  readonly task: string | null;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly at: number;
  /** A request that finds nothing of its task going on: what was received for it before is over. */
  readonly begins?: boolean;
  /** Canonical; read once. */
  text(): string;
}

interface Entry {
  readonly task: string | null;
  readonly digest: string;
}

/**
 * What isolates have received, which stands for their heaps: a heap is a function of its history.
 *
 * An isolate that declares what its requests share has that memory and, for each request that it has not finished, that request's
 * own history. The others have one ordered history of everything.
 */
export class Histories {
  readonly #entries = new Map<string, Entry[]>();
  readonly #shared = new Map<string, () => unknown>();
  /** Not yet folded in: few runs ask for a key at every step. */
  #received: Received[] = [];
  readonly #isChained: boolean;

  /** @param isChained everything of an actor becomes one digest: declarations and names count for nothing, and keys cost less */
  constructor(isChained = false) {
    this.#isChained = isChained;
  }

  receive(received: Received): void {
    this.#received.push(received);
  }

  /** From now on the actor's heap is this memory and what its unfinished work has received. */
  declare(actor: Actor, memory: () => unknown): void {
    if (!this.#isChained) this.#shared.set(actor.name, memory);
  }

  /** The actor's heap is gone. */
  forget(actor: Actor): void {
    this.#fold();
    this.#entries.delete(actor.name);
  }

  /** What declaring actors share between requests, by name. */
  memories(): Unordered<readonly [string, unknown]> {
    return Unordered.from([...this.#shared].map(([name, memory]) => [name, memory()] as const)) as Unordered<readonly [string, unknown]>;
  }

  /** @param isUnfinished whether a piece of work goes on in an actor; asked only of those that declare */
  items(isUnfinished: (actor: string, task: string) => boolean): Item[] {
    this.#fold();
    return [...this.#entries].flatMap(([actor, entries]) => {
      if (!this.#shared.has(actor)) return [{ task: null, text: `${actor} ${entries.map(spelled).join(" ")}` }];
      const left = entries.filter(({ task }) => task === null || isUnfinished(actor, task));
      if (left.length < entries.length) this.#entries.set(actor, left);
      const byTask = new Map<string | null, Entry[]>();
      for (const entry of left) byTask.set(entry.task, [...(byTask.get(entry.task) ?? []), entry]);
      return [...byTask].map(([task, own]) => ({ task, text: `${actor} ${own.map(spelled).join(" ")}` }));
    });
  }

  #fold(): void {
    for (const { actor, task, at, begins, text } of this.#received) {
      const before = this.#entries.get(actor.name) ?? [];
      const isAnew = begins === true && task !== null && this.#shared.has(actor.name);
      const entries = isAnew ? before.filter((entry) => entry.task !== task) : before;
      this.#entries.set(actor.name, entries);
      if (this.#isChained) {
        entries[0] = { task: null, digest: hash("sha1", `${entries[0]?.digest} ${at} ${text()}`, "base64url") };
        continue;
      }
      // The actor's and the task's own names stand beside the digest, where they can be renamed.
      const own = new NameOpener(task === null ? [actor.name] : [actor.name, task]);
      entries.push({ task, digest: hash("sha1", `${at} ${fill(own.text(text()), ["@", "§"])}`, "base64url") });
    }
    this.#received = [];
  }
}

function spelled({ task, digest }: Entry): string {
  return task === null ? digest : `${task} ${digest}`;
}
