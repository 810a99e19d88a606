import type { Store, Transaction } from "./store.ts";

/** Every moment at which a store is asked something, in the order of a transaction. */
export type StatementName = Exclude<keyof Store, "transaction"> | "begin" | keyof Transaction | "commit" | "committed";

/** Runs a statement, or does something before, after or instead. */
export type Around = <T>(name: StatementName, run: () => Promise<T>) => Promise<T>;

/**
 * A store whose every statement goes through `around`. A rejection of it is a crash at that point: inside of a transaction it rolls
 * back, and after `committed` only the answer is lost.
 *
 * @example
 * ```ts
 * const names: string[] = [];
 * const store = interceptStore(inner, (name, run) => {
 *   names.push(name);
 *   return run();
 * });
 * ```
 */
export function interceptStore(store: Store, around: Around): Store {
  return {
    lookup: (query) => around("lookup", () => store.lookup(query)),
    findRecord: (query) => around("findRecord", () => store.findRecord(query)),
    findMember: (id) => around("findMember", () => store.findMember(id)),
    findApiKeys: (prefix) => around("findApiKeys", () => store.findApiKeys(prefix)),
    listArtifacts: (request) => around("listArtifacts", () => store.listArtifacts(request)),
    sweep: (now) => around("sweep", () => store.sweep(now)),
    async transaction(run) {
      await around("begin", nothing);
      const result = await store.transaction(async (inner) => {
        const answer = await run(interceptTransaction(inner, around));
        await around("commit", nothing);
        return answer;
      });
      await around("committed", nothing);
      return result;
    },
  };
}

function interceptTransaction(inner: Transaction, around: Around): Transaction {
  return {
    claim: (claim) => around("claim", () => inner.claim(claim)),
    provision: (provisioning) => around("provision", () => inner.provision(provisioning)),
    see: (sighting) => around("see", () => inner.see(sighting)),
    findRecord: (query) => around("findRecord", () => inner.findRecord(query)),
    insertApiKey: (apiKey) => around("insertApiKey", () => inner.insertApiKey(apiKey)),
    revokeApiKey: (request) => around("revokeApiKey", () => inner.revokeApiKey(request)),
    complete: (records) => around("complete", () => inner.complete(records)),
  };
}

async function nothing(): Promise<void> {}

/** Holds statements until they are let go. */
export interface Gate {
  readonly around: Around;
  /** Resolves when somebody stands before the statement. */
  reached(name: StatementName): Promise<void>;
  open(name: StatementName): void;
}

/** A gate that is shut before the statements named. */
export function createGate(...names: readonly StatementName[]): Gate {
  const doors = new Map(names.map((name) => [name, { arrival: Promise.withResolvers<void>(), opening: Promise.withResolvers<void>() }]));
  const door = (name: StatementName) => {
    const found = doors.get(name);
    if (found === undefined) throw new Error(`expected one of the gate's statements ${names.join(", ")}, got ${name}`);
    return found;
  };
  return {
    async around(name, run) {
      const found = doors.get(name);
      found?.arrival.resolve();
      await found?.opening.promise;
      return run();
    },
    reached: (name) => door(name).arrival.promise,
    open: (name) => door(name).opening.resolve(),
  };
}
