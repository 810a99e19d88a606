import { ISOLATE_KILLED } from "../lanes/faults.ts";
import { STATEMENT_FAULTS } from "../lanes/postgres/faults.ts";
import type { CellSpec } from "../model/cell.ts";
import { NO_PROFILE, REPOSITORY } from "./database-cells.ts";

/** As far as three at once are searched here: to try all that there is takes minutes. */
const OF_THREE = 150;

/** The cells that `holdfast run --lane postgres` shows without any other argument. All are expected to hold. */
export function defaultDatabaseCells(seed: number): readonly CellSpec[] {
  const lockTimeout = { "lock-timeout": 1 };
  const faults = STATEMENT_FAULTS.map(({ name }) => ({ [name]: 1 }));
  return [
    ...["first-sign-ins", "one-first-sign-in", "revocations"].flatMap((scenario) => [
      ofRepository(seed, { scenario }),
      ofRepository(seed, { scenario, faults: lockTimeout }),
    ]),
    ofRepository(seed, { scenario: "first-sign-ins", loads: 3, isolates: 3, schedules: OF_THREE }),
    // Both share a connection there: the pool is exhausted.
    ofRepository(seed, { scenario: "first-sign-ins", isolates: 1 }),
    ofRepository(seed, { scenario: "migration-meanwhile", loads: 1 }),
    ...["answer-lost", "client-killed-after", "server-restarted"].map((fault) =>
      ofRepository(seed, { scenario: "one-first-sign-in", faults: { [fault]: 1 } }),
    ),
    ...faults.map((fault) => ofRepository(seed, { scenario: "every-request", loads: 1, faults: fault })),
    ofLedger(seed, { scenario: "rotation" }),
    ofLedger(seed, { scenario: "rotation", faults: { [ISOLATE_KILLED.name]: 1 } }),
    ofLedger(seed, { scenario: "one-logout", loads: 1 }),
    ...faults.map((fault) => ofLedger(seed, { scenario: "every-session-request", loads: 1, faults: fault })),
  ];
}

function ofLedger(seed: number, choice: Partial<CellSpec> & Pick<CellSpec, "scenario">): CellSpec {
  return ofRepository(seed, { profile: "workos", strategy: "ledger", ...choice });
}

function ofRepository(seed: number, choice: Partial<CellSpec> & Pick<CellSpec, "scenario">): CellSpec {
  return {
    ...{ target: "reference", profile: NO_PROFILE, strategy: REPOSITORY, loads: 2, isolates: 2, page: "request" },
    ...{ faults: {}, timeSteps: 0, crypto: "inline", lane: "postgres", explore: "exhaustive", schedules: 20_000, seed, expect: "holds" },
    ...choice,
  };
}
