import type { CellResult, Extent, Observations, RunResult, TraceResult } from "../model/cell.ts";
import { vitestTest } from "./vitest-test.ts";

/**
 * The text of `holdfast run --json`: two spaces, a newline at the end, and keys always in the order of the contract,
 * so that two runs can be compared line by line.
 *
 * @example
 * ```ts
 * renderJson({ version: 1, seed: 1, cells: [] }); // '{\n  "version": 1,\n  "seed": 1,\n  "cells": []\n}\n'
 * ```
 */
export function renderJson(run: RunResult): string {
  const { version, seed, notStarted, cells, traces, skipped } = run;
  const ordered: RunResult = {
    version,
    seed,
    ...(notStarted === undefined ? {} : { notStarted }),
    ...(traces === undefined ? {} : { traces: traces.map(orderedTrace) }),
    ...(skipped === undefined ? {} : { skipped: skipped.map(({ item, why }) => ({ item, why })) }),
    cells: cells.map(orderedCell),
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

/** A cell as JSON has it: with its counterexample as a test to paste, where there is one. */
type CellJson = CellResult & { readonly test: string | null };

function orderedCell(cell: CellResult): CellJson {
  return {
    scenario: cell.scenario,
    ...(cell.story === undefined ? {} : { story: cell.story }),
    target: cell.target,
    profile: cell.profile,
    strategy: cell.strategy,
    isolates: cell.isolates,
    loads: cell.loads,
    page: cell.page,
    faults: cell.faults,
    timeSteps: cell.timeSteps,
    lane: cell.lane,
    explore: cell.explore,
    granularity: cell.granularity,
    expect: cell.expect,
    verdict: cell.verdict,
    completeness: cell.completeness,
    bound: cell.bound,
    interrupted: cell.interrupted,
    schedules: cell.schedules,
    states: cell.states,
    growth: cell.growth,
    transitions: cell.transitions,
    interleavings: cell.interleavings,
    steps: { min: cell.steps.min, mean: cell.steps.mean, max: cell.steps.max },
    traceHash: cell.traceHash,
    violations: cell.violations.map(({ invariant, because, replay }) => ({ invariant, because, replay })),
    shrunk:
      cell.shrunk === null ? null : { from: orderedExtent(cell.shrunk.from), to: orderedExtent(cell.shrunk.to), runs: cell.shrunk.runs },
    test: vitestTest({ result: cell }),
    error: cell.error === null ? null : { code: cell.error.code, message: cell.error.message, hint: cell.error.hint },
    ...(cell.crashPoints === undefined || cell.crashPoints.length === 0 ? {} : { crashPoints: cell.crashPoints }),
    ...(cell.observations === undefined ? {} : { observations: orderedObservations(cell.observations) }),
    durationMs: cell.durationMs,
  };
}

function orderedExtent({ loads, isolates, page, faults, timeSteps, granularity, choices, steps }: Extent): Extent {
  return { loads, isolates, page, faults, timeSteps, granularity, choices, steps };
}

function orderedObservations({ observed, notObserved }: Observations): Observations {
  return { observed, notObserved: notObserved.map(({ invariant, why }) => ({ invariant, why })) };
}

function orderedTrace({ file, expect, verdict, asRecorded, departure, error }: TraceResult): TraceResult {
  return { file, expect, verdict, asRecorded, departure: departure === null ? null : { step: departure.step, how: departure.how }, error };
}
