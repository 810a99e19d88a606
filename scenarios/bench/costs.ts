import { runCell } from "../../harness/lanes/cell.ts";
import { cellOf } from "../../harness/library/registry.ts";
import type { CellResult, CellSpec } from "../../harness/model/cell.ts";
import type { ProofCost, SamplerCost } from "../../harness/report/bench-file.ts";

/** What grows, and how a person reads it. */
export const COSTS_CELL = "page-loads-at-expiry, reference/ledger, better-auth, 1 isolate, crypto=inline";
export const MOST_LOADS = 10;
const LOADS = Array.from({ length: MOST_LOADS - 1 }, (_, index) => 2 + index);
const SAMPLERS = ["random", "pct", "delay"];
/** Of each sampler for each number of loads. */
const SCHEDULES = 60;

export interface Costs {
  readonly proofs: ProofCost[];
  readonly samplers: SamplerCost[];
}

/** What a complete proof and a schedule take as page loads become more. */
export async function measureCosts(): Promise<Costs> {
  // Compiled code is what is measured.
  await costOf("exhaustive", 4, 1_000_000);
  for (const explorer of SAMPLERS) await costOf(explorer, 4, SCHEDULES);
  const proofs: ProofCost[] = [];
  for (const loads of LOADS) proofs.push(await proofCost(loads));
  const samplers: SamplerCost[] = [];
  for (const loads of LOADS) {
    for (const explorer of SAMPLERS) {
      const { result, seconds } = await costOf(explorer, loads, SCHEDULES);
      samplers.push({
        ...{ explorer, loads, schedules: result.schedules, steps: round(result.steps.mean) },
        milliseconds: round((seconds * 1000) / result.schedules),
      });
    }
  }
  return { proofs, samplers };
}

/** Every order of so many page loads, in full. */
export async function proofCost(loads: number): Promise<ProofCost> {
  const { result, seconds } = await costOf("exhaustive", loads, 1_000_000);
  const { completeness, states, transitions, interleavings, schedules } = result;
  if (completeness !== "complete" || transitions === null)
    throw new Error(`expected a complete proof of ${loads} loads, got ${completeness}`);
  return { loads, states, transitions, runs: schedules, interleavings, seconds: round(seconds) };
}

/** @returns seconds of processor time, since nobody else has an influence on that */
async function costOf(explore: string, loads: number, schedules: number): Promise<{ result: CellResult; seconds: number }> {
  const spec: CellSpec = {
    ...{ scenario: "page-loads-at-expiry", target: "reference", strategy: "ledger", profile: "better-auth", page: "request", faults: {} },
    ...{ timeSteps: 0, crypto: "inline", lane: "simulation", explore, schedules, seed: 1, isolates: 1, loads, expect: "holds" },
  };
  const cell = await cellOf(spec);
  const began = process.cpuUsage();
  const { result } = await runCell(cell);
  const { user, system } = process.cpuUsage(began);
  if (result.verdict !== "holds") throw new Error(`expected ${loads} loads to hold under ${explore}, got ${result.verdict}`);
  return { result, seconds: (user + system) / 1e6 };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
