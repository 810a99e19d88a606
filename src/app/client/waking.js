// @ts-check

/** What may end a wait before its time: the network is back, or somebody looks at the page again. */
const WAKES = /** @type {const} */ ([
  [window, "online"],
  [window, "pageshow"],
  [document, "visibilitychange"],
  [document, "resume"],
]);

/**
 * Waits, at most until the page wakes: timers of a page that sleeps are late, and a wait for the network is over when it is back.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    for (const [target, type] of WAKES) target.addEventListener(type, woken);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();

    function woken() {
      if (document.visibilityState === "visible") done();
    }
    function done() {
      clearTimeout(timer);
      for (const [target, type] of WAKES) target.removeEventListener(type, woken);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}

/**
 * How long to wait after so many failures in a row, in milliseconds: longer each time, and not the same in every tab.
 *
 * @param {number} failures from 1
 */
export function backOff(failures) {
  const longest = Math.min(15_000, 500 * 2 ** Math.min(failures, 6));
  return longest * (0.5 + Math.random() / 2);
}
