import { createConnection, createServer, type Server, type Socket } from "node:net";
import { Frames } from "./wire-frames.ts";

/** What a server says when it waits for the next request, and what a client's request ends with (PostgreSQL manual, "Message Formats"). */
const READY_FOR_QUERY = "Z";
const ENDS_REQUEST: ReadonlySet<string> = new Set(["Q", "S"]);

/** One connection on its way through the proxy. */
export class Wire {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #requests = new Frames({ startsUntyped: true });
  readonly #answers = new Frames({ startsUntyped: false });
  #swallows = false;
  #held: Buffer[] | null = null;
  #isReady: (() => void) | null = null;
  #hasEnded = false;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    client.setNoDelay(true).on("data", (chunk) => this.#request(chunk));
    server.setNoDelay(true).on("data", (chunk) => this.#answer(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy()).on("end", () => other.end());
    }
    // Who has ended answers nothing more.
    server.on("close", () => {
      this.#hasEnded = true;
      this.#isReady?.();
    });
  }

  /** The next request never reaches the server: both sides find their connection broken when it was sent. */
  swallowRequest(): void {
    this.#swallows = true;
  }

  /** Keeps answers back. Resolves when the server has answered the next request in full, or has ended. */
  hold(): Promise<void> {
    this.#held = [];
    return new Promise((resolve) => {
      this.#isReady = resolve;
      if (this.#hasEnded) resolve();
    });
  }

  /** Forgets what was kept back, and passes on what comes from now on. */
  loseHeld(): void {
    this.#held = null;
  }

  /** The connection breaks, for both sides. */
  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #request(chunk: Buffer): void {
    const frames = this.#requests.push(chunk);
    if (!this.#swallows) this.#server.write(Buffer.concat(frames.map(({ bytes }) => bytes)));
    else if (frames.some(({ type }) => ENDS_REQUEST.has(type))) this.cut();
  }

  #answer(chunk: Buffer): void {
    const frames = this.#answers.push(chunk);
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
    if (this.#held === null) this.#client.write(bytes);
    else {
      this.#held.push(bytes);
      if (frames.some(({ type }) => type === READY_FOR_QUERY)) this.#isReady?.();
    }
  }
}

/**
 * Stands between the driver and a server, and breaks connections at the very message where they are to break: the driver then meets
 * what it would meet on a network. It knows the protocol's frames, and nothing of what is in them.
 */
export class WireProxy {
  readonly #server: Server;
  readonly #wires = new Map<number, Wire>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target where the server is */
  static async listen(target: { readonly host: string; readonly port: number }): Promise<WireProxy> {
    const server = createServer((client) => {
      const wire = new Wire(client, createConnection(target));
      const port = client.remotePort ?? 0;
      proxy.#wires.set(port, wire);
      client.on("close", () => proxy.#wires.delete(port));
    });
    const proxy = new WireProxy(server);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  /** @param port the client's own, by which its connection is known */
  wireOf(port: number): Wire {
    const wire = this.#wires.get(port);
    if (wire === undefined) throw new RangeError(`expected a connection from port ${port}, got none`);
    return wire;
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.cut();
    this.#server.close();
  }
}
