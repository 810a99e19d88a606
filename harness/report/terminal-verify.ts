import type { CellResult, RunResult } from "../model/cell.ts";
import { renderInterruption } from "./interruption.ts";
import { type Paint, paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { STANDINGS, standingsOf } from "./verification.ts";
import { counted, plain, VERDICT_WORD } from "./words.ts";
import { hang } from "./wrap.ts";

/**
 * What a verification came to: a line for each item of the plan, and one for each invariant, which held in so many items, was violated in
 * some, or was not observed at all.
 *
 * @example
 * ```ts
 * renderVerification({ version: 1, seed: 0, cells: [], skipped: [{ item: "theft", why: "not promised" }] }).split("\n")[0]; // "  theft  skipped: not promised"
 * ```
 */
export function renderVerification(run: RunResult, options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const { cells, skipped = [] } = run;
  const [first] = cells;
  const names = [...cells.map(({ scenario }) => scenario), ...skipped.map(({ item }) => item)];
  const column = Math.max(0, ...names.map((name) => name.length));
  const line = (name: string, text: string) => hang(`  ${plain(name).padEnd(column)}  `, text, width);
  const head =
    first === undefined
      ? []
      : [paint.bold(plain(`${first.target}/${first.strategy} · ${first.profile} · ${counted(first.isolates, "isolate")} · live`))];
  return [
    ...head,
    ...cells.flatMap((cell) => line(cell.scenario, wordsOf(cell)).map(colourOf(cell, paint))),
    ...skipped.flatMap(({ item, why }) => line(item, `skipped: ${plain(why)}`).map(paint.dim)),
    "",
    ...invariantLines(cells, width),
    "",
    ...(run.notStarted === undefined ? [] : [renderInterruption(run).trimEnd()]),
    summaryOf(cells, skipped.length),
    "",
  ].join("\n");
}

function colourOf({ verdict }: CellResult, paint: Paint): (text: string) => string {
  if (verdict === "holds") return paint.green;
  return verdict === "cannot-be-had" ? paint.yellow : paint.red;
}

function wordsOf({ verdict, violations, durationMs, error, interrupted }: CellResult): string {
  if (interrupted && violations.length === 0) return "cut off";
  const what = [...new Set(violations.map(({ invariant }) => invariant))].join(", ");
  const why = what !== "" ? ` (${what})` : error === null ? "" : ` ${error.code}`;
  return `${VERDICT_WORD[verdict]}${why}  ${(durationMs / 1000).toFixed(1)} s`;
}

function invariantLines(cells: readonly CellResult[], width: number): string[] {
  const all = standingsOf(cells);
  const column = Math.max(0, ...all.map(({ invariant }) => invariant.length));
  return STANDINGS.flatMap((wanted) => {
    const here = all.filter(({ standing }) => standing === wanted);
    if (here.length === 0) return [];
    const lines = here.flatMap(({ invariant, detail }) => hang(`  ${invariant.padEnd(column)}  `, detail, width));
    return [`${wanted[0]?.toUpperCase()}${wanted.slice(1)}`, ...lines];
  });
}

function summaryOf(cells: readonly CellResult[], skipped: number): string {
  const broken = cells.filter(({ verdict }) => verdict === "violated").length;
  const errors = cells.filter(({ verdict }) => verdict === "error").length;
  const limits = cells.filter(({ verdict }) => verdict === "cannot-be-had").length;
  const parts = [
    `${counted(cells.length, "item")} of the plan`,
    ...(broken > 0 ? [`${broken} violated`] : []),
    ...(limits > 0 ? [`${limits} cannot be had`] : []),
    ...(errors > 0 ? [`${errors} ended in an error`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${parts.join(", ")}.`;
}
