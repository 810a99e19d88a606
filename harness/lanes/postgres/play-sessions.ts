import type { SharedRecords } from "../../model/target.ts";
import type { Actor } from "../../sim/actor.ts";
import type { World } from "../../sim/world.ts";
import type { RunStore, StorePorts } from "../run-store.ts";
import { openSimulation, type Setting } from "../simulation.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Content, Database, Tables } from "./database.ts";
import { type DatabaseEnvironment, environmentOf } from "./environment.ts";
import type { DatabaseRun, Play } from "./lane.ts";
import { Statements } from "./statements.ts";
import { steppingOf } from "./stepping.ts";

/** A session store in Postgres, as its owner connects to it. */
export interface SessionStore {
  /** `content` has a list `records`: `key`, `value` and `expires_at`, milliseconds since the epoch. */
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

/** An isolate's side of the store. */
interface Heap {
  readonly records: SharedRecords;
  /** The keys of its waits that have not ended. */
  readonly awaited: string[];
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
    openStore(world, ports) {
      const records = new PostgresRecords(store, world, database, content, ports, crashPoints);
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
  /** An isolate that was killed starts with another. */
  readonly #heaps = new Map<Actor, Heap>();
  #rows: readonly StoredRow[];

  constructor(store: SessionStore, world: World, database: Database, content: Content, ports: StorePorts, crashPoints: CrashPoints) {
    this.#store = store;
    this.#world = world;
    this.#rows = rowsOf(content);
    this.statements = new Statements(world, database, content, {
      committed: (now, { actor }) => this.#committed(now, actor, ports),
      struck: (statement, fault) => crashPoints.add(statement, fault),
      isAwaited: (actor, key) => this.#heaps.get(actor)?.awaited.includes(key) ?? false,
      killed: (actor, fault) => ports.kill(actor, fault),
    });
  }

  for(actor: Actor): SharedRecords {
    const heap = () => this.#heapOf(actor).records;
    return {
      read: (key) => heap().read(key),
      compareAndSet: (key, version, value, expiresAt) => heap().compareAndSet(key, version, value, expiresAt),
      list: (prefix, limit) => heap().list(prefix, limit),
      sweep: () => heap().sweep(),
      wait: async (key, version, deadline) => {
        const { records, awaited } = this.#heapOf(actor);
        awaited.push(key);
        try {
          return await records.wait(key, version, deadline);
        } finally {
          awaited.splice(awaited.indexOf(key), 1);
        }
      },
    };
  }

  kill(actor: Actor): void {
    this.#heaps.delete(actor);
    this.statements.abandon(actor);
  }

  #heapOf(actor: Actor): Heap {
    let heap = this.#heaps.get(actor);
    if (heap === undefined) {
      const pool = this.statements.pool(actor, this.#store.connections);
      heap = { records: this.#store.connect(environmentOf(this.#world, actor, pool)), awaited: [] };
      this.#heaps.set(actor, heap);
    }
    return heap;
  }

  peek(): ReadonlyMap<string, string> {
    const now = this.#world.now();
    return new Map(this.#rows.flatMap(({ key, value, expires_at }) => (expires_at > now ? [[key, value]] : [])));
  }

  #committed(content: Content, actor: Actor, { written }: StorePorts): void {
    const before = new Map(this.#rows.map((row) => [row.key, row.value]));
    this.#rows = rowsOf(content);
    for (const { key, value: text } of this.#rows) {
      if (before.get(key) !== text) written(actor, key, text);
      before.delete(key);
    }
    for (const key of before.keys()) written(actor, key, null);
  }
}

function rowsOf({ value }: Content): readonly StoredRow[] {
  return (value as { readonly records: readonly StoredRow[] }).records;
}
