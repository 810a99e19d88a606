import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { systemPorts } from "./system-ports.ts";

const ports = systemPorts();

test("now is now, and random bytes are as many as asked for and not the same twice", () => {
  expect(Math.abs(ports.now() - Date.now())).toBeLessThan(1_000);
  expect(ports.randomBytes(16)).toHaveLength(16);
  expect(ports.randomBytes(16)).not.toEqual(ports.randomBytes(16));
});

test("a wait ends by itself, with its signal, or at once when that has already aborted", async () => {
  await ports.wait(1);
  const controller = new AbortController();
  const waiting = ports.wait(600_000, controller.signal);
  controller.abort();
  await waiting;
  await ports.wait(600_000, controller.signal);
});

test("fetch needs no receiver", async () => {
  const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { fetch } = ports;
  expect(await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text()).toBe("ok");
  server.close();
});
