import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { AcceptUpgrade, Socket } from "../live/socket.ts";
import { type Listening, listen } from "./listen.ts";

let listening: Listening;
beforeEach(async () => {
  listening = await listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => listening.close());

const address = () => `ws://127.0.0.1:${listening.port}/live?from=3`;

/** An app that answers with what it was asked, and takes what asks for `/live`. */
function serve(said: string[] = []): Promise<{ readonly socket: Socket; readonly heard: Promise<void>; readonly closed: Promise<void> }> {
  const heard = Promise.withResolvers<void>();
  return new Promise((resolve) => {
    listening.serve(async (request: Request, accept?: AcceptUpgrade) => {
      const { pathname, search } = new URL(request.url);
      if (pathname !== "/live" || accept === undefined) {
        return Response.json(
          { pathname, cookie: request.headers.get("cookie") },
          {
            status: 401,
            headers: [
              ["set-cookie", "a=1"],
              ["set-cookie", "b=2"],
            ],
          },
        );
      }
      said.push(search);
      const closed = Promise.withResolvers<void>();
      accept({
        opened: (socket) => resolve({ socket, heard: heard.promise, closed: closed.promise }),
        said(text) {
          said.push(text);
          heard.resolve();
        },
        closed: closed.resolve,
      });
      return new Response(null, { status: 204 });
    });
  });
}

test("what the app takes is a WebSocket, in both directions and until either side ends it", async () => {
  const said: string[] = [];
  const serving = serve(said);
  const client = new WebSocket(address());
  const answered = once(client, "message");
  await once(client, "open");
  client.send("hello");
  const { socket, heard, closed } = await serving;
  socket.send("welcome");
  expect(String((await answered)[0])).toBe("welcome");
  await heard;
  expect(said).toEqual(["?from=3", "hello"]);
  const ended = once(client, "close");
  socket.close(4401, "session_stale");
  const [code, reason] = await ended;
  expect([code, String(reason)]).toEqual([4401, "session_stale"]);
  await closed;
});

test("what the app refuses is answered in full, with its body and every cookie", async () => {
  void serve();
  const headers = { connection: "upgrade", upgrade: "websocket", cookie: "c=3" };
  const asked = httpRequest({ host: "127.0.0.1", port: listening.port, path: "/other", headers }).end();
  const [response] = await once(asked, "response");
  const body = Buffer.concat(await response.toArray()).toString();
  expect([response.statusCode, response.headers["set-cookie"], JSON.parse(body)]).toEqual([
    401,
    ["a=1", "b=2"],
    { pathname: "/other", cookie: "c=3" },
  ]);
  expect(response.headers.connection).toBe("close");
});

test("a connection that breaks is over for the app, and a message that is too long breaks it", async () => {
  const serving = serve();
  const client = new WebSocket(address());
  await once(client, "open");
  const ended = once(client, "close");
  client.send("x".repeat(5_000));
  expect((await ended)[0]).toBe(1009);
  await (await serving).closed;
});

test("closing the server ends what is open", async () => {
  void serve();
  const client = new WebSocket(address());
  await once(client, "open");
  const ended = once(client, "close");
  await listening.close();
  expect((await ended)[0]).toBe(1001);
});

test("whoever leaves before the answer is told as gone, and harms nobody", async () => {
  const [asked, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const left = Promise.withResolvers<void>();
  listening.serve(async (_request: Request, accept?: AcceptUpgrade) => {
    asked.resolve();
    await left.promise;
    accept?.({ opened: () => {}, said: () => {}, closed: closed.resolve });
    return new Response(null, { status: 204 });
  });
  const client = connect(listening.port, "127.0.0.1");
  client.write(
    "GET /live HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  await asked.promise;
  client.destroy();
  await once(client, "close");
  left.resolve();
  await closed.promise;
});
