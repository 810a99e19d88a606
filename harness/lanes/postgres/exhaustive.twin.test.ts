import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exhaustive } from "../../explore/exhaustive.ts";
import type { RunSummary } from "../../explore/explorer.ts";
import { Bench } from "./lane.testing.ts";
import { openTestServer } from "./server.testing.ts";
import type { PostgresServer } from "./server.ts";
import type { SqlProgram } from "./sql-programs.testing.ts";

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

/** Programs that have more schedules than this are left to others. */
const MOST_RUNS = 120;

/** Most say no more than how many rows there were, so that what they found shows in the end alone. */
const statement = fc.constantFrom(
  "update cells set value = value + 1 where name = 'a'",
  "update cells set value = 2 * value + 1 where name = 'a'",
  "update cells set value = (select sum(value) + 3 from cells) where name = 'a'",
  "update cells set value = (select sum(value) + 5 from cells) where name = 'b'",
  "update cells set value = value + 7 where name = 'b'",
  "insert into cells values ('c', 5) on conflict (name) do update set value = cells.value + 10",
  "insert into cells values ('c', (select sum(value) from cells)) on conflict (name) do update set value = excluded.value",
  "select value from cells where name = 'a' for update",
  "select count(*) from cells where value > 2",
  "delete from cells where name = 'b' and value > 0",
);
const begin = fc.constantFrom("begin", "begin isolation level repeatable read", "begin isolation level serializable");
const end = fc.constantFrom("commit", "commit", "rollback");
const transaction = fc.tuple(begin, statement, fc.option(statement), end).map((texts) => texts.filter((text) => text !== null));
const actor = fc.oneof(
  { weight: 3, arbitrary: transaction },
  { weight: 1, arbitrary: fc.array(statement, { minLength: 1, maxLength: 2 }) },
);
const programs: fc.Arbitrary<SqlProgram> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(actor, actor) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.array(statement, { minLength: 1, maxLength: 2 }),
      statement.map((text) => [text]),
      statement.map((text) => [text]),
    ),
  },
);

/** What a run came to: what everybody was told, and what is stored. */
type Ends = Set<string>;

/** Every schedule one by one, nothing merged; null when there are too many. */
async function naively(program: SqlProgram): Promise<{ readonly runs: number; readonly ends: Ends } | null> {
  const ends: Ends = new Set();
  const next: number[] = [];
  for (let runs = 1; runs <= MOST_RUNS; runs++) {
    const widths: number[] = [];
    const { run, outcomes, content } = await bench.run(program, (world) => {
      widths.push(world.enabled().length);
      return next[widths.length - 1] ?? 0;
    });
    ends.add(JSON.stringify([outcomes, content]));
    let last = run.schedule.length - 1;
    while (last >= 0 && (run.schedule[last] as number) + 1 >= (widths[last] as number)) last--;
    if (last < 0) return { runs, ends };
    next.length = 0;
    next.push(...run.schedule.slice(0, last), (run.schedule[last] as number) + 1);
  }
  return null;
}

it("a search that merges comes to every end that naive enumeration comes to, and counts its schedules", async () => {
  const sums = { programs: 0, naive: 0, merged: 0 };
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const naive = await naively(program);
      fc.pre(naive !== null);
      const ends: Ends = new Set();
      const coverage = await exhaustive.search({
        schedules: 10_000,
        seed: 1,
        async run(choose): Promise<RunSummary> {
          const { run, outcomes, content } = await bench.run(program, choose);
          if (outcomes !== null) ends.add(JSON.stringify([outcomes, content]));
          return { schedule: run.schedule, violated: false, newStates: 0 };
        },
      });
      expect(coverage).toMatchObject({ complete: true, interleavings: BigInt(naive.runs) });
      expect([...ends].sort()).toEqual([...naive.ends].sort());
      sums.programs++;
      sums.naive += naive.runs;
      sums.merged += coverage?.states ?? 0;
    }),
    { seed: 6, numRuns: 25 },
  );
  // Otherwise it has shown nothing.
  expect(sums.programs).toBe(25);
});
