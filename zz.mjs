import { KNOWN_BUGS, cellOfBug } from "./fixtures/known-bugs/index.ts";
import { cellOf } from "./harness/library/registry.ts";
import { runCell } from "./harness/lanes/cell.ts";
import { shrinkReport } from "./harness/lanes/shrink-report.ts";
const [,, which, n="300", seeds="1,2,3", shrink] = process.argv;
for (const bug of KNOWN_BUGS.filter(b => which==="all" || which.split(",").some(w=>b.id.startsWith(w)))) {
  for (const seed of seeds.split(",").map(Number)) {
  const cell = await cellOf(cellOfBug(bug,"bug",{explore:"portfolio",schedules:2000,seed}));
  let rep = await runCell(cell); let r = rep.result;
  const inv = r.violations.map(v=>v.invariant);
  console.log(bug.id, "bug seed", seed, r.verdict, r.schedules, inv.includes(bug.foundBy)?"FOUND":"*** "+inv.join(), r.error?.code??"", r.error?.message??"", r.steps.max);
  if (shrink && r.violations[0]) { rep = await shrinkReport(cell, rep); r = rep.result; console.log("   shrunk to", r.shrunk?.to.steps, "steps", r.violations.map(v=>v.invariant).join()); console.log("     "+r.violations.find(v=>v.invariant===bug.foundBy)?.because.join("\n     ")); }
  }
  const r = (await runCell(await cellOf(cellOfBug(bug,"fix",{explore:"portfolio",schedules:+n,seed:1})))).result;
  console.log(bug.id, "fix", r.verdict, r.schedules, r.error?.code??"", r.error?.message??"", (r.durationMs/r.schedules).toFixed(0)+" ms");
  if (r.violations[0]) console.log("     "+r.violations.map(v=>v.invariant+"\n     "+v.because.join("\n     ")).join("\n    "));
}
