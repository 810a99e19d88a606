import type { CellResult, CrashPoint } from "../model/cell.ts";
import { groupBy } from "./matrix.ts";
import { plain } from "./words.ts";

/** The statements of one request at which faults have struck, in order. */
export interface CrashedRequest {
  readonly request: string;
  readonly statements: readonly { readonly ordinal: number; readonly statement: string; readonly faults: number }[];
}

/** The crash points of one scenario, over all cells that have tried some. */
export interface CrashedScenario {
  readonly scenario: string;
  /** Statements times faults. */
  readonly points: number;
  readonly faults: readonly string[];
  /** Every order of events was tried in each of the cells, so that no point was left out. */
  readonly isComplete: boolean;
  readonly requests: readonly CrashedRequest[];
}

/** Arranges crash points: by scenario, request and statement. */
export function crashedScenarios(results: readonly CellResult[]): readonly CrashedScenario[] {
  const struck = results.filter(({ crashPoints = [] }) => crashPoints.length > 0);
  return groupBy(struck, ({ scenario }) => scenario).map((cells) => {
    const points = groupBy(
      cells.flatMap(({ crashPoints = [] }) => crashPoints),
      (point) => JSON.stringify(point),
    ).map(([point]) => point);
    return {
      scenario: plain(cells[0].scenario),
      points: points.length,
      faults: [...new Set(points.map(({ fault }) => fault))],
      isComplete: cells.every(({ completeness }) => completeness === "complete"),
      requests: groupBy(points, ({ request }) => request).map((own) => ({
        request: plain(own[0].request),
        statements: statementsOf(own),
      })),
    };
  });
}

function statementsOf(points: readonly CrashPoint[]): CrashedRequest["statements"] {
  return groupBy(points, ({ ordinal, statement }) => `${ordinal} ${statement}`)
    .map((own) => ({ ordinal: own[0].ordinal, statement: plain(own[0].statement), faults: own.length }))
    .sort((a, b) => a.ordinal - b.ordinal);
}

/**
 * What a scenario's crash points add up to, in a sentence.
 *
 * @example
 * ```ts
 * crashSentence({ scenario: "sign-in", points: 12, faults: ["answer-lost", "statement-lost"], isComplete: true, requests: [] });
 * // "Crash points of sign-in: 12, and every one was tried (answer-lost, statement-lost)"
 * ```
 */
export function crashSentence({ scenario, points, faults, isComplete }: CrashedScenario): string {
  return `Crash points of ${scenario}: ${points}, and ${isComplete ? "every one was tried" : "not every one was tried"} (${faults.join(", ")})`;
}
