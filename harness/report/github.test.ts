import { expect, it } from "vitest";
import { cellResult, holding } from "./cells.testing.ts";
import { renderAnnotations, renderStepSummary } from "./github.ts";

const violation = { invariant: "no-spurious-logout", because: ["step 1: x"], replay: "hf1_x" } as const;
const broken = holding({ verdict: "violated", violations: [violation], target: "a|b" });
const wanted = holding({ verdict: "violated", violations: [violation], expect: "violated" });
const failed = holding({ verdict: "error", error: { code: "DEADLOCK", message: "m", hint: "h" }, scenario: "one, two: 100%" });

it("tells in the summary what should make somebody look, and how to play it again", () => {
  expect(renderStepSummary([broken, wanted, failed], { command: "npx holdfast" })).toBe(
    [
      "### Holdfast",
      "",
      "3 cells: 1 shows the bug that it is expected to show, 1 breaks an invariant, 1 ended in an error; 1 unexpected.",
      "",
      "| Scenario | Cell | Verdict | Play it again |",
      "|---|---|---|---|",
      "| page-loads-at-expiry | a\\|b/naive · better-auth · 1 isolate · fifo | VIOLATED no-spurious-logout | `npx holdfast replay hf1_x` |",
      "| one, two: 100% | reference/naive · better-auth · 1 isolate · fifo | error DEADLOCK |  |",
      "",
    ].join("\n"),
  );
  expect(renderStepSummary([holding()], { command: "" })).toBe("### Holdfast\n\n1 cell: 1 holds.\n");
});

it("has an annotation for each of them, on a line of its own", () => {
  expect(renderAnnotations([broken, wanted, failed])).toBe(
    [
      "::error title=page-loads-at-expiry::page-loads-at-expiry · a|b/naive · better-auth · 1 isolate · fifo: VIOLATED (no-spurious-logout) after 1 schedule",
      "::error title=one%2C two%3A 100%25::one, two: 100%25 · reference/naive · better-auth · 1 isolate · fifo: error DEADLOCK after 1 schedule",
      "",
    ].join("\n"),
  );
  expect(renderAnnotations([holding(), { result: cellResult({ verdict: "cannot-be-had" }), counterexample: null }])).toBe("");
});
