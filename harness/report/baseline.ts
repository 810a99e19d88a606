import { z } from "zod";
import type { Baseline, CellBaseline } from "../model/baseline.ts";
import type { CellResult, TraceResult, Verdict } from "../model/cell.ts";
import { checkedJson } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import type { Outcome, ReliabilityResult } from "../model/reliability.ts";
import { cellName, counted } from "./words.ts";

const texts = z.array(z.string("a text"), "a list of texts").readonly();
const cell = z.strictObject(
  {
    verdict: z.enum(["holds", "violated", "cannot-be-had", "error"], "a verdict"),
    completeness: z.enum(["complete", "bounded"], '"complete" or "bounded"'),
    states: z.int("a whole number").nonnegative("a whole number"),
    broken: texts,
  },
  "what a cell came to",
);
const schema = z.strictObject(
  {
    version: z.literal(1, "1"),
    cells: z.record(z.string(), cell, "an object with a cell a name"),
    found: texts.nullable(),
  },
  "what `holdfast gate --update` writes",
);

/** What the gate reads of a catalogue. */
export interface Catalogued {
  readonly bugs: readonly { readonly id: string; readonly found: boolean }[];
  readonly correct: readonly { readonly target: string; readonly strategy: string; readonly broken: readonly string[] }[];
}

/** What came of a run and, where there are any, of matrices and the catalogue. */
export interface Results {
  readonly cells: readonly CellResult[];
  readonly matrices?: readonly ReliabilityResult[];
  /** Recorded traces that were played first. */
  readonly traces?: readonly TraceResult[];
  readonly catalogue: Catalogued | null;
}

/**
 * A cell's name in a baseline: all that says what was run, and nothing of what came of it.
 *
 * @example
 * ```ts
 * baselineName(cell); // "page-loads-at-expiry · 8 loads · reference/ledger · workos · 1 isolate · portfolio · crypto=inline"
 * ```
 */
export function baselineName(result: CellResult): string {
  const { scenario, loads, granularity, story, lane } = result;
  const told = story === undefined ? scenario : `${scenario} ${JSON.stringify(story)}`;
  const where = lane === "simulation" ? [] : [lane];
  return [told, counted(loads, "load"), cellName(result), granularity, ...where].join(" · ");
}

/** What the gate knows of a cell, be it of a run or of the matrix. */
export interface GatedCell extends CellBaseline, Pick<CellResult, "schedules"> {
  readonly name: string;
  /** What somebody expected of it; null where nobody did. */
  readonly expect: Verdict | null;
  /** The code of its error; null where there is none. */
  readonly error: string | null;
}

/** All cells of these results. */
export function gatedCells({ cells, matrices = [] }: Pick<Results, "cells" | "matrices">): readonly GatedCell[] {
  const run = cells.map((result): GatedCell => {
    const { verdict, completeness, states, schedules, violations, expect, error } = result;
    const broken = violations.map(({ invariant }) => invariant).sort();
    return { name: baselineName(result), verdict, completeness, states, schedules, broken, expect, error: error?.code ?? null };
  });
  return [...run, ...matrices.flatMap(matrixCells)];
}

const VERDICT: Readonly<Record<Outcome, Verdict>> = {
  ...{ proved: "holds", held: "holds", "cannot-be-had": "cannot-be-had", broken: "violated", error: "error" },
};

/** The matrix expects nothing of anybody. */
function matrixCells({ scenario, loads, isolates, crypto, cells, counterexamples }: ReliabilityResult): readonly GatedCell[] {
  const broken = new Map(counterexamples.map(({ id, invariants }) => [id, [...invariants].sort()]));
  return cells.map(({ target, strategy, profile, faults, timeSteps, outcome, complete, states, schedules, counterexample, error }) => {
    const client = cellName({ target, strategy, profile, isolates, faults, timeSteps, explore: "matrix", page: "request" });
    return {
      name: [scenario, counted(loads, "load"), client, `crypto=${crypto}`].join(" · "),
      ...{ verdict: VERDICT[outcome], completeness: complete ? "complete" : "bounded", states, schedules },
      ...{ broken: broken.get(counterexample ?? "") ?? [], expect: null, error: error?.code ?? null },
    };
  });
}

/**
 * The baseline that these results make.
 *
 * @throws HoldfastError `BAD_USAGE` where two of them are of one cell
 */
export function baselineOf(results: Results): Baseline {
  const cells = gatedCells(results);
  const names = new Set<string>();
  for (const { name } of cells) {
    if (names.has(name)) {
      throw new HoldfastError(
        "BAD_USAGE",
        `expected one result a cell, got two of ${name}`,
        "give the results of runs that have no cell in common",
      );
    }
    names.add(name);
  }
  const entries = cells.map(
    ({ name, verdict, completeness, states, broken }) => [name, { verdict, completeness, states, broken }] as const,
  );
  const { catalogue } = results;
  return {
    version: 1,
    cells: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
    found: catalogue === null ? null : catalogue.bugs.filter(({ found }) => found).map(({ id }) => id),
  };
}

/** The text of a baseline: a line a cell, so that a change of one is a change of one line. */
export function renderBaseline({ version, cells, found }: Baseline): string {
  const lines = Object.entries(cells).map(([name, one]) => `    ${JSON.stringify(name)}: ${JSON.stringify(one)}`);
  const all = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
  return `{\n  "version": ${version},\n  "cells": ${all},\n  "found": ${JSON.stringify(found)}\n}\n`;
}

/**
 * The inverse.
 *
 * @param file where the text is from, for the error
 * @param hint what to do about it
 * @throws HoldfastError `BAD_USAGE` for what is no baseline
 */
export function parseBaseline(text: string, file: string, hint = "give the file that `holdfast gate --update` wrote"): Baseline {
  return checkedJson(schema, text, {
    code: "BAD_USAGE",
    what: file,
    hint,
  }) as Baseline;
}
