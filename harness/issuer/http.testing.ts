import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { onTestFinished } from "vitest";

// For tests alone.

/** Keeps what ends a server until its time has come. */
export type Keep = (close: () => Promise<void>) => void;

/**
 * Serves a handler on loopback until the test has finished, or `keep` says so.
 *
 * @param handlerAt is given the origin once it is known
 */
export async function serve(
  handlerAt: (origin: string) => (request: Request) => Response | Promise<Response>,
  keep: Keep = onTestFinished,
): Promise<string> {
  let handle: ReturnType<typeof handlerAt>;
  // The globals stay as they are: the tests have others that use them.
  const server = createAdaptorServer({ fetch: (request) => handle(request), overrideGlobalObjects: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  keep(async () => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  handle = handlerAt(origin);
  return origin;
}
