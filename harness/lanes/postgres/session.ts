import { hash } from "node:crypto";
import type { Actor } from "../../sim/actor.ts";
import type { Backend } from "./backend.ts";

type Listener = (value: never) => void;

/** A connection as one actor has it, for as long as it lasts. */
export class Session {
  readonly actor: Actor;
  /** Unique in a run, and the same in every run that came here by the same way. */
  readonly name: string;
  readonly backend: Backend;
  readonly #listeners = new Map<string, Set<Listener>>();
  #transaction: string[] = [];

  constructor(actor: Actor, name: string, backend: Backend) {
    this.actor = actor;
    this.name = name;
    this.backend = backend;
  }

  /**
   * Notes that a statement begins, or goes on after it has waited. Uncommitted rows and locks are a function of the statements of their
   * transaction, and of what was committed at these moments.
   *
   * @param committed digest of what is committed
   */
  begins(payload: string, committed: string): void {
    this.#transaction.push(hash("sha1", `${payload} ${committed}`, "base64url"));
  }

  /** Notes that nothing of it is open any more. */
  closed(): void {
    this.#transaction = [];
  }

  /** For the key of a state: what stands for its open transaction. */
  get transaction(): readonly string[] {
    return this.#transaction;
  }

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  emit(event: string, value: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(value as never);
  }
}
