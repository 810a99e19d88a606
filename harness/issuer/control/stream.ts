import { noStore } from "../http.ts";
import { Reply } from "../message.ts";
import type { Entry, Journal } from "./journal.ts";

/** Milliseconds after which a stream says that it is still there. */
const HEARTBEAT = 15_000;
/** Entries that wait for a reader who does not read; beyond that the stream ends, and the reader begins anew where it stopped. */
const MOST_WAITING = 10_000;

/**
 * The journal as server-sent events: what is kept after `after`, then `live`, then each entry as it is written.
 *
 * @param stopping ends the stream
 */
export function journalStream(journal: Journal, after: number, stopping: AbortSignal): Reply {
  let end = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let ended = false;
        const say = (text: string) => {
          if (!ended) controller.enqueue(Buffer.from(text));
        };
        const tell = (entry: Entry) => {
          if (!ended && (controller.desiredSize ?? 0) < -MOST_WAITING) onStop();
          else say(`id: ${entry.order}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`);
        };
        const unsubscribe = journal.subscribe(tell);
        const beat = setInterval(() => say(": still here\n\n"), HEARTBEAT);
        const onStop = () => {
          if (ended) return;
          end();
          controller.close();
        };
        end = () => {
          ended = true;
          unsubscribe();
          clearInterval(beat);
          stopping.removeEventListener("abort", onStop);
        };
        for (const entry of journal.entries({ after })) tell(entry);
        say(`event: live\ndata: ${JSON.stringify({ dropped: journal.dropped })}\n\n`);
        if (stopping.aborted) onStop();
        else if (!ended) stopping.addEventListener("abort", onStop);
      },
      cancel: () => end(),
    },
    { highWaterMark: 1 },
  );
  return new Reply(body, { headers: { "content-type": "text/event-stream; charset=utf-8", ...noStore } });
}
