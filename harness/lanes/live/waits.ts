/** Milliseconds between two looks. */
const LOOK_EVERY = 5;

/** Resolves so many milliseconds later; rejects as soon as somebody stops everything. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return stoppable(signal, (resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    return () => clearTimeout(timer);
  });
}

/** Resolves to true as soon as something is so, and to false when it has not become so in time. */
export async function untilTrue(isSo: () => boolean, patience: number, signal: AbortSignal): Promise<boolean> {
  await stoppable(signal, (resolve) => {
    if (isSo()) resolve();
    const look = setInterval(() => isSo() && resolve(), LOOK_EVERY);
    const timer = setTimeout(resolve, patience);
    return () => {
      clearInterval(look);
      clearTimeout(timer);
    };
  });
  return isSo();
}

/**
 * Resolves when nothing has been heard for a while, or it is known that nothing more will be.
 *
 * @param listen is given what to call whenever something is heard, and returns what ends that
 * @param calm milliseconds
 */
export function untilQuiet(
  listen: (heard: () => void) => () => void,
  isEnough: () => boolean,
  calm: number,
  signal: AbortSignal,
): Promise<void> {
  return stoppable(signal, (resolve) => {
    if (isEnough()) resolve();
    const timer = setTimeout(resolve, calm);
    const stop = listen(() => (isEnough() ? resolve() : void timer.refresh()));
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

/** @param begin returns what clears up, whichever way it ends */
function stoppable(signal: AbortSignal, begin: (resolve: () => void) => () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stopped = () => reject(signal.reason);
  const clearUp = begin(resolve);
  signal.addEventListener("abort", stopped);
  if (signal.aborted) stopped();
  return promise.finally(() => {
    clearUp();
    signal.removeEventListener("abort", stopped);
  });
}
