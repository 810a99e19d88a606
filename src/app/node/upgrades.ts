import { type IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { AcceptUpgrade, SocketEvents } from "../live/socket.ts";

/** Bytes of one message from a browser. */
const MAX_MESSAGE = 4_096;
/** "Going away" (RFC 6455 §7.4.1): the browser comes back. */
const GOING_AWAY = 1001;

/** A request to become something else than HTTP, as Node hands it over. */
export interface UpgradeRequest {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The WebSockets of one server. */
export interface Upgrades {
  /** Has a request answered, and either opens the WebSocket or sends the answer. Never rejects. */
  answer(fetch: (request: Request, accept?: AcceptUpgrade) => Promise<Response>, request: UpgradeRequest): Promise<void>;
  /** Asks all browsers to close. */
  close(): void;
  /** Breaks what is still open. */
  terminate(): void;
}

/**
 * Lets an app answer requests for WebSockets as it answers any other. The helper of `@hono/node-server` would drop the body of an answer
 * that refuses one, and with it the code that tells an expired token from a sign-out.
 *
 * @example
 * ```ts
 * const upgrades = openUpgrades();
 * server.on("upgrade", (incoming, socket, head) => void upgrades.answer(app.fetch, { incoming, socket, head }));
 * ```
 */
export function openUpgrades(): Upgrades {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, clientTracking: true });
  return {
    async answer(fetch, { incoming, socket, head }) {
      // A connection that breaks is told of by its close.
      const ignore = () => {};
      socket.on("error", ignore);
      let accepted: SocketEvents | null = null;
      const response = await answered(fetch, incoming, (events) => {
        accepted = events;
      });
      // The compiler does not see the assignment within the callback.
      const events = accepted as SocketEvents | null;
      if (socket.destroyed) return events?.closed();
      if (events === null) return refuse(response, incoming, socket);
      const abandoned = () => events.closed();
      socket.once("close", abandoned);
      server.handleUpgrade(incoming, socket, head, (websocket) => {
        socket.off("close", abandoned);
        socket.off("error", ignore);
        attach(websocket, events);
      });
    },
    close() {
      for (const client of server.clients) client.close(GOING_AWAY);
    },
    terminate() {
      for (const client of server.clients) client.terminate();
    },
  };
}

async function answered(
  fetch: (request: Request, accept?: AcceptUpgrade) => Promise<Response>,
  incoming: IncomingMessage,
  accept: AcceptUpgrade,
): Promise<Response> {
  const url = URL.parse(incoming.url ?? "", `http://${incoming.headers.host}`);
  if (url === null) return new Response(null, { status: 400 });
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  try {
    return await fetch(new Request(url, { method: incoming.method ?? "GET", headers }), accept);
  } catch {
    return new Response(null, { status: 500 });
  }
}

/** Sends what is no WebSocket, and ends the connection. */
async function refuse(response: Response, incoming: IncomingMessage, socket: Duplex): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const writer = new ServerResponse(incoming);
  writer.assignSocket(socket as never);
  writer.shouldKeepAlive = false;
  for (const [name, value] of response.headers) writer.appendHeader(name, value);
  writer.writeHead(response.status, STATUS_CODES[response.status] ?? "");
  writer.end(body, () => socket.end());
}

function attach(websocket: WebSocket, events: SocketEvents): void {
  // What went wrong is told by the close that follows.
  websocket.on("error", () => {});
  websocket.on("message", (data, isBinary) => {
    if (!isBinary) events.said(String(data));
  });
  websocket.on("close", () => events.closed());
  events.opened({
    send: (text) => websocket.send(text),
    close: (code, reason) => websocket.close(code, reason),
    get buffered() {
      return websocket.bufferedAmount;
    },
  });
}
