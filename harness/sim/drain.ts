// Taken before any façade is installed, and never through the global again.
const realSetImmediate = globalThis.setImmediate;
const settled = Promise.resolve();
const tickCallback = (process as { _tickCallback?: () => void })._tickCallback;

/**
 * Waits until everything that can run has run: a macrotask boundary, after every microtask and `nextTick`, however long
 * their chain. Costs about 1.4 µs, and what the event loop does in between.
 */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}

/** Calls back from a macrotask of its own: only there can {@link drainNow} drain anything. */
export function inMacrotask(callback: () => void): void {
  realSetImmediate(callback);
}

/**
 * The same at once, where Node can: it drains the very queues that it drains between two macrotasks.
 *
 * @returns False when it could not, because the platform has no such call or because the caller is itself a microtask.
 * Then nothing is certain, and `drain()` must be awaited.
 */
export function drainNow(): boolean {
  if (tickCallback === undefined) return false;
  let canary = false;
  void settled.then(() => {
    canary = true;
  });
  tickCallback.call(process);
  return canary;
}

/** Once more in a macrotask in which {@link drainNow} could: what hinders it does not come about within one. */
export function drainAgain(): void {
  tickCallback?.call(process);
}
