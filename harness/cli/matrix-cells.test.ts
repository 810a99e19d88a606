import { expect, test } from "vitest";
import { FAULTS } from "../lanes/faults.ts";
import { CIRCUMSTANCES, matrixCells } from "./matrix-cells.ts";

const clients = ["naive", "ledger"].map((strategy) => ({ target: "reference", strategy }));
const part = { clients, profiles: ["workos", "zitadel"], crypto: "inline", schedules: 9, seed: 2 } as const;

test("every fault has a column, and so have no fault and time", () => {
  expect(CIRCUMSTANCES.map(({ name }) => name)).toEqual(["none", ...FAULTS.map(({ name }) => name), "time-passes"]);
});

test("there is a cell for each client, issuer and circumstance, in every order of events", () => {
  const cells = matrixCells({ ...part, circumstances: CIRCUMSTANCES.map(({ name }) => name) });
  expect(cells).toHaveLength(2 * 2 * CIRCUMSTANCES.length);
  expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length);
  for (const cell of cells)
    expect(cell).toMatchObject({ explore: "exhaustive", crypto: "inline", schedules: 9, seed: 2, isolates: 2, loads: 2 });
});

test("a fault happens once, and time passes once", () => {
  const faults = matrixCells({ ...part, circumstances: ["issuer-503", "time-passes"] }).map((cell) => [cell.faults, cell.timeSteps]);
  expect(faults.slice(0, 2)).toEqual([
    [{ "issuer-503": 1 }, 0],
    [{}, 1],
  ]);
});
