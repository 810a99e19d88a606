import type { BugPlace, CataloguedBug, CataloguedCost, CatalogueResult, CorrectVariant } from "../model/catalogue.ts";

const PLACE: BugPlace = {
  ...{ target: "fixtures/known-bugs/07/target.ts", scenario: "page-loads-at-expiry", profile: "workos" },
  ...{ isolates: 1, loads: 2, page: "request", faults: "" },
};

/** A known bug that was found as it should be, but for what a test says. */
export function bugOf(change: Partial<CataloguedBug> = {}): CataloguedBug {
  return {
    ...{
      id: "07-answers-overtake",
      title: "An answer that was overtaken brings back an older cookie",
      class: 7,
      breaks: ["B"],
      story: null,
    },
    ...{ invariant: "generation-monotonic", found: true },
    ...PLACE,
    ...{ schedules: 9, steps: 34, broken: ["generation-monotonic"], because: ["step 34 · …"], replay: "hf1_x", error: null },
    ...change,
  };
}

/** Its fix, which holds. */
export function fixOf(change: Partial<CorrectVariant> = {}): CorrectVariant {
  return {
    ...{ fixes: "07-answers-overtake", strategy: "fix" },
    ...PLACE,
    ...{ schedules: 1_500, verdict: "holds", broken: [], replay: null, error: null },
    ...change,
  };
}

export function costOf(change: Partial<CataloguedCost> = {}): CataloguedCost {
  const side = (accessTokenLifetime: number, value: number) => ({
    accessTokenLifetime,
    logoutsPerSessionDay: { value, low: value - 0.25, high: value + 0.25 },
  });
  return {
    ...{ id: "36-five-minutes", title: "Five minutes", story: "five-minute-logout" },
    ...{ before: side(300_000, 4), after: side(1_800_000, 2), isLess: true, error: null },
    ...change,
  };
}

export function catalogueOf(change: Partial<CatalogueResult> = {}): CatalogueResult {
  return {
    ...{ version: 1, seed: 1, interrupted: false },
    recall: { classes: { found: 1, all: 1 }, bugs: { found: 1, all: 1 } },
    schedulesToFind: { median: 9, max: 9 },
    steps: { median: 34, max: 34 },
    precision: { schedules: 1_500, variants: 1, falseAlarms: 0 },
    shortfalls: [],
    bugs: [bugOf()],
    correct: [fixOf()],
    costs: [costOf()],
    durationMs: 12_345,
    ...change,
  };
}
