import type { SharedRecords } from "../../model/target.ts";
import type { Actor } from "../../sim/actor.ts";
import type { World } from "../../sim/world.ts";
import type { RunStore, Written } from "../run-store.ts";
import { openSimulation, type Setting } from "../simulation.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Content, Database, Tables } from "./database.ts";
import { type DatabaseEnvironment, environmentOf } from "./environment.ts";
import type { DatabaseRun, Play } from "./lane.ts";
import { Statements } from "./statements.ts";
import { steppingOf } from "./stepping.ts";

/** A session store in Postgres, as its owner connects to it. */
export interface SessionStore {
  /** `content` is a list of records: `key`, `value` and `expires_at`, milliseconds since the epoch. */
  readonly tables: Tables;
  /** Connections of one isolate at most. */
  readonly connections: number;
  connect(environment: DatabaseEnvironment): SharedRecords;
}

interface StoredRow {
  readonly key: string;
  readonly value: string;
  readonly expires_at: number;
}

/** What plays the scenarios of the simulation, with the store that isolates share in Postgres. */
export function sessionPlay(store: SessionStore): Play {
  return { tables: store.tables, open: (setting, database, crashPoints) => open(store, setting, database, crashPoints) };
}

async function open(store: SessionStore, setting: Setting, database: Database, crashPoints: CrashPoints): Promise<DatabaseRun> {
  const content = await database.content();
  const opened: { world: World; statements: Statements }[] = [];
  const simulation = await openSimulation({
    ...setting,
    openStore(world, written) {
      const records = new PostgresRecords(store, world, database, content, written, crashPoints);
      opened.push({ world, statements: records.statements });
      return records;
    },
  });
  const [run] = opened;
  if (run === undefined) throw new Error("expected the simulation to open its store");
  await run.statements.settle();
  return { statements: run.statements, simulation: { ...simulation, ...steppingOf(run.world, run.statements) } };
}

/** The store that all isolates of a run share, as rows of a table. */
class PostgresRecords implements RunStore {
  readonly statements: Statements;
  readonly declaresMemory = false;
  readonly #store: SessionStore;
  readonly #world: World;
  #rows: readonly StoredRow[];

  constructor(store: SessionStore, world: World, database: Database, content: Content, written: Written, crashPoints: CrashPoints) {
    this.#store = store;
    this.#world = world;
    this.#rows = content.value as readonly StoredRow[];
    this.statements = new Statements(world, database, content, {
      committed: (now, { actor }) => this.#committed(now, actor, written),
      struck: (statement, fault) => crashPoints.add(statement, fault),
      killed() {
        throw new Error("expected isolates to be killed by the simulation alone");
      },
    });
  }

  for(actor: Actor): SharedRecords {
    return this.#store.connect(environmentOf(this.#world, actor, this.statements.pool(actor, this.#store.connections)));
  }

  kill(actor: Actor): void {
    this.statements.abandon(actor);
  }

  peek(): ReadonlyMap<string, string> {
    const now = this.#world.now();
    return new Map(this.#rows.flatMap(({ key, value, expires_at }) => (expires_at > now ? [[key, value]] : [])));
  }

  #committed({ value }: Content, actor: Actor, written: Written): void {
    const before = new Map(this.#rows.map((row) => [row.key, row.value]));
    this.#rows = value as readonly StoredRow[];
    for (const { key, value: text } of this.#rows) {
      if (before.get(key) !== text) written(actor, key, text);
      before.delete(key);
    }
    for (const key of before.keys()) written(actor, key, null);
  }
}
