import { Runner } from "../../harness/campaign/runner.ts";
import { startEmbedded } from "../../harness/lanes/postgres/embedded.ts";
import { codeVersion } from "../../harness/library/code-version.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { measureQueue, type QueueFigures } from "./campaign-queue.ts";
import { type RunFigures, runCampaign } from "./campaign-run.ts";
import { burn, type Round, speedUp, timed } from "./jobs.ts";

/** Odd, so that the median is a round that was. */
const ROUNDS = 3;
/** Seconds of a job where two workers are compared with one, and how many jobs: the last one that one of two is left with alone is short. */
const SHORT = { seconds: 2, jobs: 24 };
/** Seconds of a job whose way through the queue is looked at, and how many of them; the planner's own first. */
const LENGTHS = [
  { seconds: 15, jobs: 2 },
  { seconds: 5, jobs: 4 },
  { seconds: 1, jobs: 12 },
];
/** Real milliseconds of a job that warms something up. */
const WARM_UP = 2_000;
/** It holds, so that every schedule of it is run. */
const CELL: CellSpec = {
  ...{ scenario: "page-loads-at-expiry", target: "reference", strategy: "ledger", profile: "workos" },
  ...{ isolates: 2, loads: 4, page: "request", faults: {}, timeSteps: 0, crypto: "inline", lane: "simulation" },
  ...{ explore: "random", schedules: 1_000_000, seed: 1, expect: null },
};

export interface CampaignFigures {
  readonly cpu: readonly Round[];
  readonly work: readonly Round[];
  /** What two worker processes gain by what two processes of arithmetic gain, an entry a round. */
  readonly ratios: readonly number[];
  /** Jobs of a length that is meant, and what they were. */
  readonly shares: readonly (RunFigures & { readonly seconds: number })[];
  readonly queue: QueueFigures;
}

/** Measures on a server of its own, which is without fsync and on this machine. */
export async function measureCampaigns(): Promise<CampaignFigures> {
  const server = await startEmbedded();
  try {
    const pace = await schedulesPerSecond();
    const warmUp = Math.round((pace * WARM_UP) / 1000);
    const run = (workers: number, { seconds, jobs }: { readonly seconds: number; readonly jobs: number }) =>
      runCampaign(server.address, { spec: CELL, workers, warmUp, schedulesPerJob: Math.round(seconds * pace), jobs });
    const cpu: Round[] = [];
    const work: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // Twice the work for two: each of them does all of it.
      cpu.push({ one: 2 * (await timed(() => burn(1))), two: await timed(() => burn(2)) });
      work.push({ one: (await run(1, SHORT)).milliseconds, two: (await run(2, SHORT)).milliseconds });
    }
    const shares: (RunFigures & { seconds: number })[] = [];
    for (const length of LENGTHS) shares.push({ ...(await run(1, length)), seconds: length.seconds });
    const ratios = work.map((round, index) => speedUp(round) / speedUp(cpu[index] as Round));
    return { cpu, work, ratios, shares, queue: await measureQueue(server.address, CELL) };
  } finally {
    await server.stop();
  }
}

/** Of a process that runs jobs and is warm. */
async function schedulesPerSecond(): Promise<number> {
  const targets = [CELL.target];
  const runner = new Runner({ campaign: "the bench", version: await codeVersion(targets), targets });
  const order = {
    pieces: [{ piece: { kind: "stretch", cell: 0, from: 0, schedules: CELL.schedules }, spec: CELL, known: [] }],
    limit: WARM_UP,
  } as const;
  const { signal } = new AbortController();
  try {
    await runner.run(order, signal);
    const { schedules } = await runner.run(order, signal);
    return (1000 * schedules) / WARM_UP;
  } finally {
    await runner.close();
  }
}
