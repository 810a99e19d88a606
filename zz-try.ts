import { databaseCellOf, chosenDatabaseCells } from "./harness/cli/database-cells.ts";
import { runOnce } from "./harness/lanes/run.ts";
import { inDatabase } from "./harness/lanes/postgres/lane.ts";
import { startEmbedded } from "./harness/lanes/postgres/embedded.ts";
const server = await startEmbedded();
const [name, faults, at] = process.argv.slice(2);
const [spec] = await chosenDatabaseCells([name!], { faults, crypto: "inline", seed: 1 });
const { cell, play } = await databaseCellOf(spec!);
await inDatabase(cell, server.address, play, async ({ setting }) => {
  let struck = false;
  const r = await runOnce(setting as never, (program) => {
    const e = program.enabled();
    const i = e.findIndex((c) => c.label.startsWith("fault") || c.kind.startsWith("fault"));
    const words = e.map((c) => `${c.kind} ${c.actor} ${c.label}`);
    let choice = 0;
    if (!struck) { const k = words.findIndex((w) => w.startsWith("fault:") && w.includes(at!)); if (k >= 0) { struck = true; choice = k; } }
    console.log(struck ? `${choice} of ${words.map((w)=>w.slice(0,70)).join(" | ")}` : words[choice]);
    return choice;
  });
  console.log(r.violations, r.error);
}).finally(() => server.stop());
