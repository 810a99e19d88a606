import type { CellResult, Verdict } from "../model/cell.ts";

/** The word for a verdict in every report. Only what needs a person's eye is in capitals. */
export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  holds: "holds",
  violated: "VIOLATED",
  "cannot-be-had": "cannot-be-had",
  error: "error",
};

/** How a verdict stands to what was expected of the cell. */
export type Standing = "expected" | "surprise" | "unstated";

/** Compares a verdict with the cell's `expect`. */
export function standingOf(result: Pick<CellResult, "expect" | "verdict">): Standing {
  if (result.expect === null) return "unstated";
  return result.expect === result.verdict ? "expected" : "surprise";
}

/**
 * A count with its noun.
 *
 * @example
 * ```ts
 * counted(1, "schedule"); // "1 schedule"
 * counted(1200, "schedule"); // "1,200 schedules"
 * ```
 */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** A cell in a few words, without its scenario: what a person calls it. */
export function cellName(result: CellResult): string {
  const { target, strategy, profile, isolates, explore, faults, timeSteps } = result;
  const parts = [`${target}/${strategy}`, profile, counted(isolates, "isolate"), explore];
  if (faults !== "") parts.push(`faults ${faults}`);
  if (timeSteps > 0) parts.push(counted(timeSteps, "time step"));
  return plain(parts.join(" · "));
}

/**
 * Text without control characters: a label may come from third-party code, and an escape sequence in it must not
 * reach a terminal. Direction overrides go too, since they make a line read as another one.
 *
 * @example
 * ```ts
 * plain("GET /\u001b[2J"); // "GET /\ufffd[2J"
 * ```
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/**
 * A moment of a run, from its virtual milliseconds.
 *
 * @example
 * ```ts
 * moment(1_800_000); // "+1800.0 s"
 * ```
 */
export function moment(at: number): string {
  return `+${(at / 1000).toFixed(1)} s`;
}

/**
 * The first few of many names.
 *
 * @example
 * ```ts
 * fewOf(["a", "b", "c", "d"], 2); // "a, b and 2 more"
 * ```
 */
export function fewOf(names: readonly string[], most: number): string {
  // "and 1 more" would take as much room as the name itself.
  if (names.length <= most + 1) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
