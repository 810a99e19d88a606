import type { Interrupted } from "./exit-status.ts";
import type { Stop } from "./stop.ts";

/** 128 and the number of the signal, as shells have it. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<string, Interrupted>;

const WORDS = "Stopping: what has been done is reported. Once more ends it at once.\n";

/**
 * Lets a run be stopped from outside, with Ctrl-C or by whoever runs it: the first signal asks for the end and what was done is still
 * reported, the second one ends the process, threads and all.
 *
 * @param say is given the words for the person who waits
 * @param words where that means something else than a report of what was done
 * @returns the status to exit with once all is written; null while nobody has asked
 */
export function stopOnSignals(stop: Stop, say: (words: string) => void, words = WORDS): () => Interrupted | null {
  let status: Interrupted | null = null;
  for (const [signal, code] of Object.entries(STATUS)) {
    process.on(signal, () => {
      if (status !== null) process.exit(code);
      status = code;
      stop.request();
      say(words);
    });
  }
  return () => status;
}
