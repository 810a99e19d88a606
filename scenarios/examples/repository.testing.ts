import { portsWith } from "../../src/repository/contract/backend.testing.ts";
import { createKeyRing } from "../../src/repository/key-ring.ts";
import { createMemoryDatabase } from "../../src/repository/memory/database.ts";
import type { SetTimer } from "../../src/repository/memory/locks.ts";
import { createMemoryStore } from "../../src/repository/memory/store.ts";
import { RepositoryError } from "../../src/repository/repository.ts";
import type { Surroundings } from "../examples.testing.ts";

const ports = portsWith();
const key = new Uint8Array(32);
const setTimer: SetTimer = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** What stands around the examples of `src/repository`. */
export const REPOSITORY: Surroundings = {
  newSecret: { peppers: ports.peppers, randomBytes: ports.randomBytes },
  createRepository: { createMemoryStore, createMemoryDatabase, setTimer, ports },
  createKeyRing: { newer: key, older: key },
  createLocks: { setTimer, transaction: {} },
  createMemoryStore: { createMemoryDatabase, setTimer },
  RepositoryPorts: { createKeyRing, pepper: key, sealKey: key },
  RepositoryError: { error: new RepositoryError("unavailable", "the database cannot be reached", 5), retryIn: () => {} },
  sealSecret: { sealKeys: ports.sealKeys, secret: "hfk_0123456789ab_secret" },
};
