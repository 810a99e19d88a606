import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { exchange } from "./http.ts";
import { startRoundRobin, TO_INSTANCE } from "./round-robin.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Instances that say who they are and what they were told. */
async function instances(
  count: number,
  upgrade?: (socket: Socket) => void,
): Promise<{ readonly servers: Server[]; readonly ports: number[] }> {
  const servers = Array.from({ length: count }, (_, index) => {
    const server = createServer((request, response) => {
      if (request.url === "/breaks") return void request.socket.destroy();
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(JSON.stringify({ instance: index + 1, host: request.headers.host, told: request.headers[TO_INSTANCE] ?? null }));
    });
    if (upgrade !== undefined) server.on("upgrade", (_request, socket: Socket) => upgrade(socket));
    return server;
  });
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
  }
  return { servers, ports: servers.map((server) => (server.address() as AddressInfo).port) };
}

async function roundRobin(ports: readonly number[]) {
  const robin = await startRoundRobin({ port: 0, ports });
  closers.push(() => robin.close());
  return robin;
}

const get = (port: number, path = "/", headers: [string, string][] = []) =>
  exchange({ method: "GET", url: `http://localhost:${port}${path}`, headers, body: null }, new AbortController().signal, 5_000).answer;

test("requests take turns, and each has its own host and all cookies", async () => {
  const { ports } = await instances(2);
  const { port } = await roundRobin(ports);
  const answers = [await get(port), await get(port), await get(port)];
  expect(answers.map((answer) => JSON.parse(answer?.body ?? ""))).toEqual(
    [1, 2, 1].map((instance) => ({ instance, host: `localhost:${port}`, told: null })),
  );
  expect(answers[0]?.headers.filter(([name]) => name === "set-cookie")).toEqual([
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ]);
});

test("a request may say for whom it is, which its instance is not told", async () => {
  const { ports } = await instances(3);
  const { port } = await roundRobin(ports);
  expect(JSON.parse((await get(port, "/", [[TO_INSTANCE, "3"]]))?.body ?? "")).toMatchObject({ instance: 3, told: null });
});

test("an instance that breaks off, or is not there, is no answer", async () => {
  const { ports } = await instances(1);
  const { port } = await roundRobin([...ports, 1]);
  expect(await get(port, "/breaks")).toBeNull();
  expect(await get(port)).toBeNull();
});

test("an upgrade goes through, and so does its refusal", async () => {
  const accepting = await instances(1, (socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\nhello"),
  );
  const { port } = await roundRobin(accepting.ports);
  const socket = connect(port, "127.0.0.1");
  closers.push(() => socket.destroy());
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
  let text = "";
  for await (const part of socket) {
    text += part;
    if (text.includes("hello")) break;
  }
  expect(text).toMatch(/^HTTP\/1\.1 101 /);

  const refusing = await instances(1);
  const other = await roundRobin(refusing.ports);
  const refused = await get(other.port, "/", [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
  ]);
  expect(refused).toMatchObject({ status: 200, body: expect.stringContaining('"instance":1') });
});

test("a port that is taken is one clear error", async () => {
  const { ports } = await instances(1);
  await expect(startRoundRobin({ port: ports[0] ?? 0, ports: [] })).rejects.toMatchObject({
    code: "BAD_USAGE",
    message: `expected port ${ports[0]} to be free for the app's round-robin, got EADDRINUSE`,
  });
});
