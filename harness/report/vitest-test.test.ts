import { expect, test } from "vitest";
import { holding, violated } from "./cells.testing.ts";
import { vitestTest } from "./vitest-test.ts";

test("a counterexample is a test that names what happened and in what cell", () => {
  expect(vitestTest(violated({ loads: 2, isolates: 2, faults: "issuer-503:1", timeSteps: 1 }))).toBe(`\
import { replay } from "holdfast";
import { expect, test } from "holdfast/vitest";

test("no-spurious-logout: ada/load-1 of user_ada is answered signed-out", async () => {
  // page-loads-at-expiry: reference, strategy naive, profile better-auth, 2 loads on 2 isolates, faults issuer-503:1, 1 time step, crypto=inline
  expect(await replay("hf1_abc_01234567")).toHold();
});
`);
});

test("a cell that breaks nothing has none", () => {
  expect(vitestTest(holding())).toBeNull();
});

test("is of the cell that the counterexample was shrunk to", () => {
  const extent = {
    loads: 8,
    isolates: 4,
    page: "document",
    faults: "",
    timeSteps: 0,
    granularity: "crypto=inline",
    choices: 3,
    steps: 90,
  } as const;
  const shrunk = { from: extent, to: { ...extent, loads: 1, isolates: 1 }, runs: 12 };
  expect(vitestTest(violated({ loads: 8, isolates: 4, page: "document", shrunk }))).toContain("1 load of a document on 1 isolate");
});

test("nothing of a third party gets out of the string or the comment that it stands in", () => {
  const because = ['step 10 · ada says "); process.exit(1); //\n\u2028 and more'];
  const violations = violated().result.violations.map((violation) => ({ ...violation, because }));
  const text = vitestTest(violated({ target: "x\nprocess.exit(1); //", violations })) ?? "";
  expect(text.split("\n")).toHaveLength(8);
  expect(text).toContain('test("no-spurious-logout: ada says \\"); process.exit(1); //');
  expect(text).toContain("  // page-loads-at-expiry: x\ufffdprocess.exit(1); //");
});
