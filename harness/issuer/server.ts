import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { HoldfastError } from "../model/error.ts";
import { type Clock, createClock } from "./clock.ts";
import { json, oauthRefusal, Refusal } from "./http.ts";
import { createIssuer, type Issuer, type IssuerOptions, type Watched } from "./issuer.ts";
import { newSigningKey, nodeRs256 } from "./keys/node-rs256.ts";
import type { IssuerRequest, Reply } from "./message.ts";
import { randomSource } from "./server/random.ts";
import { readRequest } from "./server/read.ts";
import { writeAnswer, writeReply } from "./server/write.ts";

/** Milliseconds that requests under way have to end when the server stops. */
const PATIENCE = 2_000;
/** Milliseconds that a client has to send its request. */
const SENDING = 10_000;
/** Milliseconds that a client has to answer the announcement of a logout. */
const ANNOUNCING = 5_000;
/** Where the control is, and nothing of a surface. */
const CONTROL = "/_holdfast";

/** What an issuer over HTTP is given. Time is real unless given, and can be moved either way. */
export interface IssuerServerOptions
  extends Omit<IssuerOptions, "origin" | "issuer" | "now" | "journal" | "randomBytes" | "name" | "storage" | "wait" | "rs256" | "newKey">,
    Partial<Pick<IssuerOptions, "now" | "journal" | "name">>,
    Watched {
  /** The address to listen at; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** How clients reach it; default the address and the port. */
  readonly origin?: string;
  /** The `iss` of the WorkOS surface's access tokens; default the origin. */
  readonly issuer?: string;
  /** Serves the control API and its page below `/_holdfast/` to whoever has this bearer. Not given: there is no control over HTTP. */
  readonly controlBearer?: string;
  /** Told of an error of the issuer's own, which its client sees as a 500. */
  readonly failed?: (error: unknown) => void;
}

/** An issuer that answers over HTTP. */
export interface IssuerServer {
  readonly origin: string;
  readonly issuer: Issuer;
  readonly clock: Clock;
  /** Takes no new request, breaks those that a fault holds, lets the others end, and gives the port back. */
  close(): Promise<void>;
}

/**
 * Serves an issuer over HTTP, in real time and with real randomness.
 *
 * @throws {HoldfastError} `BAD_USAGE` when the port cannot be had, and whatever {@link createIssuer} refuses
 *
 * @example
 * ```ts
 * const server = await startIssuerServer({
 *   profile: profiles.workos,
 *   clientId: "client_test",
 *   apiKey: "sk_test",
 *   accessTokenLifetime: 300_000,
 *   users,
 *   keys: signingKeys,
 * });
 * (await fetch(`${server.origin}/sso/jwks/client_test`)).status; // 200
 * await server.close();
 * ```
 */
export async function startIssuerServer(options: IssuerServerOptions): Promise<IssuerServer> {
  const { host = "127.0.0.1", port = 0, now = Date.now, journal = () => {} } = options;
  const server = createServer({
    requestTimeout: SENDING,
    headersTimeout: SENDING,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 60_000,
  });
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("clientError", refuseNonsense);
  server.on("connect", (_, socket: Socket) => refuseNonsense(Object.assign(new Error(), { code: "CONNECT" }), socket));
  await listen(server, host, port);

  const stopping = new AbortController();
  const origin = options.origin ?? originAt(host, (server.address() as AddressInfo).port);
  const clock = createClock(now);
  let made = 0;
  try {
    const issuer = createIssuer({
      ...options,
      ...{
        origin,
        issuer: options.issuer ?? origin,
        now: clock.now,
        journal,
        randomBytes: randomSource(),
        name: options.name ?? (() => {}),
        rs256: nodeRs256(),
      },
      newKey: () => newSigningKey(`holdfast-key-${++made}`),
      wait: (ms) => waitReally(ms, stopping.signal),
      notify: options.notify ?? ((request) => announce(request, stopping.signal)),
    });
    const answer = answerer({ ...options, host, origin, issuer, clock, stopping: stopping.signal });
    server.on("request", (request, response) => void answer(request, response));
    return { origin, issuer, clock, close: () => stop(server, connections, stopping, issuer) };
  } catch (error) {
    server.close();
    throw error;
  }
}

interface Answering extends Pick<IssuerServerOptions, "controlBearer" | "failed"> {
  readonly host: string;
  readonly origin: string;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

function answerer({ issuer, origin, host, clock, controlBearer, failed, stopping }: Answering) {
  /** Loaded when it is asked for first: an issuer that nobody controls starts without it. */
  let control: Promise<(request: IssuerRequest) => Promise<Reply>> | null = null;

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // Only where something may be held does it matter that a client goes away.
    const gone = issuer.control.faults.active ? goneSignal(response) : undefined;
    const request = await readRequest(incoming, origin, gone);
    if (controlBearer !== undefined && isControl(incoming.url ?? "")) {
      const { createControlApi } = await import("./control/api.ts");
      control ??= Promise.resolve(createControlApi({ issuer, clock, origin, host, bearer: controlBearer, stopping }));
      await writeReply(await (await control)(request), response);
      return;
    }
    await writeAnswer(await issuer.answerRead(request), incoming, response);
  }

  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await respond(incoming, response);
    } catch (error) {
      if (response.headersSent || incoming.socket.destroyed) {
        response.destroy();
      } else if (error instanceof Refusal) {
        await writeReply(error.reply, response);
      } else {
        failed?.(error);
        await writeReply(json(500, { error: "server_error", error_description: "The issuer has failed." }), response);
      }
    }
  };
}

function isControl(target: string): boolean {
  return target === CONTROL || target.startsWith(`${CONTROL}/`) || target.startsWith(`${CONTROL}?`);
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = "choose another port, or 0 for any that is free";
    throw new HoldfastError("BAD_USAGE", `expected to listen at ${host}, port ${port}, got ${code}`, hint);
  }
}

function originAt(host: string, port: number): string {
  // Nobody can be sent to "every address".
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** Answers what is no HTTP that could become a request. */
function refuseNonsense({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_NONSENSE[code ?? ""] ?? "400 Bad Request";
  const { headers, body } = oauthRefusal(Number(status.slice(0, 3)), "invalid_request", "Expected an HTTP request.").reply;
  const text = String(body);
  const head = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status}\r\n${head}content-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`);
}

const STATUS_OF_NONSENSE: Readonly<Record<string, string>> = {
  CONNECT: "405 Method Not Allowed",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** The address comes from whoever set the issuer up, and a redirect would lead to somebody else's. */
function announce(request: Request, stopping: AbortSignal): Promise<Response> {
  return fetch(request, { redirect: "error", signal: AbortSignal.any([stopping, AbortSignal.timeout(ANNOUNCING)]) });
}

function waitReally(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    stopping.addEventListener("abort", done);
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener("abort", done);
      resolve();
    }
  });
}

function stop(server: Server, connections: ReadonlySet<Socket>, stopping: AbortController, issuer: Issuer): Promise<void> {
  stopping.abort();
  issuer.control.faults.abandon();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), PATIENCE);
    // A connection that is busy now would be kept alive for seconds after its answer.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
    // Browsers and agents open some in advance. One that has never said anything is not idle to Node.
    for (const connection of connections) if (connection.bytesRead === 0) connection.destroy();
  });
}
