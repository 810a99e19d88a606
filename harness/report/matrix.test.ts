import { expect, test } from "vitest";
import { holding } from "./cells.testing.ts";
import { matrixOf } from "./matrix.ts";

test("a line is a client and a search, a column is a profile, and a cell that was not run is a hole", () => {
  const [group, ...others] = matrixOf([
    holding({ profile: "workos" }),
    holding({ profile: "zitadel" }),
    holding({ profile: "zitadel", isolates: 2 }),
  ]);
  expect(others).toEqual([]);
  expect(group?.profiles).toEqual(["workos", "zitadel"]);
  expect(group?.rows.map((row) => [row.client, row.isolates, row.cells.map((cell) => cell?.result.profile)])).toEqual([
    ["reference/naive", 1, ["workos", "zitadel"]],
    ["reference/naive", 2, [undefined, "zitadel"]],
  ]);
});

test("cells under other circumstances have a table of their own", () => {
  const groups = matrixOf([holding(), holding({ faults: "issuer-503:1" }), holding({ scenario: "other" })]);
  expect(groups.map(({ scenario, circumstances }) => `${scenario}: ${circumstances}`)).toEqual([
    "page-loads-at-expiry: 2 loads, no faults, no time moves, simulation, crypto=inline",
    "page-loads-at-expiry: 2 loads, faults issuer-503:1, no time moves, simulation, crypto=inline",
    "other: 2 loads, no faults, no time moves, simulation, crypto=inline",
  ]);
});

test("two results for the same place are two lines, and none is lost", () => {
  const [group] = matrixOf([holding({ schedules: 1 }), holding({ schedules: 2 })]);
  expect(group?.rows.map((row) => row.cells[0]?.result.schedules)).toEqual([1, 2]);
});
