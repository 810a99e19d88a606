import type { Ratio } from "../../harness/report/bench-file.ts";
import type { LoopFigures } from "./campaign-queue.ts";
import { measureCampaigns } from "./campaigns.ts";
import { printRounds } from "./print-jobs.ts";
import { median, ratioOf } from "./rounds.ts";

/** The part of what two processes gain that two worker processes are to gain. */
const AIM = 0.9;
/** The most that is to go into the queue of the time of a worker, with jobs as long as the planner makes them. */
const MOST_SHARE = 0.05;

/** What campaigns cost: workers beside each other, and the queue by itself. */
export async function printCampaigns(): Promise<Ratio[]> {
  console.log(`Campaigns, workers and Postgres all on this machine: equal jobs by one worker process and by two, beside arithmetic in one process
and in two (seconds from the first job taken to the last handed in, an entry a round; every worker is warm before):`);
  const { cpu, work, ratios, shares, queue } = await measureCampaigns();
  printRounds("arithmetic", cpu);
  printRounds("workers", work);
  const ratio = median(ratios);
  const each = ratios.map((value) => value.toFixed(2)).join(", ");
  console.log(`  ${ratio.toFixed(2)} of what two processes gain (${each}); aim: ${AIM}, ${ratio >= AIM ? "met" : "not met"}`);

  console.log("What goes into the queue of one worker's time (taking a job, and handing in what it came to):");
  for (const { seconds, jobSeconds, queueShare, statesPerJob } of shares) {
    const aim = seconds === shares[0]?.seconds ? `; aim: under ${percent(MOST_SHARE)}, ${queueShare < MOST_SHARE ? "met" : "not met"}` : "";
    const states = Math.round(statesPerJob).toLocaleString("en-US");
    console.log(
      `  jobs of ${seconds} s (${jobSeconds.toFixed(1)} s): ${percent(queueShare)}, ${states} new states each, ${(statesPerJob / jobSeconds).toFixed(0)} a second${aim}`,
    );
  }

  console.log(
    "The queue by itself: loops that take jobs and hand them in, each with a connection (milliseconds: median, 99th percentile):",
  );
  line(["loops", "new states", "jobs/s", "states/s", "take p50", "p99", "hand in p50", "p99", "WAL KB"]);
  for (const figures of queue.loops) line(columns(figures));
  console.log(`  A million states take ${queue.stateBytes.toFixed(0)} MB in the database, their index with them.`);
  return [ratioOf("two worker processes of a campaign, of what two processes gain", ratios, AIM)];
}

function columns({ loops, states, jobsPerSecond, take, handIn, walBytes }: LoopFigures): readonly string[] {
  const times = [...take, ...handIn].map((milliseconds) => milliseconds.toFixed(1));
  const perSecond = states === 0 ? "" : Math.round(states * jobsPerSecond).toLocaleString("en-US");
  const [count, wal] = [states.toLocaleString("en-US"), (walBytes / 1000).toFixed(1)];
  return [String(loops), count, jobsPerSecond.toFixed(jobsPerSecond < 100 ? 1 : 0), perSecond, ...times, wal];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function line(cells: readonly string[]): void {
  console.log(`  ${cells.map((cell) => cell.padStart(11)).join("")}`);
}
