import { EventEmitter } from "node:events";
import type pg from "pg";
import { beforeEach, describe, expect, test } from "vitest";
import { createListener, type Listener } from "./listener.ts";

/** A connection that does nothing by itself. */
class FakeClient extends EventEmitter {
  readonly statements: string[] = [];
  readonly released: unknown[] = [];
  /** What becomes of its statements. */
  answer: Promise<void> = Promise.resolve();
  query(text: string): Promise<void> {
    this.statements.push(text);
    return this.answer;
  }
  release(destroy?: boolean): void {
    // As the driver does.
    if (this.released.length > 0) throw new Error("Release called on client which has already been released to the pool.");
    this.released.push(destroy);
  }
  tell(payload: string): void {
    this.emit("notification", { payload });
  }
}

let clients: FakeClient[];
let down: boolean;
/** What becomes of the statements of connections to come. */
let answer: Promise<void>;
let listener: Listener;
/** The keys of which somebody heard, in order. */
let heard: string[];
beforeEach(() => {
  clients = [];
  heard = [];
  down = false;
  answer = Promise.resolve();
  const pool = {
    async connect() {
      if (down) throw new Error("down");
      const client = Object.assign(new FakeClient(), { answer });
      clients.push(client);
      return client;
    },
  };
  listener = createListener(pool as unknown as pg.Pool, "channel_1");
});

const hear = (key: string, name = key) => listener.on(key, () => heard.push(name));

describe("the listener", () => {
  test("hears of its keys on one connection, and of nothing once it was stopped", async () => {
    const stop = await hear("a");
    await hear("b");
    clients[0]?.tell("a");
    clients[0]?.tell("c");
    stop();
    clients[0]?.tell("a");
    clients[0]?.tell("b");
    expect(heard).toEqual(["a", "b"]);
    expect(clients.map(({ statements }) => statements)).toEqual([["listen channel_1"]]);
  });

  test("that is stopped by one who waits for a key still hears for the other", async () => {
    const stop = await hear("a", "first");
    await hear("a", "second");
    stop();
    clients[0]?.tell("a");
    expect(heard).toEqual(["second"]);
  });

  test("that is stopped twice hears for who has come since", async () => {
    const stop = await hear("a", "first");
    stop();
    await hear("a", "second");
    stop();
    clients[0]?.tell("a");
    expect(heard).toEqual(["second"]);
  });

  test("wakes everybody when its connection is lost, throws that away, and takes another", async () => {
    await hear("a");
    await hear("b");
    clients[0]?.emit("error", new Error("lost"));
    expect(heard).toEqual(["a", "b"]);
    expect(clients[0]?.released).toEqual([true]);
    await hear("c");
    clients[1]?.tell("c");
    expect(heard).toEqual(["a", "b", "c"]);
  });

  test("keeps its new connection when the old one fails again", async () => {
    await hear("a");
    clients[0]?.emit("error", new Error("lost"));
    await hear("b");
    clients[0]?.emit("error", new Error("lost once more"));
    await hear("c");
    expect(clients).toHaveLength(2);
  });

  test("gives a connection back that could not listen, and takes another", async () => {
    answer = Promise.reject(new Error("the server is shutting down"));
    await expect(hear("a")).rejects.toThrow("the server is shutting down");
    expect(clients[0]?.released).toEqual([true]);
    answer = Promise.resolve();
    heard = [];
    await hear("b");
    clients[1]?.tell("b");
    expect(heard).toEqual(["b"]);
  });

  test("survives a connection that breaks while it begins to listen", async () => {
    const lost = Promise.withResolvers<void>();
    answer = lost.promise;
    const hearing = hear("a");
    await new Promise((resolve) => setImmediate(resolve));
    // The driver tells both: its emitter, which throws where nobody listens, and the statement under way.
    clients[0]?.emit("error", new Error("lost"));
    lost.reject(new Error("lost"));
    await expect(hearing).rejects.toThrow("lost");
    expect(clients[0]?.released).toEqual([true]);
  });

  test("does not remember who could not be heard for", async () => {
    down = true;
    await expect(hear("a", "first")).rejects.toThrow("down");
    down = false;
    await hear("a", "second");
    heard = [];
    clients[0]?.tell("a");
    expect(heard).toEqual(["second"]);
  });
});
