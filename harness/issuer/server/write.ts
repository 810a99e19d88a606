import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Answer } from "../answer.ts";
import type { Reply } from "../message.ts";

/** Puts an answer on the wire, broken where a fault has broken it. */
export async function writeAnswer(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (answer.kind) {
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "truncated": {
      writeHead(answer.reply, response, answer.length);
      response.write(answer.part, () => request.socket.destroy());
      return;
    }
    case "reply":
      await writeReply(answer.reply, response);
  }
}

/** Writes a whole answer; an event stream as it comes. */
export async function writeReply(reply: Reply, to: ServerResponse): Promise<void> {
  const { status, body } = reply;
  if (body !== null && typeof body !== "string") {
    writeHead(reply, to, null);
    // A reader that goes away ends the stream; that is no error of anybody.
    await pipeline(Readable.fromWeb(body as NodeReadableStream), to).catch(() => {});
    return;
  }
  // RFC 9110 §8.6: not even 0 goes with a 204.
  writeHead(reply, to, status === 204 ? null : Buffer.byteLength(body ?? ""));
  to.end(body ?? "");
}

function writeHead({ status, headers }: Reply, to: ServerResponse, length: number | null): void {
  const pairs: string[] = [];
  for (const [name, value] of headers) pairs.push(name, value);
  if (length !== null) pairs.push("content-length", String(length));
  to.writeHead(status, pairs);
}
