import type { CellReport, CellResult } from "../model/cell.ts";
import type { Outcome, ReliabilityCell, ReliabilityCounterexample } from "../model/reliability.ts";

/** Cells of the matrix, and the counterexamples that they link to, each with the report that shows it. */
export interface Reliability {
  readonly cells: readonly ReliabilityCell[];
  readonly counterexamples: readonly ReliabilityCounterexample[];
  /** By the id of a counterexample. */
  readonly shown: ReadonlyMap<string, CellReport>;
}

/** Cells of an earlier matrix, with what its counterexamples come to when they are played again, by their ids there. */
export interface Kept {
  readonly cells: readonly ReliabilityCell[];
  readonly shown: ReadonlyMap<string, CellReport>;
}

/**
 * What searched cells come to, and those that were kept. Counterexamples that tell the same story of one client are one, the shortest: a client that breaks
 * without a fault breaks in the same way beside every fault.
 */
export function reliabilityOf(reports: readonly CellReport[], kept: Kept = { cells: [], shown: new Map() }): Reliability {
  const kinds = Map.groupBy([...kept.shown.values(), ...reports].filter(isShown), signatureOf);
  const shortest = [...kinds].map(([signature, alike]) => [signature, alike.reduce(shorter)] as const);
  const ids = new Map(shortest.map(([signature], index) => [signature, `counterexample-${index + 1}`]));
  const idOf = (report: CellReport) => (isShown(report) ? (ids.get(signatureOf(report)) ?? null) : null);
  return {
    cells: [
      ...kept.cells.map((cell) => {
        const report = kept.shown.get(cell.counterexample ?? "");
        return { ...cell, counterexample: report === undefined ? null : idOf(report) };
      }),
      ...reports.map((report) => cellOf(report, idOf(report))),
    ],
    counterexamples: shortest.map(([, report]) => counterexampleOf(report.result, idOf(report) as string)),
    shown: new Map(shortest.map(([, report]) => [idOf(report) as string, report])),
  };
}

/** In a word what a cell came to. */
export function outcomeOf({ verdict, completeness }: Pick<CellResult, "verdict" | "completeness">): Outcome {
  if (verdict === "holds") return completeness === "complete" ? "proved" : "held";
  return verdict === "violated" ? "broken" : verdict;
}

/** Whether there is something to show: what ended in an error says nothing, whatever it had found. */
function isShown({ result }: CellReport): boolean {
  return (result.verdict === "violated" || result.verdict === "cannot-be-had") && result.violations.length > 0;
}

/**
 * The story that a counterexample tells: who breaks what, and how, without moments and durations. Loads and isolates are numbered as they
 * come, since which is which differs from one order of the same events to the next. Issuers' names go: many follow the same rules.
 */
export function signatureOf({ result }: CellReport): string {
  const { target, strategy, profile, verdict, violations } = result;
  const numbers = new Map<string, string>();
  const because = (violations[0]?.because ?? []).map((sentence) =>
    sentence
      .replace(/^step \d+ · /, "")
      .replaceAll(`${profile}: `, "")
      .replace(/\d+(\.\d+)? s\b/g, "N s")
      .replace(/\b(isolate|load)-\d+/g, (name, kind: string) => {
        const known = numbers.get(name) ?? `${kind} ${numbers.size + 1}`;
        numbers.set(name, known);
        return known;
      }),
  );
  return JSON.stringify([target, strategy, verdict, violations.map(({ invariant }) => invariant), because]);
}

function shorter(one: CellReport, other: CellReport): CellReport {
  return stepsOf(other.result) < stepsOf(one.result) ? other : one;
}

/** Steps of the counterexample that is shown. */
export function stepsOf({ shrunk, steps }: CellResult): number {
  return shrunk?.to.steps ?? steps.max;
}

function cellOf({ result }: CellReport, counterexample: string | null): ReliabilityCell {
  const { target, strategy, profile, faults, timeSteps, schedules, states, error } = result;
  return {
    ...{ target, strategy, profile, faults, timeSteps },
    outcome: outcomeOf(result),
    complete: result.completeness === "complete",
    ...{ schedules, states, counterexample, error },
  };
}

function counterexampleOf(result: CellResult, id: string): ReliabilityCounterexample {
  const { target, strategy, profile, faults, timeSteps, violations, shrunk } = result;
  const [first] = violations;
  return {
    ...{ id, target, strategy, profile },
    // What was made small may need no fault at all.
    ...{ faults: shrunk?.to.faults ?? faults, timeSteps: shrunk?.to.timeSteps ?? timeSteps },
    invariants: violations.map(({ invariant }) => invariant),
    because: first?.because ?? [],
    steps: stepsOf(result),
    replay: first?.replay ?? "",
  };
}
