import type { Fall, FallKind } from "../model/baseline.ts";
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
  const sections = sectionsOf(falls, options);
  const beside = [
    `${same.toLocaleString("en-US")} ${same === 1 ? "cell is as it was" : "cells are as they were"}`,
    ...(better.length === 0 ? [] : [`${better.length} better`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} not in the baseline`]),
  ].join(", ");
  if (falls.length > 0) return [...sections, `The gate is shut: ${counted(falls.length, "fall")}; ${beside}.`, ...SHUT, ""].join("\n");
  const hint = better.length + unknown.length > 0 ? ["`holdfast gate --update` takes them into the baseline."] : [];
  return [`The gate is open: ${beside}.`, ...hint, ""].join("\n");
}

/** What whoever finds it shut does next. */
const SHUT = [
  "What happened is in the report beside the results; `holdfast replay <results>` plays a counterexample again.",
  "Another strategy, profile or number makes another cell. What is meant to be so becomes the baseline with --update.",
];

/** What a baseline takes in although it is worse than what it had, by kind; nothing where nothing is. */
export function renderUpdate({ falls }: Comparison, options: TerminalOptions = {}): string {
  // Of recorded traces and of what is correct a baseline says nothing: they stay falls.
  const taken = falls.filter(({ kind }) => kind !== "trace" && kind !== "false-alarm");
  if (taken.length === 0) return "";
  return ["Worse than before, and from now on as it should be:", "", ...sectionsOf(taken, options), ""].join("\n");
}

function sectionsOf(falls: readonly Fall[], { colour = false, width = 100 }: TerminalOptions): readonly string[] {
  const paint = paintIn(colour);
  return Object.entries(HEADINGS).flatMap(([kind, heading]) => {
    const fallen = falls.filter((fall) => fall.kind === kind);
    if (fallen.length === 0) return [];
    const lines = fallen.flatMap(({ what, how }) => hang("  ✗ ", plain(`${what}: ${how}`), width));
    return [paint.bold(`${heading} (${fallen.length})`), ...lines.map((line) => paint.red(line)), ""];
  });
}
