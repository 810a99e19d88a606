/**
 * Somebody wants a run to end. The word is passed in memory that all threads share, because a thread that is searching reads no
 * messages until it is done.
 */
export class Stop {
  /** For another thread: see {@link isRequested}. */
  readonly flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  readonly #controller = new AbortController();

  /** For who waits in this thread. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  request(): void {
    Atomics.store(this.flag, 0, 1);
    this.#controller.abort();
  }

  get requested(): boolean {
    return isRequested(this.flag);
  }
}

/** What the flag of a {@link Stop} says. */
export function isRequested(flag: Int32Array): boolean {
  return Atomics.load(flag, 0) === 1;
}
