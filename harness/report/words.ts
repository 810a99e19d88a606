import type { CellResult, Verdict } from "../model/cell.ts";

/** The word for a verdict in every report. Only what needs a person's eye is in capitals. */
export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  holds: "holds",
  violated: "VIOLATED",
  "cannot-be-had": "cannot-be-had",
  error: "error",
};

/**
 * What a cell came to, in a word: a search that has tried every order has proved what it holds.
 *
 * @example
 * ```ts
 * verdictWord({ verdict: "holds", completeness: "complete" }); // "proved"
 * ```
 */
export function verdictWord({ verdict, completeness }: Pick<CellResult, "verdict" | "completeness">): string {
  return verdict === "holds" && completeness === "complete" ? "proved" : VERDICT_WORD[verdict];
}

/** How far its search went: all states, where it was complete, or so many schedules. */
export function extentOf({ completeness, states, schedules }: Pick<CellResult, "completeness" | "states" | "schedules">): string {
  return completeness === "complete" ? counted(states, "state") : counted(schedules, "schedule");
}

/** How a verdict stands to what was expected of the cell. */
export type Standing = "expected" | "surprise" | "unstated";

/** Compares a verdict with the cell's `expect`; that of a search that was cut off might have become another one. */
export function standingOf(result: Pick<CellResult, "expect" | "verdict" | "interrupted">): Standing {
  if (result.expect === null || result.interrupted) return "unstated";
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
export function cellName(
  result: Pick<CellResult, "target" | "strategy" | "profile" | "isolates" | "explore" | "page" | "faults" | "timeSteps">,
): string {
  const { target, strategy, profile, isolates, explore, page, faults, timeSteps } = result;
  const parts = [`${target}/${strategy}`, profile, counted(isolates, "isolate"), explore];
  if (page === "document") parts.push("document");
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
 * Many names in few words: neighbours by number become a range, and the rest of a long list becomes a count.
 *
 * @example
 * ```ts
 * fewOf(["ada/load-3", "ada/load-4", "ada/load-5", "ben/load-9"], 4); // "ada/load-3 to ada/load-5, ben/load-9"
 * ```
 */
export function fewOf(names: readonly string[], most: number): string {
  const ranges = rangesOf([...names].sort(naturally));
  // "and 1 more" would take as much room as the name itself.
  if (ranges.length <= most + 1) return ranges.join(", ");
  return `${ranges.slice(0, most).join(", ")} and ${ranges.length - most} more`;
}

/** Orders `load-2` before `load-10`. */
export function naturally(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function rangesOf(sorted: readonly string[]): string[] {
  const runs: string[][] = [];
  for (const name of sorted) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && successor(last) === name) runs.at(-1)?.push(name);
    else runs.push([name]);
  }
  return runs.flatMap((run) => (run.length < 3 ? run : [`${run[0]} to ${run.at(-1)}`]));
}

function successor(name: string): string | null {
  const match = /^(.*\D)(\d+)$/s.exec(name);
  return match === null ? null : `${match[1]}${Number(match[2]) + 1}`;
}
