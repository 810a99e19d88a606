import type { Ratio } from "../../harness/report/bench-file.ts";
import { type Measured, measure, median, quotients, ratioOf } from "./rounds.ts";
import { LOADS, type Tally, WEIGHTS, type Weight } from "./scenario.ts";

/** How many times as many schedules per second as fast-check's scheduler Holdfast aims at. */
const AIMS: Readonly<Record<Weight, number>> = { "plain functions": 5, "with web objects": 2, "with RS256 tokens": 5 };

/** Schedules per second beside fast-check's scheduler. */
export async function printSchedules(): Promise<Ratio[]> {
  console.log(`${LOADS} page loads at expiry · single flight · one isolate · strict issuer (reuse is an error and nothing more)\n`);
  line("schedules per second", "Holdfast", "fast-check", "ratio", "(rounds)", "by CPU", "aim", "");
  const audits: string[] = [];
  const kept: Ratio[] = [];
  for (const weight of WEIGHTS) {
    const [ours, theirs] = await measure(weight, ["holdfast", "fast-check"]);
    if (ours === undefined || theirs === undefined) throw new Error("two sides make a comparison");
    kept.push(row(weight, ours, theirs, AIMS[weight]));
    audits.push(audit(weight, ours, theirs));
    if (weight !== "with RS256 tokens") continue;
    const [again, alone] = await measure(weight, ["holdfast", "fast-check, waitFor alone"]);
    if (again === undefined || alone === undefined) throw new Error("two sides make a comparison");
    kept.push(row("  … waitFor alone (b)", again, alone, null));
    audits.push(audit("  … waitFor alone (b)", again, alone));
  }

  console.log("\nby CPU: the same per second of processor time, which other work on the machine changes less.");
  console.log("\nThe same work, counted over the warm-up: operations a run, choices a step, schedules that show the late load's logout");
  for (const text of audits) console.log(text);

  console.log(`
Holdfast: World, random explorer, trace and its SHA-256, without state keys (random needs none); weights 2 and 3 on its Network.
  crypto=inline: signatures are computed in the step and memoised across schedules. Every schedule replays from its seed.
fast-check: fc.check(asyncProperty(fc.scheduler())), labelled tasks without values, no trace hash.
  (a) With RS256 tokens its crypto runs on the thread pool, so its runs are not reproducible. An \`act\` of ours waits for
      the pool before the next choice, because otherwise it explores other choices:
  (b) \`waitFor\` alone, as its documentation has it, chooses while crypto still runs, and hardly ever sees the late load.`);
  return kept;
}

function row(name: string, ours: Measured, theirs: Measured, aim: number | null): Ratio {
  const ratios = quotients(ours.rates, theirs.rates);
  const processor = median(quotients(ours.processorRates, theirs.processorRates));
  const ratio = median(ratios);
  line(
    name === "with RS256 tokens" ? `${name} (a)` : name,
    median(ours.rates).toFixed(0),
    median(theirs.rates).toFixed(0),
    `${ratio.toFixed(2)}×`,
    `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    `${processor.toFixed(2)}×`,
    aim === null ? "" : `${aim}×`,
    aim === null ? "" : ratio >= aim ? "met" : "not met",
  );
  return ratioOf(`schedules ${name.replace("  … ", "with RS256 tokens, ")}, beside fast-check`, ratios, aim, processor);
}

function line(name: string, ours: string, theirs: string, ratio: string, range: string, processor: string, aim: string, met: string): void {
  const columns = [
    name.padEnd(24),
    ours.padStart(9),
    theirs.padStart(11),
    ratio.padStart(8),
    range.padStart(12),
    processor.padStart(7),
    aim.padStart(5),
    ` ${met}`,
  ];
  console.log(columns.join(" ").trimEnd());
}

function audit(name: string, ours: Measured, theirs: Measured): string {
  const counted = ({ schedules, operations, choices, violated }: Tally) =>
    `${(operations / schedules).toFixed(1)} ops, ${(choices / operations).toFixed(2)} choices, ${((violated / schedules) * 100).toFixed(0)} %`;
  return `  ${name.padEnd(22)} Holdfast ${counted(ours.tally)} · fast-check ${counted(theirs.tally)}`;
}
