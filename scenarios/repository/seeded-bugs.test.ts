import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/repository/contract/backend.testing.ts";
import { openMemoryBackend } from "../../src/repository/memory/backend.testing.ts";
import type { Store, Transaction } from "../../src/repository/store.ts";
import { checkInterleaving, interleavings } from "./interleavings.testing.ts";
import { followModel, sequences } from "./sequences.testing.ts";

/** A store that is wrong in one way. */
type Bug = (store: Store) => Store;

const inTransaction =
  (change: (inner: Transaction, store: Store) => Partial<Transaction>): Bug =>
  (store) => ({
    ...store,
    transaction: (run) => store.transaction((inner) => run({ ...inner, ...change(inner, store) })),
  });

const BUGS: Readonly<Record<string, Bug>> = {
  "looks for a replay only where there is no member": (store) => ({
    ...store,
    async lookup(query) {
      const found = await store.lookup(query);
      return found.known ? { ...found, record: null } : found;
    },
  }),
  "replays what has expired": (store) => ({ ...store, lookup: (query) => store.lookup({ ...query, now: 0 }) }),
  "replays a secret for ever": (store) => ({
    ...store,
    async lookup(query) {
      const { record, known } = await store.lookup(query);
      return { known, record: record && { ...record, secret: record.secret && { ...record.secret, expiresAt: Number.POSITIVE_INFINITY } } };
    },
  }),
  "sweeps what is live": (store) => ({ ...store, sweep: (now) => store.sweep(now + 60_000) }),
  "keeps no record": inTransaction(() => ({ complete: async () => {} })),
  "provisions in a transaction of its own": inTransaction((_, store) => ({
    provision: (provisioning) => store.transaction((own) => own.provision(provisioning)),
  })),
  "claims without a lock": inTransaction(() => ({ claim: async () => true })),
  "takes a key that another has completed": inTransaction((inner) => ({
    async claim(claim) {
      await inner.claim(claim);
      return true;
    },
  })),
  "answers for a provisioning that was not its own": inTransaction((inner) => ({
    async provision(provisioning) {
      await inner.provision(provisioning);
      return true;
    },
  })),
  "keeps the answer of a provisioning from those who waited for it": inTransaction(() => ({ findRecord: async () => null })),
};

/** Whether one of the properties finds the bug. */
async function isFound(bug: Bug): Promise<boolean> {
  const open = async (): Promise<Backend> => {
    const backend = await openMemoryBackend({ lockTimeout: 60_000 });
    return { ...backend, store: () => bug(backend.store()) };
  };
  const sequence = fc.asyncProperty(sequences, async (steps) => followModel(await open(), steps));
  const interleaving = fc.asyncProperty(interleavings, async (order) => checkInterleaving(await open(), order));
  const terms = { seed: 1, numRuns: 300, endOnFailure: true };
  return (await fc.check(sequence, terms)).failed || (await fc.check(interleaving, terms)).failed;
}

describe("the properties of the repository", () => {
  it("find nothing where nothing is wrong", async () => {
    expect(await isFound((store) => store)).toBe(false);
  });

  it.each(Object.entries(BUGS))("find a store that %s", async (_, bug) => {
    expect(await isFound(bug)).toBe(true);
  });
});
