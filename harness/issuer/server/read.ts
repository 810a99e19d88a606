import type { IncomingMessage } from "node:http";
import { oauthRefusal } from "../http.ts";

/** One MiB, in bytes: a hundred times what any request to an issuer needs. */
const MOST = 1 << 20;
/** So much (bytes) of a body that is too large is still read, so that its sender gets to hear the answer. */
const MOST_READ = 64 * MOST;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Fetch has no requests of these methods, and no endpoint takes them. */
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);

/** A request as the issuer takes it, and the text of its body. */
export interface Incoming {
  readonly request: Request;
  readonly body: string;
}

/**
 * Reads one request to its end.
 *
 * @param origin where it is taken to have been sent, whatever its `Host` says
 * @param gone aborted when its client goes away
 * @throws {Refusal} 400, 405 or 413 for what is no request that anybody could answer
 */
export async function readRequest(incoming: IncomingMessage, origin: string, gone: AbortSignal | undefined): Promise<Incoming> {
  const { url = "", method = "GET", headers } = incoming;
  const bytes = await readBody(incoming);
  // A proxy's form of a request, or the `*` of OPTIONS: there is nothing of ours at either.
  if (!url.startsWith("/")) throw oauthRefusal(400, "invalid_request", "Expected a request target that is a path.");
  if (FORBIDDEN.has(method)) throw oauthRefusal(405, "invalid_request", "This method is not taken here.", { allow: "GET, POST" });
  const body = decode(bytes);
  const hasBody = method !== "GET" && method !== "HEAD";
  return {
    request: new Request(origin + url, {
      method,
      headers: headers as Record<string, string>,
      ...(hasBody ? { body } : {}),
      ...(gone === undefined ? {} : { signal: gone }),
    }),
    body: hasBody ? body : "",
  };
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
      if (length <= MOST) chunks.push(chunk);
      else chunks.length = 0;
      if (length > MOST_READ) reject(tooLarge());
    });
    incoming.on("end", () =>
      length > MOST ? reject(tooLarge()) : resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    );
    incoming.on("error", reject);
    incoming.on("close", () => {
      // It comes after every request, and an error costs what a signature's hundredth does.
      if (!incoming.complete) reject(new Error("the client went away"));
    });
  });
}
