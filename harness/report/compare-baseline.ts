import type { Baseline, CellBaseline, Fall } from "../model/baseline.ts";
import type { TraceResult } from "../model/cell.ts";
import { type Catalogued, type GatedCell, gatedCells, type Results } from "./baseline.ts";
import { counted, VERDICT_WORD, verdictWord } from "./words.ts";

/** A bounded search may pass through so many of the baseline's states; a change of the code under test shifts them a little. */
const COVERED = 0.9;

/** What results are to a baseline. */
export interface Comparison {
  /** What is worse, in the order of the results. */
  readonly falls: readonly Fall[];
  /** How many cells are as they were. */
  readonly same: number;
  /** Names of cells that are better than they were. */
  readonly better: readonly string[];
  /** Names of cells of which the baseline says nothing. */
  readonly unknown: readonly string[];
}

/**
 * Compares results with a baseline. A cell that the baseline does not know falls where it breaks what nobody expected, or ends in an
 * error; a known bug and its class count once it was found.
 *
 * @example
 * ```ts
 * compare(baseline, { cells: run.cells, catalogue: null }).falls; // []
 * ```
 */
export function compare(baseline: Baseline, results: Results): Comparison {
  const { traces = [], catalogue } = results;
  const falls: Fall[] = [];
  const better: string[] = [];
  const unknown: string[] = [];
  const run = new Set<string>();
  let same = 0;
  for (const cell of gatedCells(results)) {
    const { name } = cell;
    run.add(name);
    const before = baseline.cells[name];
    if (before === undefined) unknown.push(name);
    const fall = before === undefined ? firstFall(cell) : fallOf(before, cell);
    if (fall !== null) falls.push({ what: name, ...fall });
    else if (before !== undefined && isBetter(before, cell)) better.push(name);
    else if (before !== undefined) same++;
  }
  for (const name of Object.keys(baseline.cells)) {
    if (!run.has(name)) falls.push({ kind: "not-run", what: name, how: "it is in the baseline, and not among the results" });
  }
  return { falls: [...falls, ...traceFalls(traces), ...recallFalls(baseline, catalogue)], same, better, unknown };
}

/** What a cell was, or is, in words. */
function told(cell: CellBaseline): string {
  return `${verdictWord(cell)}${cell.broken.length === 0 ? "" : ` (${cell.broken.join(", ")})`}`;
}

type Fallen = Omit<Fall, "what"> | null;

function fallOf(before: CellBaseline, now: GatedCell): Fallen {
  const how = `${told(before)} before, ${told(now)} now`;
  if (now.verdict === "error") return before.verdict === "error" ? null : { kind: "error", how: `${how}: ${now.error}` };
  // Of a search that ended in an error nothing is known that could have fallen; a violation is a new one.
  if (now.verdict === "violated") {
    const isNew = before.verdict !== "violated" || now.broken.some((invariant) => !before.broken.includes(invariant));
    return isNew ? { kind: "new-violation", how } : null;
  }
  if (now.verdict === "cannot-be-had") return before.verdict === "holds" ? { kind: "lost-session", how } : null;
  if (before.verdict !== "holds") return null;
  if (before.completeness === "complete" && now.completeness === "bounded") {
    return { kind: "no-proof", how: `proved before, now held for ${counted(now.schedules, "schedule")}` };
  }
  if (now.completeness === "bounded" && now.states < before.states * COVERED) {
    return {
      kind: "coverage",
      how: `it passed through ${counted(before.states, "state")}, and now through ${now.states.toLocaleString("en-US")}`,
    };
  }
  return null;
}

/** Nobody knows what it was, so it must be what was expected of it, and break nothing where nobody expected anything. */
function firstFall(now: GatedCell): Fallen {
  const how = `not in the baseline, ${told(now)} now`;
  if (now.expect === now.verdict) return null;
  if (now.verdict === "error") return { kind: "error", how: `${how}: ${now.error}` };
  return now.verdict === "violated" ? { kind: "new-violation", how } : null;
}

/** Better than holding is a proof, and better than either other verdict is to hold. */
function isBetter(before: CellBaseline, now: GatedCell): boolean {
  const rank = { error: 0, violated: 1, "cannot-be-had": 2, holds: 3 } as const;
  if (now.verdict !== before.verdict) return rank[now.verdict] > rank[before.verdict];
  return now.verdict === "holds" && before.completeness === "bounded" && now.completeness === "complete";
}

/** A trace is its own baseline: it says what it was recorded with. What holds now is mended. */
function traceFalls(traces: readonly TraceResult[]): readonly Fall[] {
  return traces.flatMap(({ file, expect, verdict, asRecorded, error }): Fall[] => {
    if (error !== null) return [{ kind: "trace", what: file, how: `it cannot be played: ${error.code}` }];
    if (asRecorded || verdict === "holds") return [];
    return [{ kind: "trace", what: file, how: `recorded as ${VERDICT_WORD[expect]}, ${VERDICT_WORD[verdict]} now` }];
  });
}

function recallFalls({ found }: Baseline, catalogue: Catalogued | null): readonly Fall[] {
  if (found === null && catalogue === null) return [];
  const now = new Set(catalogue?.bugs.filter((bug) => bug.found).map(({ id }) => id));
  const how = catalogue === null ? "it was found, and the catalogue was not run" : "it was found, and is missed";
  const missed = (found ?? []).filter((id) => !now.has(id)).map((what): Fall => ({ kind: "recall", what, how }));
  const alarms = (catalogue?.correct ?? []).filter(({ broken }) => broken.length > 0);
  return [
    ...missed,
    ...alarms.map(
      ({ target, strategy, broken }): Fall => ({
        kind: "false-alarm",
        what: `${target}/${strategy}`,
        how: `it is correct, and ${broken.join(", ")} says that it is broken`,
      }),
    ),
  ];
}
