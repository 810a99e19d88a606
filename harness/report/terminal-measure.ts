import type { Estimate, Measurement, MeasureResult } from "../model/timed.ts";
import { type Paint, paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { renderStory } from "./terminal-story.ts";
import { counted, plain } from "./words.ts";
import { hang } from "./wrap.ts";

const WEEK = 7 * 86_400_000;

type Column = readonly [head: string, of: (cell: Measurement) => string, align: "left" | "right"];

const COLUMNS: readonly Column[] = [
  ["strategy", ({ strategy }) => plain(strategy), "left"],
  ["profile", ({ profile }) => plain(profile), "left"],
  ["token", ({ accessTokenLifetime }) => lifetime(accessTokenLifetime), "right"],
  ["refreshes a day", refreshesADay, "left"],
  ["logouts", ({ counts }) => counts.logouts.toLocaleString("en-US"), "right"],
  ["per million refreshes", ({ logoutsPerMillionRefreshes }) => rate(logoutsPerMillionRefreshes), "left"],
  ["a day", ({ logoutsPerSessionDay }) => rate(logoutsPerSessionDay), "left"],
];

/**
 * A measurement as text: under what circumstances, a line for each cell, and how the first thing that broke came about.
 *
 * @example
 * ```ts
 * renderMeasurements(measured, { colour: process.stdout.isTTY });
 * ```
 */
export function renderMeasurements({ cells, interrupted, durationMs }: MeasureResult, options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const shown = cells.filter(({ worlds }) => worlds.played > 0);
  const [first] = cells;
  const story = shown.find((cell) => cell.story !== null);
  return [
    ...(first === undefined ? [] : circumstances(first, paint)),
    "",
    ...table(shown, paint),
    "",
    ...notes(shown, width).map((line) => paint.dim(line)),
    ...cells.flatMap((cell) => errorOf(cell, width)).map((line) => paint.red(line)),
    ...(story?.story == null ? [] : ["", renderStory(story, story.story, options).trimEnd()]),
    "",
    ...sums(cells, interrupted, durationMs),
    "",
  ].join("\n");
}

function circumstances({ scenario, target, isolates, page, worlds, days, seed, latency }: Measurement, paint: Paint): string[] {
  const people = `${counted(2 * worlds.wanted, "person").replace("persons", "people")}, ${counted(days, "day")} each`;
  const pages = page === "document" ? "a page is a document and its fetches" : "a page is one request";
  return [
    `${paint.bold(plain(scenario))} ${paint.dim(`(${plain(target)} on ${counted(isolates, "isolate")}, ${people}, ${pages}, seed ${seed})`)}`,
    paint.dim(`  latency, one way, median/p99 in ms: ${latency.replaceAll("=", " ").replaceAll(",", ", ")}`),
  ];
}

function table(cells: readonly Measurement[], paint: Paint): string[] {
  const columns = COLUMNS.map(([head, of, align]) => {
    const texts = cells.map(of);
    const width = Math.max(head.length, ...texts.map((text) => text.length));
    const set = (text: string) => (align === "left" ? text.padEnd(width) : text.padStart(width));
    return { head: set(head), texts: texts.map(set) };
  });
  const row = (texts: readonly string[]) => `  ${texts.join("  ")}`.trimEnd();
  const lines = cells.map((cell, index) => {
    const line = row(columns.map(({ texts }) => texts[index] ?? ""));
    return cell.counts.logouts > 0 ? paint.yellow(line) : paint.green(line);
  });
  return [paint.bold(row(columns.map(({ head }) => head))), ...lines];
}

function notes(cells: readonly Measurement[], width: number): string[] {
  const bunched = cells
    .filter(isBunched)
    .map(({ strategy, profile, dispersion }) => `${plain(strategy)} under ${plain(profile)} ${dispersion?.toFixed(1)}`);
  const other = [...new Set(cells.flatMap(({ broken }) => Object.keys(broken)))].filter((id) => id !== "no-spurious-logout");
  return [
    "A day is a session-day: a day on which a person loads pages. A logout is one that no user, admin, expiry or thief wanted.",
    "Brackets, < and ± are 95 % intervals: of logouts the exact one of a Poisson count, of refreshes Student's t between worlds.",
    ...(bunched.length === 0
      ? []
      : [`Logouts that come in bunches, so that their intervals are too narrow, by variance and mean of a world: ${bunched.join(", ")}.`]),
    ...other.map(
      (id) =>
        `Also broken: ${id} (${cells
          .map((cell) => brokenIn(cell, id))
          .filter((text) => text !== "")
          .join(", ")}).`,
    ),
  ].flatMap((note) => hang("", note, width));
}

/** Variance by mean of a Poisson count is 1, with a variance of 2 / (n - 1) over n worlds: three times its root beyond that is no chance. */
function isBunched({ dispersion, worlds }: Measurement): boolean {
  return dispersion !== null && dispersion > 1 + 3 * Math.sqrt(2 / (worlds.played - 1));
}

function brokenIn({ strategy, profile, broken }: Measurement, id: string): string {
  const times = Object.entries(broken).find(([broke]) => broke === id)?.[1];
  return times === undefined ? "" : `${plain(strategy)}, ${plain(profile)}: ${counted(times, "time")}`;
}

function errorOf({ strategy, profile, error }: Measurement, width: number): string[] {
  if (error === null) return [];
  const said = error.message.split("\n").flatMap((line) => hang("  ", plain(line), width));
  return ["", `error ${error.code} in ${plain(strategy)}, ${plain(profile)}`, ...said, ...hang("  next: ", plain(error.hint), width)];
}

function sums(cells: readonly Measurement[], interrupted: boolean, durationMs: number): string[] {
  const sum = (of: (cell: Measurement) => number) => cells.reduce((total, cell) => total + of(cell), 0);
  const [played, wanted] = [sum(({ worlds }) => worlds.played), sum(({ worlds }) => worlds.wanted)];
  const weeks = sum(({ counts }) => counts.virtualTime) / WEEK;
  const done = `${counted(played, "world")} of two people, ${weeks.toFixed(1)} weeks of virtual time, ${counted(
    sum(({ counts }) => counts.loads),
    "page request",
  )} in ${(durationMs / 1000).toFixed(0)} s.`;
  return interrupted ? [done, `Interrupted: ${counted(wanted - played, "world")} of ${wanted} are missing.`] : [done];
}

function lifetime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function refreshesADay({ refreshesPerSessionDay: estimate, counts }: Measurement): string {
  if (estimate !== null) return `${estimate.value.toFixed(1)} ± ${(estimate.high - estimate.value).toFixed(1)}`;
  return counts.sessionDays === 0 ? "–" : (counts.refreshes / counts.sessionDays).toFixed(1);
}

function rate(estimate: Estimate | null): string {
  if (estimate === null) return "–";
  if (estimate.value === 0) return `< ${rounded(estimate.high)}`;
  return `${rounded(estimate.value)} (${rounded(estimate.low)}–${rounded(estimate.high)})`;
}

/** To three digits that mean something. */
function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
