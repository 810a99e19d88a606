import fc from "fast-check";
import { storyCells } from "./harness/library/fast-check.ts";
import { explore } from "./harness/library/index.ts";
const [strategy, profile, n, seed] = process.argv.slice(2);
await fc.check(fc.asyncProperty(storyCells(), async (cell) => {
  const r = await explore({ ...cell, target: "reference", strategy, profile, schedules: 3 });
  if (r.verdict === "cannot-be-had") console.log(JSON.stringify(cell), r.violations.map(v => v.invariant + "\n" + v.because.join("\n") + "\n" + v.replay).join("\n"));
}), { numRuns: Number(n), seed: Number(seed) });
console.log("done");
