import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { AcceptUpgrade } from "../live/socket.ts";
import { StartError } from "./start-error.ts";
import { openUpgrades } from "./upgrades.ts";

/** Milliseconds that requests under way have to end when the server stops. */
const PATIENCE = 5_000;

/** A port that is ours. */
export interface Listening {
  readonly port: number;
  /** Answers what arrives from now on. Call it in the same turn of the event loop: what arrives before is never answered. */
  serve(fetch: (request: Request, accept?: AcceptUpgrade) => Promise<Response>): void;
  /** Takes no new request, lets those under way end, and ends the WebSockets. */
  close(): Promise<void>;
}

/**
 * Takes a port first, and is told later what to serve there: an app must know its own origin before it exists.
 *
 * @param options.port 0 for any that is free.
 * @throws StartError when the port cannot be had.
 *
 * @example
 * ```ts
 * const listening = await listen({ host: "127.0.0.1", port: 0 });
 * listening.serve(async () => new Response("hello"));
 * await (await fetch(`http://127.0.0.1:${listening.port}/`)).text(); // "hello"
 * await listening.close();
 * ```
 */
export async function listen({ host, port }: { readonly host: string; readonly port: number }): Promise<Listening> {
  const server = createServer((_, response) => {
    // A connection that was busy when the server stopped would be kept alive for seconds after its answer.
    response.once("close", () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw notListening(host, port, (error as NodeJS.ErrnoException).code);
  }
  const upgrades = openUpgrades();
  return {
    port: (server.address() as AddressInfo).port,
    serve(fetch) {
      // The globals stay as they are: this process may have others that use them.
      server.on(
        "request",
        getRequestListener((request) => fetch(request), { overrideGlobalObjects: false, hostname: host }),
      );
      server.on("upgrade", (incoming, socket, head) => void upgrades.answer(fetch, { incoming, socket, head }));
    },
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          server.closeAllConnections();
          upgrades.terminate();
        }, PATIENCE);
        upgrades.close();
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

function notListening(host: string, port: number, code: string | undefined): StartError {
  if (code === "EADDRINUSE") {
    return new StartError(
      `expected port ${port} of ${host} to be free, but something listens there`,
      "choose another port, or stop what is there",
    );
  }
  if (code === "EACCES") return new StartError(`expected to be allowed to listen at port ${port}`, "choose one from 1024 on");
  return new StartError(`expected ${host} to be an address of this machine, got ${code ?? "an error"}`, "listen at 127.0.0.1");
}
