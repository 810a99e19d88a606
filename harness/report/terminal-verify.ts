import type { CellResult, RunResult } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";
import { renderInterruption } from "./interruption.ts";
import { paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { counted, plain, VERDICT_WORD } from "./words.ts";
import { hang } from "./wrap.ts";

/** What became of an invariant over the whole plan. */
type Standing = "violated" | "held" | "not observed";

/**
 * What a verification came to: a line for each item of the plan, and one for each invariant, which held in so many items, was violated in
 * some, or was not observed at all.
 *
 * @example
 * ```ts
 * renderVerification(result); // "race  holds  21.3 s\n…"
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
    first === undefined ? [] : [paint.bold(plain(`${first.target}/${first.strategy} · ${first.profile} · ${counted(first.isolates, "isolate")} · live`))];
  return [
    ...head,
    ...cells.flatMap((cell) => line(cell.scenario, wordsOf(cell)).map(cell.verdict === "holds" ? paint.green : paint.red)),
    ...skipped.flatMap(({ item, why }) => line(item, `skipped: ${plain(why)}`).map(paint.dim)),
    "",
    ...invariantLines(cells, width),
    "",
    ...(run.notStarted === undefined ? [] : [renderInterruption(run).trimEnd()]),
    summaryOf(cells, skipped.length),
    "",
  ].join("\n");
}

function wordsOf({ verdict, violations, durationMs, error, interrupted }: CellResult): string {
  if (interrupted && violations.length === 0) return "cut off";
  const what = [...new Set(violations.map(({ invariant }) => invariant))].join(", ");
  const why = what !== "" ? ` (${what})` : error === null ? "" : ` ${error.code}`;
  return `${VERDICT_WORD[verdict]}${why}  ${(durationMs / 1000).toFixed(1)} s`;
}

/** What cannot be seen is said to be so, and never to hold. */
function invariantLines(cells: readonly CellResult[], width: number): string[] {
  const ids = [...new Set(cells.flatMap(({ observations }) => [...(observations?.observed ?? []), ...(observations?.notObserved ?? []).map(({ invariant }) => invariant)]))];
  const column = Math.max(0, ...ids.map((id) => id.length));
  return (["violated", "held", "not observed"] as const).flatMap((standing) => {
    const here = ids.filter((id) => standingOf(id, cells) === standing);
    if (here.length === 0) return [];
    return [`${standing[0]?.toUpperCase()}${standing.slice(1)}`, ...here.flatMap((id) => hang(`  ${id.padEnd(column)}  `, detailOf(id, standing, cells), width))];
  });
}

function standingOf(id: InvariantId, cells: readonly CellResult[]): Standing {
  if (cells.some(({ violations }) => violations.some(({ invariant }) => invariant === id))) return "violated";
  return cells.some((cell) => hasObserved(cell, id)) ? "held" : "not observed";
}

function detailOf(id: InvariantId, standing: Standing, cells: readonly CellResult[]): string {
  const broken = cells.filter(({ violations }) => violations.some(({ invariant }) => invariant === id)).map(({ scenario }) => scenario);
  if (standing === "violated") return `in ${broken.join(", ")}`;
  if (standing === "held") return `in ${counted(cells.filter((cell) => hasObserved(cell, id)).length, "item")}`;
  const reasons = cells.flatMap(({ observations }) => (observations?.notObserved ?? []).filter(({ invariant }) => invariant === id).map(({ why }) => why));
  return [...new Set(reasons)].join("; ");
}

/** An item that came to no end has shown nothing. */
function hasObserved({ observations, verdict, interrupted }: CellResult, id: InvariantId): boolean {
  return verdict !== "error" && !interrupted && (observations?.observed ?? []).includes(id);
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
