import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

// For tests alone.

/** Serves a handler on loopback until the test has finished. `handler` is given once the origin is known. */
export async function serve(handlerAt: (origin: string) => (request: Request) => Promise<Response>): Promise<string> {
  let handle: (request: Request) => Promise<Response>;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "GET", url = "/", headers } = incoming;
    const bodyless = method === "GET" || method === "HEAD";
    const body = bodyless ? null : Buffer.concat(chunks);
    const response = await handle(new Request(new URL(url, origin), { method, headers: headers as Record<string, string>, body }));
    outgoing.writeHead(response.status, [...response.headers].flat());
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  handle = handlerAt(origin);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return origin;
}
