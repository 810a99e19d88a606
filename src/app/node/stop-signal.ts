/**
 * Resolves when the process is asked to stop, by Ctrl+C or by whoever runs it. Further signals change nothing: npm passes on one that
 * the terminal has already sent, and that must not cut the stop short.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
}
