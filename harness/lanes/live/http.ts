import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { BrowserRequest, BrowserResponse } from "../../browser/wire.ts";

/** What happens to a request on its way. */
export interface Exchange {
  /** All of it has been handed to the system, over a connection that the other side has accepted. */
  readonly sent: Promise<void>;
  /** What came back; null when the connection broke before the answer was whole. Rejects when `signal` aborts. */
  readonly answer: Promise<BrowserResponse | null>;
}

/**
 * Puts one request on a connection of its own. Redirects are not followed; of an upgrade that is accepted, the connection is closed.
 *
 * @param to where to connect; the URL's own host and port unless given
 * @param patience milliseconds until a request without an answer is given up: that is no answer
 */
export function exchange(
  { method, url, headers, body }: BrowserRequest,
  signal: AbortSignal,
  patience: number,
  to?: { readonly host: string; readonly port: number },
): Exchange {
  const target = new URL(url);
  const sent = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<BrowserResponse | null>();
  const send = target.protocol === "https:" ? overHttps : overHttp;
  const request = send(target, {
    method,
    agent: false,
    headers: [
      ...headers,
      ["host", target.host],
      ...(method === "POST" ? [["content-length", String(Buffer.byteLength(body ?? ""))]] : []),
    ].flat() as string[],
    ...(to === undefined ? {} : to),
  });
  const timer = setTimeout(() => request.destroy(new Error("no answer in time")), patience);
  const onAbort = () => {
    request.destroy();
    answer.reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort);
  const settle = (result: BrowserResponse | null) => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    sent.resolve();
    answer.resolve(result);
  };
  request.once("finish", () => sent.resolve());
  request.once("response", async (response) => settle(await whole(response)));
  request.once("upgrade", (response, socket) => {
    socket.destroy();
    settle({ status: response.statusCode ?? 0, headers: pairs(response), body: "" });
  });
  request.once("error", () => settle(null));
  request.once("close", () => {
    clearTimeout(timer);
    sent.resolve();
  });
  if (signal.aborted) onAbort();
  else request.end(body ?? undefined);
  return { sent: sent.promise, answer: answer.promise };
}

/** Null when it broke off. */
async function whole(response: IncomingMessage): Promise<BrowserResponse | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    return null;
  }
  return { status: response.statusCode ?? 0, headers: pairs(response), body: Buffer.concat(parts).toString() };
}

function pairs({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""] as [string, string]] : [],
  );
}
