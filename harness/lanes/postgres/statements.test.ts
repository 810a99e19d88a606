import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Database } from "./database.ts";
import { Bench, inOrder } from "./lane.testing.ts";
import { openTestServer } from "./server.testing.ts";
import type { PostgresServer } from "./server.ts";

let server: PostgresServer;
let bench: Bench;
beforeAll(async () => {
  server = await openTestServer();
  bench = await Bench.open(server.address);
});
afterAll(async () => {
  await bench?.close();
  await server?.stop();
});

const INCREMENT = "update cells set value = value + 1 where name = 'a'";
const OTHER = INCREMENT.replace("'a'", "'b'");
const numberOf = (content: unknown, name: string) => (content as { name: string; value: number }[]).find((row) => row.name === name)?.value;

describe("a statement", () => {
  it("is a choice, whoever's it is, and is executed when it is chosen", async () => {
    const read = "select value from cells where name = 'a'";
    const first = await bench.run([[INCREMENT], [read]], inOrder("1 update cells", "2 select from cells"));
    expect(first.outcomes?.[1]).toEqual([[{ value: 1 }]]);
    const second = await bench.run([[INCREMENT], [read]], inOrder("2 select from cells", "1 update cells"));
    expect(second.outcomes?.[1]).toEqual([[{ value: 0 }]]);
  });

  it("that fails tells its actor, and nobody else", async () => {
    const { outcomes } = await bench.run([["insert into cells values ('a', 1)"], ["select 1 / 0"]], () => 0);
    expect(outcomes).toEqual([["23505"], ["22012"]]);
  });

  it("that waits is no choice before its blocker ends, and then goes on when it is chosen", async () => {
    const program = [
      ["begin", INCREMENT, "commit", OTHER],
      ["begin", INCREMENT, "commit"],
    ];
    const order = inOrder(
      "1 begin",
      "1 update",
      "2 begin",
      "2 update",
      "1 commit",
      "1 update cells for actor-1",
      "2 update cells for actor-2 goes on",
    );
    const { content, run } = await bench.run(program, order);
    expect(numberOf(content, "a")).toBe(2);
    expect(run.trace.lines().map((line) => line.replace(/^\d+ 0 statement /, ""))).toEqual([
      "isolate-1 begin for actor-1 0/2",
      "isolate-1 update cells for actor-1 1/2",
      "isolate-2 begin for actor-2 0/2",
      "isolate-2 update cells for actor-2 1/2",
      "isolate-1 commit for actor-1 0/1",
      "isolate-1 update cells for actor-1 0/2",
      "isolate-2 update cells for actor-2 goes on 0/1",
      "isolate-2 commit for actor-2 0/1",
    ]);
  });

  it("goes on first of two that one commit sets free, whichever is chosen", async () => {
    const program = [["begin", INCREMENT, "commit"], ["insert into cells values ('c', 2)"], ["insert into cells values ('c', 3)"]];
    const claim = [["begin", "insert into cells values ('c', 1)", "rollback"], ...program.slice(1)];
    for (const [first, second] of [
      [2, 3],
      [3, 2],
    ]) {
      const order = inOrder(
        "1 begin",
        "1 insert",
        "2 insert",
        "3 insert",
        "1 rollback",
        `${first} insert into cells for actor-${first} goes on`,
      );
      const { outcomes, content } = await bench.run(claim, order);
      expect(numberOf(content, "c")).toBe(first);
      expect(outcomes?.[(second as number) - 1]).toEqual(["23505"]);
    }
  });

  it("that is given up in a deadlock is either of those in the circle, and the other goes on", async () => {
    const program = [
      ["begin", INCREMENT, OTHER, "commit"],
      ["begin", OTHER, INCREMENT, "commit"],
    ];
    const circle = ["1 begin", "1 update", "2 begin", "2 update", "1 update", "2 update"];
    for (const [victim, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const deadlock = `choice database the server finds a deadlock and gives up update cells for actor-${victim} of isolate-${victim}`;
      const { outcomes, content } = await bench.run(program, inOrder(...circle, deadlock));
      expect(outcomes?.[victim - 1]).toEqual([[], [], "40P01", []]);
      expect(outcomes?.[other - 1]).toEqual([[], [], [], []]);
      expect([numberOf(content, "a"), numberOf(content, "b")]).toEqual([1, 1]);
    }
  });

  it("that waits may time out, as often as the budget allows, and fails as the server would have it", async () => {
    const program = [
      ["begin", INCREMENT, "commit"],
      [INCREMENT, INCREMENT],
    ];
    const order = inOrder(
      "1 begin",
      "1 update",
      "2 update",
      "fault:lock-timeout 2 update cells for actor-2 has waited for too long",
      "2 update",
    );
    const { outcomes, content, run } = await bench.run(program, order, { faults: { "lock-timeout": 1 } });
    expect(outcomes).toEqual([
      [[], [], []],
      ["55P03", []],
    ]);
    expect(numberOf(content, "a")).toBe(2);
    expect(run.trace.lines().filter((line) => line.includes("lock-timeout"))).toHaveLength(1);
  });

  it("may fail to be serialized, which is an outcome like any other", async () => {
    const begin = "begin isolation level repeatable read";
    const read = "select value from cells where name = 'a'";
    const program = [
      [begin, read, INCREMENT, "commit"],
      [begin, read, INCREMENT, "rollback"],
    ];
    const order = inOrder("1 begin", "1 select", "2 begin", "2 select", "1 update", "2 update", "1 commit");
    const { outcomes } = await bench.run(program, order);
    expect(outcomes?.[1]).toEqual([[], [{ value: 0 }], "40001", []]);
  });

  it("of a run that was cut off leaves nothing to the next", async () => {
    const program = [
      ["begin", INCREMENT, OTHER, "commit"],
      ["begin", OTHER, INCREMENT, "commit"],
    ];
    let steps = 0;
    const { outcomes } = await bench.run(program, () => (steps++ < 6 ? 0 : null));
    expect(outcomes).toBeNull();
    const { content } = await bench.run([["select 1"]], () => 0);
    expect([numberOf(content, "a"), numberOf(content, "b")]).toEqual([0, 0]);
  });
});

describe("a lock of somebody who takes no part", () => {
  it.each(["signal", null] as const)("blocks nobody: the step lasts until it is gone, with halting %s", async (halting) => {
    const other = await Bench.open({ ...server.address, halting });
    const stranger = new pg.Client({ connectionString: other.url });
    await stranger.connect();
    const looks = vi.spyOn(Database.prototype, "blockers");
    try {
      await stranger.query("select pg_advisory_lock(1)");
      let isOver = false;
      const running = other
        .run(
          [
            ["begin", "commit"],
            ["select pg_advisory_xact_lock(1)", OTHER],
          ],
          inOrder("1 begin", "2 select", "2 update", "1 commit"),
        )
        .finally(() => {
          isOver = true;
        });
      const lettingGo = (async () => {
        const text = "select from pg_locks where pg_backend_pid() = any (pg_blocking_pids(pid)) and not granted";
        while (!isOver && (await stranger.query(text)).rowCount === 0);
        // It is there for as long as two whole looks take.
        const before = looks.mock.calls.length;
        while (!isOver && looks.mock.calls.length < before + 3) await setImmediate();
        await stranger.query("select pg_advisory_unlock(1)");
      })();
      const [{ content }] = await Promise.all([running, lettingGo]);
      expect(numberOf(content, "b")).toBe(1);
    } finally {
      looks.mockRestore();
      await stranger.end();
      await other.close();
    }
  });
});

describe("where processes are not ours to halt", () => {
  const withHalting = async (halting: "program" | null, test: (other: Bench) => Promise<void>) => {
    const other = await Bench.open({ ...server.address, halting });
    await test(other).finally(() => other.close());
  };

  it("what waits goes on in the step that sets it free", () =>
    withHalting(null, async (other) => {
      const { outcomes, content, run } = await other.run(
        [["begin", INCREMENT, "commit"], [INCREMENT]],
        inOrder("1 begin", "1 update", "2 update", "1 commit"),
      );
      expect(outcomes).toEqual([[[], [], []], [[]]]);
      expect(numberOf(content, "a")).toBe(2);
      expect(run.steps).toBe(4);
    }));

  const INSERT = "insert into cells values ('c', 1) on conflict do nothing";

  it("two that one step sets free go on in it, where each keeps what it does to itself", () =>
    withHalting(null, async (other) => {
      const { outcomes, run } = await other.run(
        [
          ["begin", INSERT, "commit"],
          ["begin", INSERT, "commit"],
          ["begin", INSERT, "commit"],
        ],
        inOrder("1 begin", "2 begin", "3 begin", "1 insert", "2 insert", "3 insert", "1 commit", "3 commit", "2 commit"),
      );
      expect(outcomes).toEqual([
        [[], [], []],
        [[], [], []],
        [[], [], []],
      ]);
      expect(run.steps).toBe(9);
    }));

  it("those that stand in a queue for a row go on one after the other", () =>
    withHalting(null, async (other) => {
      const increments = ["begin", INCREMENT, "commit"];
      const { content } = await other.run(
        [increments, increments, increments],
        inOrder("1 begin", "2 begin", "3 begin", "1 update", "2 update", "3 update", "1 commit", "2 commit", "3 commit"),
      );
      expect(numberOf(content, "a")).toBe(3);
    }));

  it.each([
    ["that are over with it", [INSERT.replace(" on conflict do nothing", "")]],
    ["of which one then waits for the other", ["begin", INSERT, "commit"]],
  ])("nobody vouches for a step that sets two free %s", (_, rival) =>
    withHalting(null, async (other) => {
      const begins = rival.includes("begin") ? ["2 begin", "3 begin"] : [];
      const run = other.run(
        [["begin", INSERT, "rollback"], rival, rival],
        inOrder("1 begin", ...begins, "1 insert", "2 insert", "3 insert", "1 rollback"),
      );
      await expect(run).rejects.toMatchObject({ code: "NONDETERMINISM", hint: expect.stringContaining("DATABASE_URL") });
    }),
  );

  it("nobody gets what a server lets go of that is restarted, not even whoever waits for one who waits", () =>
    withHalting(null, async (other) => {
      const ofB = INCREMENT.replace("'a'", "'b'");
      const program = [["begin", INCREMENT, "commit"], ["begin", ofB, INCREMENT, "commit"], [ofB], [INCREMENT]];
      const order = ["1 begin", "1 update", "2 begin", "2 update", "2 update", "3 update", "4 update", "fault:server-restarted 1 commit"];
      // What is left to chance would come out otherwise in one of so many.
      for (let time = 0; time < 10; time++) {
        const { content } = await other.run(program, inOrder(...order), { faults: { "server-restarted": 1 } });
        expect([numberOf(content, "a"), numberOf(content, "b")]).toEqual([0, 0]);
      }
    }));

  it("a program that the server runs halts them as well as a signal does", () =>
    withHalting("program", async (other) => {
      const insert = "insert into cells values ('c', 1)";
      const order = inOrder("1 begin", "1 insert", "2 insert", "3 insert", "1 rollback", "3 insert into cells for actor-3 goes on");
      const { outcomes } = await other.run([["begin", insert, "rollback"], [insert], [insert]], order);
      expect(outcomes).toEqual([[[], [], []], ["23505"], [[]]]);
    }));
});
