/**
 * What the session needs from outside. Everything else that it touches is in its options, so that one process can hold
 * many sessions and a test can own time.
 *
 * @example
 * ```ts
 * const ports: Ports = { fetch, now: Date.now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)), wait };
 * ```
 */
export interface Ports {
  /** Called without a receiver, because the global `fetch` of some runtimes refuses a foreign one. */
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now(): number;
  /** `length` unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
  /** Resolves after `milliseconds`, or as soon as the signal aborts; never rejects. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
