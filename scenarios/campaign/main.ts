import { parseArgs } from "node:util";
import { chaos } from "./chaos.ts";

/** The whole of it: minutes. */
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "2000" },
    workers: { type: "string", default: "8" },
    "kill-every": { type: "string", default: "1000" },
    restarts: { type: "string", default: "2" },
  },
});

const { jobs, kills, restarts, seconds, aside, undisturbed, campaign } = await chaos({
  ...{ jobs: Number(values.jobs), workers: Number(values.workers), killEvery: Number(values["kill-every"]) },
  ...{ restarts: Number(values.restarts), say: (words) => process.stderr.write(words) },
});
const isSame = undisturbed === campaign;
console.log(
  `${jobs} jobs, ${kills} workers killed, ${restarts} restarts of the database, ${aside} jobs set aside, ${seconds.toFixed(0)} s.\n` +
    `The results ${isSame ? "are those" : "DIFFER from those"} of one process that nobody disturbs, ${undisturbed.length.toLocaleString("en-US")} characters of them.`,
);
if (!isSame) process.exitCode = 1;
