import { uniform } from "../../harness/explore/random.ts";
import { drawing } from "../../harness/explore/sampler.ts";
import { runOnce, traceHash } from "../../harness/lanes/run.ts";
import type { Setting } from "../../harness/lanes/simulation.ts";
import { loadTarget, settingOf } from "../../harness/library/registry.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { HoldfastError } from "../../harness/model/error.ts";
import { BUILT_IN_TARGETS } from "../../harness/targets/index.ts";

/**
 * Runs a schedule for each seed and target and replays it again and again, and prints what each seed came to. A process of its own:
 * `node scenarios/determinism/replays.ts <seeds> <replays>`.
 */

/** What a process has seen, by target and strategy: for each seed the trace hash of its schedule, or how it failed. */
export type Hashes = Readonly<Record<string, readonly string[]>>;

/** One's own module beside those that come with Holdfast. */
const MODULE = "fixtures/targets/naive.ts";
/** Beside the default strategy of each target: one that loses its users, so that runs end early as well. */
const ALSO = "single-flight";
const PROFILES = ["workos", "better-auth", "zitadel", "logto"] as const;
const FAULTS = { "browser-response-lost": 1, "issuer-response-lost": 1, "issuer-503": 1, "issuer-html-502": 1, "isolate-killed": 1 };
/** Everything that may make a run another one: faults, moves of the clock, results of crypto in any order, and all of them at once. */
const CIRCUMSTANCES: readonly Partial<CellSpec>[] = [
  {},
  { faults: FAULTS, timeSteps: 2 },
  { crypto: "interleaved" },
  { crypto: "interleaved", faults: FAULTS, timeSteps: 2 },
];

/** The cell of a seed: in sixteen seeds each profile meets all circumstances. */
function specOf(target: string, strategy: string, seed: number): CellSpec {
  const profile = PROFILES[seed % PROFILES.length] as string;
  return {
    ...{ scenario: "page-loads-at-expiry", target, strategy, profile, isolates: 2, loads: 3, page: "request", faults: {}, timeSteps: 0 },
    ...{ crypto: "inline", lane: "simulation", explore: "random", schedules: 1, seed, expect: null },
    ...CIRCUMSTANCES[Math.floor(seed / PROFILES.length) % CIRCUMSTANCES.length],
  };
}

/** The trace hash of a random schedule, unless a replay of it comes to another one. */
async function hashOf(setting: Setting, replays: number): Promise<string> {
  const schedule: number[] = [];
  const first = await outcome(() => runOnce(setting, uniform.sample(drawing(setting.spec.seed, 0), 0), { schedule }));
  for (let replay = 1; replay <= replays; replay++) {
    let step = 0;
    const again = await outcome(() => runOnce(setting, () => schedule[step++] ?? 0));
    if (again !== first) return `replay ${replay} diverged: ${first} and then ${again}`;
  }
  return first;
}

/** A run that ends in an error must end in the same one again. */
async function outcome(run: () => ReturnType<typeof runOnce>): Promise<string> {
  try {
    return traceHash((await run()).trace);
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const [seeds, replays] = process.argv.slice(2).map(Number) as [number, number];
const hashes: Record<string, string[]> = {};
for (const name of [...BUILT_IN_TARGETS.keys(), MODULE]) {
  const { strategies } = await loadTarget(name);
  for (const strategy of strategies.filter((one, index) => index === 0 || one === ALSO)) {
    const seen: string[] = [];
    for (let seed = 1; seed <= seeds; seed++) seen.push(await hashOf(await settingOf(specOf(name, strategy, seed)), replays));
    hashes[`${name} ${strategy}`] = seen;
  }
}
process.stdout.write(JSON.stringify(hashes satisfies Hashes));
