import { AsyncLocalStorage } from "node:async_hooks";
import type { ErrorCode, HoldfastError } from "../model/error.ts";
import type { Actor } from "./actor.ts";
import type { SyncCrypto } from "./crypto.ts";
import type { Randomness } from "./randomness.ts";

/** `fetch` for an actor. An object and no function, because V8 takes its time over functions that are put into fields later. */
export interface Fetcher {
  fetch(context: Context, input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

/** What the façades need of the world that is current. */
export interface Host {
  readonly randomness: Randomness;
  /** Where `fetch` goes; null when the world has no network. */
  readonly fetcher: Fetcher | null;
  /** Milliseconds since the epoch. */
  now(): number;
  startTimer(context: Context, callback: () => void, delay: number, repeat: boolean): unknown;
  startImmediate(context: Context, callback: () => void): unknown;
  cancelTimer(id: number): void;
  crypto<T>(context: Context, what: string, compute: (crypto: SyncCrypto) => T): Promise<T>;
  /** Records what keeps the harness from vouching for the run, and returns it to be thrown. */
  fail(code: ErrorCode, message: string, hint: string, cause?: unknown): HoldfastError;
}

/** Who is running: carried through every await, timer and callback of an actor's code. */
export interface Context {
  readonly world: Host;
  readonly actor: Actor;
  /** The piece of work that this is part of, for instance a page load; null outside of any. */
  readonly task: string | null;
}

export const contexts = new AsyncLocalStorage<Context>();

/** The world that is taking a step right now, for the few callbacks of Node that carry no context. */
export const stepping: { world: Host | null } = { world: null };
