import { enableCompileCache } from "node:module";
import { Worker } from "node:worker_threads";
import type { CampaignCode } from "../model/campaign.ts";
import type { CellSpec } from "../model/cell.ts";
import type { JobOrder, JobOutcome } from "./run-job.ts";

/** What this process can be asked for: to run a job, and how many milliseconds a schedule of a cell takes. */
export interface Works {
  readonly job: { readonly order: JobOrder; readonly answer: JobOutcome };
  readonly pace: { readonly order: CellSpec; readonly answer: number };
}

type Asks = { [N in keyof Works]: { readonly say: N; readonly code: CampaignCode; readonly order: Works[N]["order"] } };

/** What the one who started this process tells it. */
export type ToChild = Asks[keyof Works] | { readonly say: "stop" };

/** What it answers: signs of life, and in the end the answer. */
export type FromChild =
  | { readonly say: "alive" }
  | { readonly say: "done"; readonly answer: Works[keyof Works]["answer"] }
  | { readonly say: "failed"; readonly code: string; readonly message: string; readonly hint: string };

/** Real milliseconds. */
const ALIVE_EVERY = 500;

enableCompileCache();
// The standard output belongs to who started this; what a target prints goes where errors go.
console.log = console.info = console.debug = console.error;
// Ctrl-C reaches the whole group of processes; who started this one tells it what to do.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
// A job that never gives way does not hear of that: a thread of its own looks whether who started this is still there.
new Worker(`setInterval(() => process.ppid === ${process.ppid} || process.kill(process.pid, "SIGKILL"), ${ALIVE_EVERY})`, {
  eval: true,
}).unref();

const { runJob } = await import("./run-job.ts");
const { paceOf } = await import("./pace.ts");
const { codeAsserted } = await import("./code.ts");
const { HoldfastError } = await import("../model/error.ts");
// A trace must not depend on where it was made.
process.env.TZ = "UTC";

let stopped = false;
const tell = (message: FromChild) => process.send?.(message);

process.on("message", (message: ToChild) => {
  stopped = message.say === "stop";
  if (message.say !== "stop") void answer(message);
});
tell({ say: "alive" });

async function answer(asked: Asks[keyof Works]): Promise<void> {
  let said = performance.now();
  const onRun = () => {
    const now = performance.now();
    if (now - said < ALIVE_EVERY) return;
    said = now;
    tell({ say: "alive" });
  };
  try {
    await codeAsserted(asked.code);
    onRun();
    const isStopped = () => stopped;
    tell({ say: "done", answer: asked.say === "job" ? await runJob(asked.order, { isStopped, onRun }) : await paceOf(asked.order, onRun) });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    tell({ say: "failed", code: error.code, message: error.message, hint: error.hint });
  }
}
