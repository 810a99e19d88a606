import type { Ports } from "../ports.ts";
import type { Store, StoredRecord, Written } from "./store.ts";

interface Entry extends StoredRecord {
  readonly expiresAt: number;
}

/**
 * A store in the heap, for one process: for development, for tests, and where there is only one isolate.
 *
 * @example
 * ```ts
 * const store = createMemoryStore(ports);
 * await store.compareAndSet("greeting", 0, "hello", Date.now() + 60_000); // { kind: "written", version: 1 }
 * ```
 */
export function createMemoryStore(ports: Pick<Ports, "now" | "wait">): Store {
  const entries = new Map<string, Entry>();
  const waiters = new Map<string, Set<AbortController>>();
  let versions = 0;

  function find(key: string): StoredRecord | null {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt <= ports.now()) return null;
    return { value: entry.value, version: entry.version };
  }

  return {
    async read(key) {
      return find(key);
    },

    async compareAndSet(key, version, value, expiresAt): Promise<Written> {
      const record = find(key);
      if ((record?.version ?? 0) !== version || (record === null && value === null)) return { kind: "conflict", record };
      // One count for all keys, so that a key that was deleted never has an old version again.
      versions++;
      entries.delete(key);
      if (value !== null) entries.set(key, { value, version: versions, expiresAt });
      for (const waiter of waiters.get(key) ?? []) waiter.abort();
      return { kind: "written", version: versions };
    },

    async wait(key, version, deadline) {
      const record = find(key);
      if ((record?.version ?? 0) !== version) return record;
      const waiter = new AbortController();
      const queue = waiters.get(key) ?? new Set();
      waiters.set(key, queue.add(waiter));
      await ports.wait(Math.max(0, deadline - ports.now()), waiter.signal);
      queue.delete(waiter);
      if (queue.size === 0) waiters.delete(key);
      return find(key);
    },

    async list(prefix, limit) {
      return [...entries.keys()].filter((key) => key.startsWith(prefix) && find(key) !== null).slice(0, limit);
    },

    async sweep() {
      const expired = [...entries.keys()].filter((key) => find(key) === null);
      for (const key of expired) entries.delete(key);
      return expired.length;
    },
  };
}
