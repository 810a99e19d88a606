import type { CellReport, CellResult } from "../model/cell.ts";
import { chainsOf } from "./reasons.ts";
import { cellShown } from "./shrunk.ts";
import { counted, plain } from "./words.ts";

/**
 * A counterexample as a test to paste: it fails as long as the bug is there. Null for a cell that breaks nothing.
 *
 * @example
 * ```ts
 * vitestTest(report);
 * // import { replay } from "holdfast";
 * // import { expect, test } from "holdfast/vitest";
 * //
 * // test("no-spurious-logout: ada/load-1 of user_ada is answered signed-out", async () => {
 * //   // page-loads-at-expiry: reference, strategy naive, profile better-auth, 2 loads on 1 isolate, crypto=inline
 * //   expect(await replay("hf1_abc_01234567")).toHold();
 * // });
 * ```
 */
export function vitestTest({ result }: Pick<CellReport, "result">): string | null {
  const [violation] = result.violations;
  // A test that is pasted has no server to play on.
  if (violation === undefined || result.lane !== "simulation") return null;
  return [
    'import { replay } from "holdfast";',
    'import { expect, test } from "holdfast/vitest";',
    "",
    `test(${JSON.stringify(whatHappened(result))}, async () => {`,
    `  // ${cellInWords(cellShown(result))}`,
    `  expect(await replay(${JSON.stringify(violation.replay)})).toHold();`,
    "});",
    "",
  ].join("\n");
}

/** What is broken, and the last thing that happened, in one line. */
function whatHappened(result: CellResult): string {
  const [chain] = chainsOf(result);
  const last = chain?.reasons.at(-1)?.text ?? "";
  return plain(last === "" ? (chain?.invariant ?? "") : `${chain?.invariant}: ${last}`);
}

function cellInWords({ scenario, target, strategy, profile, loads, isolates, page, faults, timeSteps, granularity }: CellResult): string {
  const parts = [
    `${scenario}: ${target}, strategy ${strategy}, profile ${profile}`,
    `${counted(loads, "load")}${page === "document" ? " of a document" : ""} on ${counted(isolates, "isolate")}`,
    ...(faults === "" ? [] : [`faults ${faults}`]),
    ...(timeSteps === 0 ? [] : [counted(timeSteps, "time step")]),
    granularity,
  ];
  return plain(parts.join(", "));
}
