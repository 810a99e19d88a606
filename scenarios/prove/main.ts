import { writeFile } from "node:fs/promises";
import { Workers } from "../../harness/cli/pool.ts";
import { Progress } from "../../harness/cli/progress.ts";
import { stopOnSignals } from "../../harness/cli/signals.ts";
import { Stop } from "../../harness/cli/stop.ts";
import type { CellResult } from "../../harness/model/cell.ts";
import { PROOFS_FILE, type Proof, proofOf, proofs } from "./proofs.ts";

/** `npm run prove`: every proof, however long it takes, and their list in reports/proofs.json. Exits 1 when one is not what it should be. */
const specs = proofs();
const stop = new Stop();
const progress = new Progress(specs, process.stderr);
const interrupted = stopOnSignals(stop, (words) => progress.interject(words));
const workers = new Workers(undefined, stop);
const reports = await workers.search(specs, progress, false).finally(() => {
  progress.clear();
  return workers.close();
});
const results = reports.flatMap((report) => report?.result ?? []);
for (const result of results) console.log(lineOf(result));

const failed = results.filter(({ verdict, completeness, expect }) => verdict !== expect || completeness !== "complete");
const status = interrupted();
if (status !== null) {
  console.log(`\nInterrupted: ${results.length} of ${specs.length} were begun, and ${PROOFS_FILE} stays as it is.`);
  process.exitCode = status;
} else if (failed.length === 0) {
  const all: readonly Proof[] = results.map(proofOf);
  await writeFile(PROOFS_FILE, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`\n${results.length} proofs, all complete: ${PROOFS_FILE}`);
} else {
  console.log(`\n${failed.length} of ${results.length} are not what they should be, and ${PROOFS_FILE} stays as it is.`);
  process.exitCode = 1;
}

function lineOf(result: CellResult): string {
  const { strategy, profile, loads, isolates, faults, granularity, verdict, completeness, states, schedules, interleavings } = result;
  const what = `${strategy} · ${profile} · ${loads} loads on ${isolates} · ${faults === "" ? "no faults" : faults} · ${granularity}`;
  const sum = interleavings === null ? "" : `, for ${Number(interleavings).toPrecision(3)} interleavings`;
  const seconds = (result.durationMs / 1000).toFixed(1);
  return `${what}: ${verdict}, ${completeness}: ${states} states in ${schedules} runs${sum}, ${seconds} s${result.error === null ? "" : ` (${result.error.message})`}`;
}
