import fc from "fast-check";
import { ACTS, storyCells } from "./harness/library/fast-check.ts";
import { explore } from "./harness/library/index.ts";
const [strategy, profile, n, seed, schedules] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5] ?? 1), Number(process.argv[6] ?? 3)];
const plain = strategy === "naive" || strategy === "single-flight" ? { faults: [], maxIsolates: 1 } : {};
const verdicts = {}; let runs = 0, steps = 0, sch = 0; const t = performance.now();
const result = await fc.check(fc.asyncProperty(storyCells({ ...plain, does: ACTS }), async (cell) => {
  const r = await explore({ ...cell, target: "reference", strategy, profile, schedules });
  runs++; sch += r.schedules; steps += r.steps.mean * r.schedules;
  const v = r.verdict + (r.error ? " " + r.error.code : "");
  verdicts[v] = (verdicts[v] ?? 0) + 1;
  if (r.verdict === "violated") throw new Error(r.violations.map(v => v.invariant + "\n" + v.because.join("\n") + "\n" + v.replay).join("\n\n"));
  if (r.verdict === "error") throw new Error(r.error?.code + " " + r.error?.message);
}), { numRuns: n, seed });
console.log(strategy, profile, Math.round(performance.now() - t), "ms cpu", Math.round(process.cpuUsage().user/1000), { runs, sch, steps }, verdicts, result.failed, "numRuns", result.numRuns, "shrinks", result.numShrinks, JSON.stringify(result.counterexample), result.errorInstance?.message);
