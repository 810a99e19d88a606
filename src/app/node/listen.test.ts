import { expect, test } from "vitest";
import { listen } from "./listen.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

test("a taken port is named, and what to do", async () => {
  const first = await listen(LOOPBACK);
  const refused = listen({ ...LOOPBACK, port: first.port });
  await expect(refused).rejects.toMatchObject({
    name: "StartError",
    message: `expected port ${first.port} of 127.0.0.1 to be free, but something listens there`,
    hint: "choose another port, or stop what is there",
  });
  await first.close();
});

test("an address of another machine is refused", async () => {
  await expect(listen({ host: "192.0.2.1", port: 0 })).rejects.toThrow(
    "expected 192.0.2.1 to be an address of this machine, got EADDRNOTAVAIL",
  );
});

test("what is under way ends before the server does, and nothing listens afterwards", async () => {
  const listening = await listen(LOOPBACK);
  let [arrive, finish] = [() => {}, () => {}];
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  listening.serve(async () => {
    arrive();
    await finished;
    return new Response("at last");
  });
  const url = `http://127.0.0.1:${listening.port}/`;
  const answer = fetch(url);
  await arrived;
  const closed = listening.close();
  finish();
  expect(await (await answer).text()).toBe("at last");
  await closed;
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("the globals stay as they were", async () => {
  const before = [globalThis.Request, globalThis.Response];
  const listening = await listen(LOOPBACK);
  listening.serve(async () => new Response());
  expect([globalThis.Request, globalThis.Response]).toEqual(before);
  await listening.close();
});
