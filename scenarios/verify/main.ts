import { setMaxListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { itemsNamed } from "../../harness/lanes/live/plan/index.ts";
import { verifyApp } from "../../harness/lanes/live/verify.ts";
import { openServer } from "../../harness/lanes/postgres/open-server.ts";
import { HoldfastError } from "../../harness/model/error.ts";
import { type LiveProof, liveProofs, PROOFS_FILE, type Shown } from "./proofs.ts";

/** Runs at the same time: most of each is waiting for tokens to end. */
const AT_ONCE = 4;

/** `npm run verify:proofs`: what `holdfast verify` must show, run as often as it says. Exits 1 when a run is not what it should be. */
const stopping = new AbortController();
setMaxListeners(0, stopping.signal);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort(new Error("stopped")));
const server = await openServer(process.env, { handlesSignals: true });
const proofs = liveProofs(server.address).filter(
  ({ name }) => process.argv.length < 3 || process.argv.slice(2).some((part) => name.includes(part)),
);
try {
  const results: Shown[] = [];
  for (const proof of proofs) {
    const result = await show(proof);
    results.push(result);
    console.log(`${result.name}: ${result.asExpected} of ${result.runs} as expected, the longest took ${result.longest} s`);
  }
  const isGood = results.every(({ runs, asExpected }) => runs === asExpected);
  // A part of them is looked at, and the list stays as it is.
  if (isGood && process.argv.length < 3) await writeFile(PROOFS_FILE, `${JSON.stringify(results, null, 2)}\n`);
  process.exitCode = isGood ? 0 : 1;
} finally {
  await server.stop();
}

async function show(proof: LiveProof): Promise<Shown> {
  const { name, runs, breaks } = proof;
  const left = Array.from({ length: runs }, (_, run) => run + 1);
  let [asExpected, longest] = [0, 0];
  async function lane(): Promise<void> {
    for (let run = left.shift(); run !== undefined; run = left.shift()) {
      const began = performance.now();
      const wrong = await wrongIn(proof);
      longest = Math.max(longest, Math.round((performance.now() - began) / 100) / 10);
      if (wrong === null) asExpected++;
      else console.log(`  ${name}, run ${run}: ${wrong}`);
    }
  }
  await Promise.all(Array.from({ length: Math.min(runs, AT_ONCE) }, lane));
  return { name, runs, asExpected, breaks, longest };
}

/** What is not as it should be in a run; null where nothing is. */
async function wrongIn(proof: LiveProof): Promise<string | null> {
  return judged(proof).catch((error: unknown) => {
    if (stopping.signal.aborted || !(error instanceof HoldfastError)) throw error;
    return `${error.code}: ${error.message}`;
  });
}

async function judged({ items, breaks, config }: LiveProof): Promise<string | null> {
  const { reports } = await verifyApp({
    ...{ config: await config(), folder: process.cwd(), items: itemsNamed(items), signal: stopping.signal },
    ...{ say: () => {}, progress: () => {}, playAgain: () => "" },
  });
  const broken = reports.flatMap(({ result }) => result.violations.map(({ invariant }) => invariant));
  const error = reports.find(({ result }) => result.error !== null)?.result.error;
  if (error !== undefined && error !== null) return `${error.code}: ${error.message}`;
  if (breaks === null) return broken.length === 0 ? null : `broke ${broken.join(", ")}`;
  return broken.includes(breaks) ? null : `expected ${breaks} to be broken, got ${broken.join(", ") || "nothing"}`;
}
