import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Answer } from "../answer.ts";
import { textOf } from "../http.ts";

/** Puts an answer on the wire, broken where a fault has broken it. */
export async function writeAnswer(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (answer.kind) {
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "truncated": {
      writeHead(answer.response, response, answer.length);
      response.write(answer.part, () => request.socket.destroy());
      return;
    }
    case "response":
      await writeResponse(answer.response, response);
  }
}

/** Writes a whole response; one of an event stream as it comes. */
export async function writeResponse(from: Response, to: ServerResponse): Promise<void> {
  if (from.headers.get("content-type")?.startsWith("text/event-stream") && from.body !== null) {
    writeHead(from, to, null);
    // A reader that goes away ends the stream; that is no error of anybody.
    await pipeline(Readable.fromWeb(from.body as NodeReadableStream), to).catch(() => {});
    return;
  }
  const body = textOf(from) ?? Buffer.from(await from.arrayBuffer());
  writeHead(from, to, Buffer.byteLength(body));
  to.end(body);
}

function writeHead({ status, headers }: Response, to: ServerResponse, length: number | null): void {
  const pairs: string[] = [];
  for (const [name, value] of headers) pairs.push(name, value);
  if (length !== null) pairs.push("content-length", String(length));
  to.writeHead(status, pairs);
}
