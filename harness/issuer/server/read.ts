import type { IncomingMessage } from "node:http";
import { BODY_LIMIT } from "../fetched.ts";
import { oauthRefusal } from "../http.ts";
import type { IssuerRequest } from "../message.ts";

/** So much (bytes) of a body that is too large is still read, so that its sender gets to hear the answer. */
const MOST_READ = 64 * BODY_LIMIT;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Fetch has no requests of these methods, and no endpoint takes them. */
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * Reads one request to its end.
 *
 * @param origin where it is taken to have been sent, whatever its `Host` says
 * @param signal aborted when its client goes away
 * @throws {Refusal} 400, 405 or 413 for what is no request that anybody could answer
 */
export async function readRequest(incoming: IncomingMessage, origin: string, signal: AbortSignal | undefined): Promise<IssuerRequest> {
  const { url = "", method = "GET" } = incoming;
  const bytes = await readBody(incoming);
  // A proxy's form of a request, or the `*` of OPTIONS: there is nothing of ours at either.
  if (!url.startsWith("/")) throw oauthRefusal(400, "invalid_request", "Expected a request target that is a path.");
  if (FORBIDDEN.has(method)) throw oauthRefusal(405, "invalid_request", "This method is not taken here.", { allow: "GET, POST" });
  const body = decode(bytes);
  const hasBody = method !== "GET" && method !== "HEAD";
  return { method, url: new URL(origin + url), headers: headersOf(incoming), body: hasBody ? body : "", signal };
}

/** As Node gives them: where one came twice its values are joined, or the first counts, as HTTP has it. */
function headersOf({ headers }: IncomingMessage): IssuerRequest["headers"] {
  const get = (name: string) => {
    const value = headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
  };
  return { get, has: (name) => headers[name] !== undefined };
}

function decode(bytes: Buffer): string {
  if (bytes.length === 0) return "";
  try {
    return utf8.decode(bytes);
  } catch {
    throw oauthRefusal(400, "invalid_request", "Expected a body in UTF-8.");
  }
}

/** Rejects when the client goes away in its middle. */
function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const tooLarge = () => oauthRefusal(413, "invalid_request", "Expected a body of at most 1 MiB.", { connection: "close" });
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_LIMIT) chunks.push(chunk);
      else chunks.length = 0;
      if (length > MOST_READ) reject(tooLarge());
    });
    incoming.on("end", () =>
      length > BODY_LIMIT ? reject(tooLarge()) : resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    );
    incoming.on("error", reject);
    incoming.on("close", () => {
      // It comes after every request, and an error costs what a signature's hundredth does.
      if (!incoming.complete) reject(new Error("the client went away"));
    });
  });
}
