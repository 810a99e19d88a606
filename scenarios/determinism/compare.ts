import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Hashes } from "./replays.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const HASH = /^[0-9a-f]{64}$/;

/** What two processes came to for one target and strategy. */
export interface Comparison {
  readonly name: string;
  readonly seeds: number;
  /** Runs of both processes: a schedule and its replays, for each seed. */
  readonly runs: number;
  /** Where a replay, or the other process, came to something else; or where a run failed. */
  readonly divergences: readonly string[];
  /** Trace hashes that differ from each other: equal ones everywhere would mean that nothing is hashed. */
  readonly distinct: number;
}

/**
 * Has two processes run the same schedules, and replay each of them again and again.
 *
 * @param replays of each schedule, in each of the two
 */
export async function compareProcesses(seeds: number, replays: number): Promise<readonly Comparison[]> {
  const [one, other] = await Promise.all([replaysOf(seeds, replays), replaysOf(seeds, replays)]);
  return Object.entries(one).map(([name, hashes]) => {
    const divergences = hashes.flatMap((hash, index) => divergence(index + 1, hash, other[name]?.[index]));
    return { name, seeds: hashes.length, runs: 2 * hashes.length * (1 + replays), divergences, distinct: new Set(hashes).size };
  });
}

async function replaysOf(seeds: number, replays: number): Promise<Hashes> {
  const options = { cwd: ROOT, maxBuffer: 64 << 20 };
  const { stdout } = await promisify(execFile)(process.execPath, ["scenarios/determinism/replays.ts", `${seeds}`, `${replays}`], options);
  return JSON.parse(stdout);
}

function divergence(seed: number, one: string, other: string | undefined): string[] {
  if (!HASH.test(one)) return [`seed ${seed}: ${one}`];
  return one === other ? [] : [`seed ${seed}: ${one} in one process, ${other} in the other`];
}
