import { describe, expect, it } from "vitest";
import { chosenDatabaseCells, databaseCellOf } from "./database-cells.ts";

describe("cells of the lane postgres", () => {
  it("are of every scenario that only this lane has, where none is named, each searched in full", async () => {
    const cells = await chosenDatabaseCells([], { seed: 1 });
    expect(cells.map(({ scenario }) => scenario)).toEqual([
      ...["first-sign-ins", "one-first-sign-in", "revocations", "every-request", "migration-meanwhile"],
      ...["rotation", "one-logout", "every-session-request"],
    ]);
    for (const cell of cells) expect(cell).toMatchObject({ lane: "postgres", explore: "exhaustive", target: "reference", expect: null });
    for (const cell of cells) await expect(databaseCellOf(cell)).resolves.toMatchObject({ cell: { spec: cell } });
  });

  it("may be of a scenario of the simulation, with a profile and a strategy", async () => {
    const [cell] = await chosenDatabaseCells(["stolen-cookie"], { seed: 1, profile: "better-auth", strategy: "server-session" });
    expect(cell).toMatchObject({ scenario: "stolen-cookie", profile: "better-auth", strategy: "server-session" });
  });

  it("take faults of statements and of messages", async () => {
    const [cell] = await chosenDatabaseCells(["rotation"], { seed: 1, faults: "answer-lost:2,isolate-killed" });
    expect(cell?.faults).toEqual({ "answer-lost": 2, "isolate-killed": 1 });
  });

  it.each([
    { names: ["nobody"], choices: {}, says: "scenario" },
    { names: [], choices: { target: "workos-node" }, says: "expected the target reference" },
    { names: ["first-sign-ins"], choices: { profile: "workos" }, says: "in which no issuer takes part" },
  ])("refuse what they do not have: $says", async ({ names, choices, says }) => {
    await expect(chosenDatabaseCells(names, { seed: 1, ...choices })).rejects.toMatchObject({
      code: "BAD_USAGE",
      message: expect.stringContaining(says),
    });
  });
});
