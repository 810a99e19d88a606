import type { CataloguedBug, CataloguedCost, CatalogueResult, CorrectVariant, Spread } from "../model/catalogue.ts";
import type { CellReport } from "../model/cell.ts";
import type { Estimate } from "../model/timed.ts";
import { type Paint, paintIn } from "./paint.ts";
import { type CounterexampleOptions, renderCounterexample } from "./terminal-counterexample.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { renderErrors } from "./terminal-summary.ts";
import { counted, plain } from "./words.ts";
import { hang } from "./wrap.ts";

const MINUTE = 60_000;

/** A known bug as it is told. */
export interface ToldBug {
  readonly id: string;
  readonly title: string;
  readonly happens: string;
  readonly fix: string;
  /** Where it was seen, as `owner/repository#number`. */
  readonly seenIn: readonly string[];
}

type Column = readonly [head: string, of: (bug: CataloguedBug) => string, align: "left" | "right"];

/**
 * The catalogue as text: a line for each known bug, then what they come to, and what is not as it should be.
 *
 * @example
 * ```ts
 * renderCatalogue(result, { colour: process.stdout.isTTY });
 * ```
 */
export function renderCatalogue(result: CatalogueResult, options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const { bugs, costs, shortfalls, interrupted, durationMs } = result;
  const line = (text: string) => hang("", text, width);
  return [
    ...table(result, paint),
    "",
    ...costs.flatMap(costLines).flatMap(line),
    ...(bugs.length === 0 ? [] : sums(result).flatMap(line)),
    ...(interrupted ? line("Interrupted: what had not ended by then is left out.") : []),
    ...shortfalls.flatMap((shortfall) => hang("  ✗ ", plain(shortfall), width)).map((text) => paint.red(text)),
    paint.dim(`${(durationMs / 1000).toFixed(0)} s`),
    "",
  ].join("\n");
}

/** One known bug in full: what it is, how it was found, the trace, and whether its fix holds. */
export function renderKnownBug({ id, title, happens, fix, seenIn }: ToldBug, report: CellReport, options: CounterexampleOptions): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  return [
    paint.bold(`${id}: ${title}`),
    "",
    ...hang("", happens, width),
    ...hang("Its fix: ", fix, width),
    ...(seenIn.length === 0 ? [] : hang("Seen in: ", seenIn.join(", "), width)),
    "",
    renderCounterexample(report, options),
    renderErrors([report], options),
  ].join("\n");
}

function table({ bugs, correct }: CatalogueResult, paint: Paint): string[] {
  if (bugs.length === 0) return [];
  const columns: readonly Column[] = [
    ["known bug", ({ id }) => plain(id), "left"],
    ["breaks", (bug) => (bug.found ? bug.invariant : `${bug.invariant}: missed`), "left"],
    ["schedules", ({ schedules }) => schedules.toLocaleString("en-US"), "right"],
    ["steps", ({ steps }) => (steps === null ? "–" : `${steps}`), "right"],
    ["its fix", ({ id }) => fixOf(correct.find(({ fixes }) => fixes === id)), "left"],
  ];
  const set = columns.map(([head, of, align]) => {
    const texts = [head, ...bugs.map(of)];
    const width = Math.max(...texts.map((text) => text.length));
    return texts.map((text) => (align === "left" ? text.padEnd(width) : text.padStart(width)));
  });
  const row = (index: number) => `  ${set.map((texts) => texts[index] ?? "").join("  ")}`.trimEnd();
  return [paint.bold(row(0)), ...bugs.map((bug, index) => (bug.found ? paint.green : paint.red)(row(index + 1)))];
}

function fixOf(fix: CorrectVariant | undefined): string {
  if (fix === undefined) return "–";
  if (fix.verdict === "violated") return `${fix.broken.join(", ")}: false alarm`;
  return fix.verdict === "error" ? "error" : `holds over ${counted(fix.schedules, "schedule")}`;
}

function sums({ recall, schedulesToFind, steps, precision }: CatalogueResult): string[] {
  const { classes, bugs } = recall;
  const alarms = precision.falseAlarms === 0 ? "no false alarm" : counted(precision.falseAlarms, "false alarm");
  const ofClasses = classes.all === 0 ? "" : `, ${classes.found} of ${classes.all} ${classes.all === 1 ? "class" : "classes"}`;
  return [
    `Recall: ${bugs.found} of ${counted(bugs.all, "bug")}${ofClasses}, each by the invariant that must find it.`,
    `To find one: ${spread(schedulesToFind, "schedule")}. Its shrunk trace: ${spread(steps, "step")}.`,
    `Precision: ${alarms} in ${counted(precision.schedules, "schedule")} of ${counted(precision.variants, "variant")} that are correct.`,
  ];
}

function spread(of: Spread | null, noun: string): string {
  return of === null ? "–" : `${counted(of.median, noun)} in the middle, ${of.max.toLocaleString("en-US")} at most`;
}

function costLines({ id, before, after }: CataloguedCost): string[] {
  const side = ({ accessTokenLifetime, logoutsPerSessionDay }: CataloguedCost["before"]) =>
    `${rate(logoutsPerSessionDay)} with access tokens of ${accessTokenLifetime / MINUTE} min`;
  return [`${id}: logouts a day of each person: ${side(before)}, ${side(after)} (95 % intervals).`];
}

function rate(estimate: Estimate | null): string {
  return estimate === null ? "–" : `${estimate.value.toFixed(2)} (${estimate.low.toFixed(2)}–${estimate.high.toFixed(2)})`;
}
