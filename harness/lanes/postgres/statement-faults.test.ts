import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chance } from "../../sim/chance.ts";
import { STATEMENT_FAULTS, type StatementFault } from "./faults.ts";
import { Bench, inOrder } from "./lane.testing.ts";
import { openTestServer } from "./server.testing.ts";
import type { PostgresServer } from "./server.ts";

let server: PostgresServer;
let bench: Bench;
beforeAll(async () => {
  server = await openTestServer();
  bench = await Bench.open(server.address, true);
});
afterAll(async () => {
  await bench?.close();
  await server?.stop();
});

const INCREMENT = "update cells set value = value + 1 where name = 'a'";
const numberOf = (content: unknown) => (content as { name: string; value: number }[]).find(({ name }) => name === "a")?.value;
const granted = (fault: StatementFault) => ({ faults: { [fault]: 1 } });

/** What the driver says of each, and whether the statement was executed. */
const EXPECTED: Readonly<Record<StatementFault, { readonly executed: boolean; readonly says: RegExp | null }>> = {
  "backend-terminated-before": { executed: false, says: /connection error|not queryable|57P01/ },
  "backend-terminated-after": { executed: true, says: /57P01|terminated unexpectedly/ },
  "statement-lost": { executed: false, says: /terminated unexpectedly|ECONNRESET/ },
  "answer-lost": { executed: true, says: /terminated unexpectedly|ECONNRESET/ },
  "server-restarted": { executed: false, says: /connection error|not queryable|57P01/ },
  "read-only-failover": { executed: false, says: /connection error|not queryable|57P01/ },
  "client-killed-before": { executed: false, says: null },
  "client-killed-after": { executed: true, says: null },
};

describe.each(STATEMENT_FAULTS)("$name", ({ name }) => {
  const { executed, says } = EXPECTED[name];

  it(`of a statement outside of any transaction: it is ${executed ? "" : "not "}executed, and its client hears of no answer`, async () => {
    const { outcomes, content, run } = await bench.run([[INCREMENT]], inOrder(`fault:${name} 1 update`), granted(name));
    expect(numberOf(content)).toBe(executed ? 1 : 0);
    if (says === null) expect(outcomes).toEqual([null]);
    else expect(outcomes?.[0]?.[0]).toMatch(says);
    expect(run.trace.entries()[0]?.kind).toBe(`fault:${name}`);
  });

  it(`of a commit: the transaction is ${executed ? "" : "not "}committed`, async () => {
    const order = inOrder("1 begin", "1 update", `fault:${name} 1 commit`);
    const { outcomes, content } = await bench.run([["begin", INCREMENT, "commit"]], order, granted(name));
    expect(numberOf(content)).toBe(executed ? 1 : 0);
    if (says !== null) expect(outcomes?.[0]?.[2]).toMatch(says);
  });
});

describe.each(STATEMENT_FAULTS.filter(({ name }) => !["server-restarted", "read-only-failover"].includes(name)))("$name", ({ name }) => {
  const { says } = EXPECTED[name];

  it("of a statement in a transaction: nothing of that is left, its locks are free, and its connection is used no more", async () => {
    const program = [["begin", INCREMENT, INCREMENT, "commit"], [INCREMENT]];
    const order = inOrder("1 begin", "1 update", "2 update", `fault:${name} 1 update`, "2 update cells for actor-2 goes on");
    const { outcomes, content } = await bench.run(program, order, granted(name));
    expect(numberOf(content)).toBe(1);
    if (says === null) expect(outcomes).toEqual([null, [[]]]);
    else expect(outcomes?.[0]?.slice(2)).toEqual([expect.stringMatching(says), expect.stringMatching(/not queryable|closed/)]);
  });
});

