import type { CellResult, RunResult } from "../model/cell.ts";

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
  const { version, seed, notStarted } = run;
  const ordered: RunResult = { version, seed, ...(notStarted === undefined ? {} : { notStarted }), cells: run.cells.map(orderedCell) };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function orderedCell(cell: CellResult): CellResult {
  return {
    scenario: cell.scenario,
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
    transitions: cell.transitions,
    interleavings: cell.interleavings,
    steps: { min: cell.steps.min, mean: cell.steps.mean, max: cell.steps.max },
    traceHash: cell.traceHash,
    violations: cell.violations.map(({ invariant, because, replay }) => ({ invariant, because, replay })),
    error: cell.error === null ? null : { code: cell.error.code, message: cell.error.message, hint: cell.error.hint },
    durationMs: cell.durationMs,
  };
}
