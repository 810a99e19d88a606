import { describe, expect, it } from "vitest";
import { ActorPool } from "./actor-pool.ts";
import type { Session } from "./session.ts";

/** A pool of connections that only know whether they are broken. */
function poolOf(max: number) {
  const opened: { readonly backend: { isBroken: boolean } }[] = [];
  const closed: unknown[] = [];
  const used: unknown[] = [];
  const pool = new ActorPool(max, {
    async open() {
      const session = { backend: { isBroken: false } };
      opened.push(session);
      return session as unknown as Session;
    },
    async query(session) {
      used.push(session);
    },
    close: (session) => closed.push(session),
  });
  return { pool, opened, closed, used };
}

describe("a pool as an actor's code sees it", () => {
  it("hands out a connection again that was released", async () => {
    const { pool, opened, used } = poolOf(1);
    for (const _ of [1, 2]) {
      const client = await pool.connect();
      await client.query("select 1");
      client.release();
    }
    expect(opened).toHaveLength(1);
    expect(used).toEqual([opened[0], opened[0]]);
  });

  it("hands out none that has broken while nobody used it", async () => {
    const { pool, opened, closed, used } = poolOf(1);
    (await pool.connect()).release();
    (opened[0] as (typeof opened)[number]).backend.isBroken = true;
    await (await pool.connect()).query("select 1");
    expect(closed).toEqual([opened[0]]);
    expect(used).toEqual([opened[1]]);
  });

  it("refuses a second release, and the connection stays with whoever has it by then", async () => {
    const { pool, opened } = poolOf(2);
    const first = await pool.connect();
    first.release();
    await pool.connect();
    expect(() => first.release()).toThrow("released before");
    await pool.connect();
    expect(opened).toHaveLength(2);
  });

  it("lets people wait for a connection when all are in use, also when it comes back broken", async () => {
    const { pool, opened } = poolOf(1);
    const first = await pool.connect();
    const second = pool.connect();
    first.release(true);
    await second;
    expect(opened).toHaveLength(2);
  });
});
