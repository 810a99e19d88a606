import type { SharedRecords, StoredRecord, WriteResult } from "../model/target.ts";
import type { Actor } from "./actor.ts";
import { contexts } from "./context.ts";
import type { Operation } from "./operation.ts";
import type { World } from "./world.ts";

/** The store in the footprints of steps. */
const WHOLE = "the store";

interface Entry extends StoredRecord {
  readonly expiresAt: number;
}

/** A statement that waits for a key to change. */
interface Watch {
  readonly actor: Actor;
  readonly key: string;
  /** Lets it happen now: the change has enabled it. */
  enable(): void;
}

/**
 * A store that all isolates share, as an actor without a will of its own: each statement is one operation, in which the store
 * executes it and the isolate that sent it goes on. So the explorer orders them all, and a statement is atomic.
 *
 * It knows nothing of what is stored. A `wait` is one operation that a change or its deadline enables; nobody polls.
 */
export class SharedStore {
  readonly #world: World;
  readonly #written: (actor: Actor, key: string, value: string | null, task: string | null) => void;
  readonly #entries = new Map<string, Entry>();
  /** By key: its last version, also of a record that is gone. Not one count for all, which would tell orders of unrelated writes apart. */
  readonly #versions = new Map<string, number>();
  readonly #watches = new Set<Watch>();

  /** @param written told of each change, as it happens, and for which of its tasks an isolate has made it */
  constructor(world: World, written: (actor: Actor, key: string, value: string | null, task: string | null) => void) {
    this.#world = world;
    this.#written = written;
    world.watchState(() => this.state());
  }

  /** The store as one isolate reaches it. */
  for(actor: Actor): SharedRecords {
    return {
      read: (key) => this.#statement(actor, "read", key, "", () => this.#find(key)),
      compareAndSet: (key, version, value, expiresAt) =>
        this.#statement(actor, value === null ? "delete" : "write", key, JSON.stringify([version, value, expiresAt]), (task) =>
          this.#write(actor, key, version, value, expiresAt, task),
        ),
      wait: (key, version, deadline) => this.#wait(actor, key, version, deadline),
      list: (prefix, limit) =>
        this.#statement(actor, "list", prefix, `${limit}`, () => {
          this.#touchAll();
          return [...this.#entries.keys()].filter((key) => key.startsWith(prefix) && this.#find(key) !== null).slice(0, limit);
        }),
      sweep: () =>
        this.#statement(actor, "sweep", "", "", () => {
          this.#touchAll();
          const expired = [...this.#entries.keys()].filter((key) => this.#find(key) === null);
          for (const key of expired) this.#entries.delete(key);
          return expired.length;
        }),
    };
  }

  /** Forgets what a killed isolate was waiting for. */
  kill(actor: Actor): void {
    for (const watch of [...this.#watches]) if (watch.actor === actor) this.#watches.delete(watch);
  }

  /** The records that have not expired, by key. */
  peek(): ReadonlyMap<string, string> {
    this.#touchAll();
    return new Map([...this.#entries].flatMap(([key, { value }]) => (this.#find(key) === null ? [] : [[key, value]])));
  }

  /** For the key of a state. */
  state(): unknown {
    const records = [...this.#entries]
      .map(([key, { value, ...entry }]) => [key, { ...entry, value: this.#world.canonical(value) }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return [records, [...this.#versions].sort(([a], [b]) => (a < b ? -1 : 1))];
  }

  /** A step that depends on every record depends on whoever touches any. */
  #touchAll(): void {
    this.#world.footprints.write(WHOLE);
  }

  #find(key: string): StoredRecord | null {
    this.#world.footprints.read(WHOLE);
    this.#world.footprints.read(`${WHOLE} ${key}`);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt <= this.#world.now()) return null;
    return { value: entry.value, version: entry.version };
  }

  #write(actor: Actor, key: string, version: number, value: string | null, expiresAt: number, task: string | null): WriteResult {
    const record = this.#find(key);
    if ((record?.version ?? 0) !== version || (record === null && value === null)) return { kind: "conflict", record };
    this.#world.footprints.write(`${WHOLE} ${key}`);
    const next = (this.#versions.get(key) ?? 0) + 1;
    this.#versions.set(key, next);
    this.#entries.delete(key);
    if (value !== null) this.#entries.set(key, { value, version: next, expiresAt });
    this.#written(actor, key, value, task);
    for (const watch of [...this.#watches]) if (watch.key === key) watch.enable();
    return { kind: "written", version: next };
  }

  #wait(actor: Actor, key: string, version: number, deadline: number): Promise<StoredRecord | null> {
    const task = contexts.getStore()?.task ?? null;
    return new Promise((resolve) => {
      let watch: Watch | null = null;
      const operation = this.#operation(
        actor,
        task,
        "wait",
        key,
        `${version} ${deadline}`,
        () => this.#find(key),
        (record) => {
          if (watch !== null) this.#watches.delete(watch);
          resolve(record);
        },
      );
      if ((this.#find(key)?.version ?? 0) !== version) {
        this.#world.submit(operation);
        return;
      }
      const putOff = this.#world.submitAt({ world: this.#world, actor, task }, deadline, operation);
      watch = {
        actor,
        key,
        enable: () => {
          if (watch !== null) this.#watches.delete(watch);
          // Whether the deadline has enabled it already or not: it is one operation.
          putOff();
          this.#world.submit(operation);
        },
      };
      this.#watches.add(watch);
    });
  }

  #statement<T>(actor: Actor, verb: string, key: string, detail: string, run: (task: string | null) => T): Promise<T> {
    const task = contexts.getStore()?.task ?? null;
    return new Promise((resolve) => {
      this.#world.submit(this.#operation(actor, task, verb, key, detail, () => run(task), resolve));
    });
  }

  #operation<T>(
    actor: Actor,
    task: string | null,
    verb: string,
    key: string,
    detail: string,
    run: () => T,
    resolve: (result: T) => void,
  ): Operation {
    let result: string | null = null;
    return {
      kind: "statement",
      from: null,
      to: actor,
      task,
      // A key names a session, and may be as good as a secret: its kind is all that a trace shows, and the tokens by their names.
      describe: () => `${verb} ${key.split(":")[0]}${task === null ? "" : ` for ${task}`}${this.#namesIn(detail)}`,
      payload: () => `${verb} ${key} ${detail}`,
      outcome: () => result ?? "",
      complete: () => {
        const value = run();
        result = JSON.stringify(value);
        resolve(value);
      },
    };
  }

  #namesIn(text: string): string {
    const labels = new Set(this.#world.names.in(text).map((name) => name.label));
    return labels.size === 0 ? "" : ` [${[...labels].join(", ")}]`;
  }
}