describe.each(STATEMENT_FAULTS.filter(({ name }) => EXPECTED[name].executed))("$name of a statement that has to wait", ({ name }) => {
  it("befalls it when the wait is over", async () => {
    const program = [
      ["begin", INCREMENT, "commit"],
      ["begin", INCREMENT, "commit"],
    ];
    const order = inOrder("1 begin", "1 update", "2 begin", `fault:${name} 2 update`, "1 commit");
    const { outcomes, content, run } = await bench.run(program, order, granted(name));
    const died = EXPECTED[name].says === null;
    expect(numberOf(content)).toBe(1);
    expect(outcomes?.[0]).toEqual([[], [], []]);
    const last = run.trace.entries().at(died ? -1 : -2);
    // Whom it is done for has died.
    expect([last?.label, last?.to]).toEqual(["update cells for actor-2 goes on", died ? "database" : "isolate-2"]);
  });
});

const PAIRS = STATEMENT_FAULTS.flatMap(({ name: one }, index) =>
  STATEMENT_FAULTS.slice(index).map(({ name: other }) => [one, other] as const),
);

it.each(PAIRS)("%s and %s in one run come to an end, wherever they strike", async (one, other) => {
  const faults = one === other ? { [one]: 2 } : { [one]: 1, [other]: 1 };
  const program = [
    ["begin", INCREMENT, "commit"],
    ["begin", INCREMENT, "commit"],
    [INCREMENT, INCREMENT],
  ];
  const ends: unknown[] = [];
  for (const seed of ["a", "b", "c", "d", "e"]) {
    const chance = new Chance(`${one} ${other} ${seed}`);
    const { content } = await bench.run(program, (world) => chance.whole(world.enabled().length), { faults });
    ends.push(numberOf(content));
  }
  for (const end of ends) expect([0, 1, 2, 3, 4]).toContain(end);
});

it("a waiting statement whose client dies elsewhere goes on for nobody, and what it was part of is rolled back", async () => {
  const program = [
    ["begin", INCREMENT, "select pg_sleep(0)", "commit"],
    ["begin", INCREMENT, "commit"],
  ];
  const order = inOrder(
    "1 begin",
    "1 update",
    "2 begin",
    "2 update",
    "fault:client-killed-before 1 select",
    "2 update cells for actor-2 goes on",
  );
  const { outcomes, content } = await bench.run(program, order, granted("client-killed-before"));
  expect(outcomes).toEqual([null, [[], [], []]]);
  expect(numberOf(content)).toBe(1);
});

describe.each(STATEMENT_FAULTS.filter(({ name }) => EXPECTED[name].executed))("$name of a statement that waits", ({ name }) => {
  it("when its run is cut off leaves nothing to the next", async () => {
    const program = [["begin", INCREMENT, "commit"], [INCREMENT]];
    const order = inOrder("1 begin", "1 update", `fault:${name} 2 update`);
    let steps = 0;
    const { outcomes } = await bench.run(program, (all, ...rest) => (steps++ < 3 ? order(all, ...rest) : null), granted(name));
    expect(outcomes).toBeNull();
    const { content } = await bench.run([["select 1"]], () => 0);
    expect(numberOf(content)).toBe(0);
  });
});

describe.each(["server-restarted", "read-only-failover"] as const)("%s", (name) => {
  it("breaks every connection, of whoever waits too, and leaves nothing of any transaction", async () => {
    const program = [["begin", INCREMENT, "commit"], [INCREMENT], ["begin", INCREMENT.replace("'a'", "'b'"), "select 1"]];
    const order = inOrder("1 begin", "1 update", "2 update", "3 begin", "3 update", `fault:${name} 1 commit`);
    const { outcomes, content } = await bench.run(program, order, granted(name));
    expect(content).toEqual([
      { name: "a", value: 0 },
      { name: "b", value: 0 },
    ]);
    expect(outcomes?.map((one) => one?.length)).toEqual([3, 1, 3]);
    for (const one of outcomes ?? []) expect(one?.at(-1)).toMatch(/connection error|not queryable|closed|57P01|terminated unexpectedly/);
  });
});
