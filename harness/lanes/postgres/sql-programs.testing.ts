import type { CellSpec } from "../../model/cell.ts";
import type { Event, EventBody } from "../../model/event.ts";
import type { ActorPool } from "./actor-pool.ts";
import type { DatabaseScenario } from "./scenario.ts";

/** What came of a statement: its rows, or the SQLSTATE or message of its error. */
export type Outcome = readonly Record<string, unknown>[] | string;

/** Actors that each send statements, one after the other, on a connection of their own; a table of named numbers, `a` and `b` being 0. */
export type SqlProgram = readonly (readonly string[])[];

const SEED = "insert into cells values ('a', 0), ('b', 0)";

/** A scenario of a program. `ended` is told what every actor has received, in a run that comes to its end; null for one that has died. */
export function scenarioOf(
  program: SqlProgram,
  ended: (outcomes: readonly (readonly Outcome[] | null)[]) => void = () => {},
  emitted: (event: EventBody | Event) => void = () => {},
): DatabaseScenario<ActorPool> {
  return {
    name: "sql-program",
    describe: "actors that send statements",
    defaults: { loads: program.length, isolates: program.length },
    invariants: [],
    mustReach: [],
    tables: {
      async migrate(pool) {
        await pool.query("create table cells (name text primary key, value integer not null)");
      },
      empty: `delete from cells; ${SEED}`,
      content: "select coalesce(jsonb_agg(cells order by name), '[]') from cells",
    },
    connections: 1,
    open: ({ pool }) => pool,
    committed(content, { isolate, request }) {
      emitted({ type: "fault", fault: "committed", detail: JSON.stringify([isolate, request, content]) });
      return [];
    },
    async play(stage) {
      const asked = await stage.withFaults(() =>
        Promise.all(program.map((texts, index) => stage.ask(index + 1, `actor-${index + 1}`, (pool) => run(pool, texts)))),
      );
      ended(asked.map((one) => (one.kind === "answered" ? one.value : null)));
    },
  };
}

async function run(pool: ActorPool, texts: readonly string[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const client = await pool.connect();
  for (const text of texts) {
    outcomes.push(
      await client.query(text).then(
        (result) => (result as { readonly rows: readonly Record<string, unknown>[] }).rows,
        (error: Error & { readonly code?: string }) => error.code ?? error.message,
      ),
    );
  }
  client.release();
  return outcomes;
}

/** A cell of this lane, with what a test is not about. */
export function specOf(change: Partial<CellSpec> = {}): CellSpec {
  return {
    scenario: "sql-program",
    target: "reference",
    profile: "–",
    strategy: "repository",
    isolates: 2,
    loads: 2,
    page: "request",
    faults: {},
    timeSteps: 0,
    crypto: "inline",
    lane: "postgres",
    explore: "exhaustive",
    schedules: 10_000,
    seed: 1,
    expect: null,
    ...change,
  };
}
