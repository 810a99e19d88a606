import { EventEmitter } from "node:events";
import type pg from "pg";
import { beforeEach, describe, expect, test } from "vitest";
import { createListener, type Listener } from "./listener.ts";

/** A connection that does nothing by itself. */
class FakeClient extends EventEmitter {
  readonly statements: string[] = [];
  readonly released: unknown[] = [];
  async query(text: string): Promise<void> {
    this.statements.push(text);
  }
  release(destroy?: boolean): void {
    this.released.push(destroy);
  }
  tell(payload: string): void {
    this.emit("notification", { payload });
  }
}

let clients: FakeClient[];
let down: boolean;
let listener: Listener;
/** The keys of which somebody heard, in order. */
let heard: string[];
beforeEach(() => {
  clients = [];
  heard = [];
  down = false;
  const pool = {
    async connect() {
      if (down) throw new Error("down");
      clients.push(new FakeClient());
      return clients.at(-1);
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
