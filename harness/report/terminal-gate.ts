import type { FallKind } from "../model/baseline.ts";
import type { Comparison } from "./compare-baseline.ts";
import { paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { counted, plain } from "./words.ts";
import { hang } from "./wrap.ts";

/** What each kind of fall is called, as a heading over those that fell so. */
const HEADINGS: Readonly<Record<FallKind, string>> = {
  "new-violation": "New violations",
  "lost-session": "What was kept cannot be had any more",
  error: "Cells that the harness cannot vouch for",
  "no-proof": "Proofs that are lost",
  coverage: "Searches that see less",
  "not-run": "Cells that were not run",
  trace: "Recorded traces",
  recall: "Known bugs that are missed",
  "false-alarm": "False alarms",
};

/**
 * What a gate says: everything that is worse, by kind, and then one line that counts.
 *
 * @example
 * ```ts
 * renderGate({ falls: [], same: 140, better: [], unknown: [] }); // "The gate is open: 140 cells are as they were.\n"
 * ```
 */
export function renderGate({ falls, same, better, unknown }: Comparison, options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const sections = Object.entries(HEADINGS).flatMap(([kind, heading]) => {
    const fallen = falls.filter((fall) => fall.kind === kind);
    if (fallen.length === 0) return [];
    const lines = fallen.flatMap(({ what, how }) => hang("  ✗ ", plain(`${what}: ${how}`), width));
    return [paint.bold(`${heading} (${fallen.length})`), ...lines.map((line) => paint.red(line)), ""];
  });
  const beside = [
    `${same.toLocaleString("en-US")} ${same === 1 ? "cell is as it was" : "cells are as they were"}`,
    ...(better.length === 0 ? [] : [`${better.length} better`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} not in the baseline`]),
  ].join(", ");
  const verdict = falls.length === 0 ? `The gate is open: ${beside}.` : `The gate is shut: ${counted(falls.length, "fall")}; ${beside}.`;
  const hint = better.length + unknown.length > 0 && falls.length === 0 ? ["`holdfast gate --update` takes them into the baseline."] : [];
  return [...sections, verdict, ...hint, ""].join("\n");
}
