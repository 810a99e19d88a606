import type { Ports } from "../../session/ports.ts";

/** Something that is done now and then until it is stopped. */
export interface Maintenance {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Runs the tasks one after the other, again and again, with a pause after each round: a round never overlaps the next, however long
 * it takes. A task that fails is reported and keeps none of the others from running.
 *
 * @param options.pause Milliseconds between the rounds, and before the first.
 * @param options.failed Told what a task has thrown.
 *
 * @example
 * ```ts
 * const maintenance = startMaintenance([() => session.maintain()], { pause: 30_000, ports, failed: (error) => logFault(error, log) });
 * await maintenance.stop();
 * ```
 */
export function startMaintenance(
  tasks: readonly (() => Promise<unknown>)[],
  { pause, ports, failed }: { readonly pause: number; readonly ports: Pick<Ports, "wait">; failed(error: unknown): void },
): Maintenance {
  const stopping = new AbortController();

  async function run(): Promise<void> {
    for (;;) {
      await ports.wait(pause, stopping.signal);
      for (const task of tasks) {
        if (stopping.signal.aborted) return;
        try {
          await task();
        } catch (error) {
          failed(error);
        }
      }
    }
  }

  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
