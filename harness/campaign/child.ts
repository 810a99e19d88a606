import { enableCompileCache } from "node:module";
import { Worker } from "node:worker_threads";
import type { JobOrder, JobOutcome } from "./run-job.ts";

/** What the one who started this process tells it. */
export type ToChild = { readonly say: "run"; readonly order: JobOrder } | { readonly say: "stop" };

/** What it answers: signs of life, and in the end the outcome. */
export type FromChild =
  | { readonly say: "alive" }
  | { readonly say: "done"; readonly outcome: JobOutcome }
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
const { HoldfastError } = await import("../model/error.ts");
// A trace must not depend on where it was made.
process.env.TZ = "UTC";

let stopped = false;
const tell = (message: FromChild) => process.send?.(message);

process.on("message", (message: ToChild) => {
  stopped = message.say === "stop";
  if (message.say === "run") void run(message.order);
});
tell({ say: "alive" });

async function run(order: JobOrder): Promise<void> {
  let said = performance.now();
  const onRun = () => {
    const now = performance.now();
    if (now - said < ALIVE_EVERY) return;
    said = now;
    tell({ say: "alive" });
  };
  try {
    tell({ say: "done", outcome: await runJob(order, { isStopped: () => stopped, onRun }) });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    tell({ say: "failed", code: error.code, message: error.message, hint: error.hint });
  }
}
