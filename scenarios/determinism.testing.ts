import { runCell } from "../harness/lanes/cell.ts";
import { cellOf } from "./cells.testing.ts";

/**
 * Runs cells again and again and prints, for each target and seed, the different trace hashes that came of it.
 * A process of its own: `node scenarios/determinism.testing.ts <repeats>`.
 */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const hashes: Record<string, string[]> = {};
for (const target of ["reference", "workos-node"]) {
  for (const seed of SEEDS) {
    const cell = await cellOf({ target, isolates: 2, schedules: 1, seed });
    const seen = new Set<string>();
    for (let run = 0; run < Number(process.argv[2]); run++) {
      const { result } = await runCell(cell);
      seen.add(result.error === null ? result.traceHash : result.error.message);
    }
    hashes[`${target}, seed ${seed}`] = [...seen];
  }
}
process.stdout.write(JSON.stringify(hashes));
