import type { Ports } from "../session/ports.ts";

/**
 * The ports of a real runtime. Made by the program that starts the app, and by nothing else.
 *
 * @example
 * ```ts
 * const api = createApi({ ports: systemPorts(), ...rest });
 * ```
 */
export function systemPorts(): Ports {
  return {
    fetch: (...request) => fetch(...request),
    now: () => Date.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = setTimeout(done, milliseconds);
        function done(): void {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        }
        signal?.addEventListener("abort", done);
      }),
  };
}
