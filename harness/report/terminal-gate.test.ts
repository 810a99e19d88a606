import { expect, it } from "vitest";
import type { Fall } from "../model/baseline.ts";
import { renderGate } from "./terminal-gate.ts";

const fall = (kind: Fall["kind"], what: string): Fall => ({ kind, what, how: "it was proved, and is VIOLATED" });

it("says what fell, by kind, and counts the rest", () => {
  const falls = [fall("recall", "07-upgrade"), fall("new-violation", "a · b"), fall("new-violation", "a · c")];
  expect(renderGate({ falls, same: 1_200, better: ["d"], unknown: ["e", "f"] })).toBe(`New violations (2)
  ✗ a · b: it was proved, and is VIOLATED
  ✗ a · c: it was proved, and is VIOLATED

Known bugs that are missed (1)
  ✗ 07-upgrade: it was proved, and is VIOLATED

The gate is shut: 3 falls; 1,200 cells are as they were, 1 better, 2 not in the baseline.
What happened is in the report beside the results; \`holdfast replay <results>\` plays a counterexample again.
Another strategy, profile or number makes another cell. What is meant to be so becomes the baseline with --update.
`);
});

it("says how what is better or new becomes the baseline, where nothing fell", () => {
  expect(renderGate({ falls: [], same: 1, better: ["d"], unknown: [] })).toBe(
    "The gate is open: 1 cell is as it was, 1 better.\n`holdfast gate --update` takes them into the baseline.\n",
  );
});

it("has colour only where somebody asks for it, and no control characters of names", () => {
  expect(renderGate({ falls: [fall("error", "a\u001b[2J")], same: 0, better: [], unknown: [] })).not.toContain("\u001b");
  expect(renderGate({ falls: [fall("error", "a")], same: 0, better: [], unknown: [] }, { colour: true })).toContain("\u001b");
});
