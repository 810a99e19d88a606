import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { HoldfastError } from "../../model/error.ts";

/** Says which instance a request of ours is for: 1, 2, … Nobody else may say so, and no instance sees it. */
export const TO_INSTANCE = "x-holdfast-instance";

/** What stands before the instances of an app. */
export interface RoundRobin {
  readonly port: number;
  /** Whose turn it is: 1, 2, … */
  next(): number;
  close(): Promise<void>;
}

/**
 * A round-robin on loopback: each request goes to the next instance, unless it says to which.
 *
 * @param options.port 0 for any that is free
 * @param options.ports where the instances listen; read at each request, since an instance that was restarted may have another
 * @throws HoldfastError `BAD_USAGE` when the port cannot be had
 */
export async function startRoundRobin(options: { readonly port: number; readonly ports: readonly number[] }): Promise<RoundRobin> {
  const { ports } = options;
  let turns = 0;
  const next = () => (turns++ % ports.length) + 1;
  const connections = new Set<Socket>();

  function forward(incoming: IncomingMessage): ReturnType<typeof request> {
    const { [TO_INSTANCE]: named, ...headers } = incoming.headers;
    const instance = typeof named === "string" ? Number(named) : next();
    const raw = incoming.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && name.toLowerCase() !== TO_INSTANCE ? [name, incoming.rawHeaders[index + 1] ?? ""] : [],
    );
    const { method = "GET", url = "/" } = incoming;
    return request({
      host: "127.0.0.1",
      port: ports[instance - 1] ?? 0,
      method,
      path: url,
      headers: raw.length > 0 ? raw : headers,
      agent: false,
    });
  }

  const server = createServer((incoming, outgoing) => pass(forward(incoming), incoming, outgoing));
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => passUpgrade(forward(incoming), incoming, socket, head));
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    next,
    async close() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An instance that breaks off breaks off for the browser, too: a proxy that answered in its place would hide that. */
function pass(onward: ReturnType<typeof request>, incoming: IncomingMessage, outgoing: ServerResponse): void {
  onward.on("error", () => outgoing.destroy());
  onward.on("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
    response.on("error", () => outgoing.destroy());
    response.pipe(outgoing);
  });
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function passUpgrade(onward: ReturnType<typeof request>, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.on("error", () => onward.destroy());
  socket.on("close", () => onward.destroy());
  onward.on("error", () => socket.destroy());
  const headOf = (response: IncomingMessage) => {
    const lines = response.rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${response.rawHeaders[index + 1]}\r\n`] : []));
    return `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines.join("")}`;
  };
  onward.on("upgrade", (response, other: Socket, rest) => {
    socket.write(`${headOf(response)}\r\n`);
    other.on("error", () => socket.destroy());
    if (rest.length > 0) socket.write(rest);
    if (head.length > 0) other.write(head);
    other.pipe(socket).pipe(other);
  });
  onward.on("response", async (response) => {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    // Its length is known now, whatever it was sent as.
    const framed = headOf(response).replace(/^(transfer-encoding|content-length|connection):.*\r\n/gim, "");
    socket.end(Buffer.concat([Buffer.from(`${framed}content-length: ${body.length}\r\nconnection: close\r\n\r\n`), body]));
  });
  incoming.resume();
  onward.end();
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HoldfastError(
      "BAD_USAGE",
      `expected port ${port} to be free for the app's round-robin, got ${code}`,
      "choose another app.port in the configuration, or leave it out for any that is free",
    );
  }
}
