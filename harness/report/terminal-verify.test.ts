import { expect, test } from "vitest";
import type { CellResult, RunResult } from "../model/cell.ts";
import { cellResult, violated } from "./cells.testing.ts";
import { renderHtml } from "./html.ts";
import { renderVerification } from "./terminal-verify.ts";

const live = { target: "shop", strategy: "live", profile: "workos", isolates: 2, lane: "live", expect: null } as const;

/** An item of the plan that came to its end. */
function item(scenario: string, overrides: Partial<CellResult> = {}): CellResult {
  const observations = {
    observed: ["no-spurious-logout"],
    notObserved: [{ invariant: "outage-is-not-logout", why: "no refresh met a fault" }],
  } as const;
  return cellResult({ ...live, scenario, verdict: "holds", violations: [], observations, durationMs: 17_300, ...overrides });
}

const run = (cells: readonly CellResult[], more: Partial<RunResult> = {}): RunResult => ({
  version: 1,
  seed: 0,
  cells,
  skipped: [],
  ...more,
});

test("each item has a line, and each invariant one of three words", () => {
  const broken = violated().result.violations;
  const said = renderVerification(
    run([item("race", { verdict: "violated", violations: broken }), item("upgrade")], {
      skipped: [{ item: "theft", why: "not promised" }],
    }),
  );
  expect(said).toBe(`\
shop/live · workos · 2 isolates · live
  race     VIOLATED (no-spurious-logout)  17.3 s
  upgrade  holds  17.3 s
  theft    skipped: not promised

Violated
  no-spurious-logout    in race
Not observed
  outage-is-not-logout  no refresh met a fault

2 items of the plan, 1 violated, 1 skipped.
`);
});

test("what was cut off, or ended in an error, has shown nothing", () => {
  const error = { code: "VACUOUS", message: "expected a refresh, and there was none", hint: "renew" } as const;
  const said = renderVerification(
    run([item("race", { verdict: "error", error }), item("upgrade", { interrupted: true })], { notStarted: 1 }),
  );
  expect(said).toContain("  race     error VACUOUS  17.3 s\n  upgrade  cut off\n");
  expect(said).not.toContain("Held");
  expect(said).toContain("no-spurious-logout    no item of the plan came to its end");
  expect(said).toContain("Interrupted: 1 cell was done, 1 was cut off, 1 was not begun.");
});

test("what nobody could keep is a limit of the issuer, and not violated", () => {
  const { violations } = violated().result;
  const limit = item("outage-lost", { verdict: "cannot-be-had", violations });
  expect(renderVerification(run([item("race"), limit]))).toContain(
    "Held\n  no-spurious-logout    in 1 item; cannot be had in outage-lost, a limit of the issuer\n",
  );
  expect(renderVerification(run([limit]))).toContain(
    "Not observed\n  no-spurious-logout    cannot be had in outage-lost, a limit of the issuer\n",
  );
});

test("the page has the plan in place of the matrix, and what was not observed with its reason", () => {
  const result = run([item("race")], { skipped: [{ item: "theft", why: "<nobody> promised it" }] });
  const page = renderHtml(result, [{ result: item("race"), counterexample: null }], { command: "holdfast", playAgain: (replay) => replay });
  expect(page).toContain('<h2 id="matrix">Plan</h2>');
  expect(page).toContain("skipped: &lt;nobody&gt; promised it");
  expect(page).toContain("<dt>not observed</dt><dd><b>outage-is-not-logout</b> no refresh met a fault</dd>");
  expect(page).not.toContain("deterministic world");
});
