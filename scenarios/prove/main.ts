import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { runCells } from "../../harness/cli/pool.ts";
import { Progress } from "../../harness/cli/progress.ts";
import type { CellResult } from "../../harness/model/cell.ts";
import { PROOFS_FILE, type Proof, proofOf, proofs } from "./proofs.ts";

/** `npm run prove`: every proof, however long it takes, and their list in reports/proofs.json. Exits 1 when one is not what it should be. */
const specs = proofs();
const progress = new Progress(specs.length, process.stderr);
const reports = await runCells(specs, availableParallelism(), progress).finally(() => progress.clear());
const results = reports.map(({ result }) => result);
for (const result of results) console.log(lineOf(result));

const failed = results.filter(({ verdict, completeness, expect }) => verdict !== expect || completeness !== "complete");
if (failed.length === 0) {
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
