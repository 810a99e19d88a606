import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { jsonOr } from "../model/json.ts";

/** How many times as fast as something else in the same run: it differs little from one machine to the next. */
const ratio = z.strictObject({
  what: z.string(),
  /** The median of interleaved rounds, and the least and the greatest of them. */
  ratio: z.number().positive(),
  low: z.number().positive(),
  high: z.number().positive(),
  /** The same by processor time, which other work on the machine changes less; null where it was not measured. */
  processor: z.number().positive().nullable(),
  /** Null where nothing is aimed at. */
  aim: z.number().positive().nullable(),
});

/** A complete proof: every order of events of so many page loads. All but the seconds is the same on every machine. */
const proof = z.strictObject({
  loads: z.int().positive(),
  states: z.int().positive(),
  transitions: z.int().positive(),
  runs: z.int().positive(),
  /** How many orders of events that stands for; a decimal number, too large for a double. */
  interleavings: z.string().regex(/^\d+$/).nullable(),
  seconds: z.number().positive(),
});

/** What a sampling explorer takes for a schedule of so many page loads. */
const sampler = z.strictObject({
  explorer: z.string(),
  loads: z.int().positive(),
  schedules: z.int().positive(),
  /** Of a schedule, in the mean. */
  steps: z.number().positive(),
  /** Milliseconds of processor time. */
  milliseconds: z.number().positive(),
});

/** What `npm run bench` measures, in `reports/bench.json`. What hangs on the machine comes last. */
export const benchFile = z.strictObject({
  version: z.literal(1),
  ratios: z.array(ratio),
  /** One cell, by the number of its loads. */
  cell: z.string(),
  proofs: z.array(proof),
  samplers: z.array(sampler),
  machine: z.strictObject({
    node: z.string(),
    cores: z.int().positive(),
    /** The load average of a minute, before and after. More than the cores means that others had work, too. */
    load: z.tuple([z.number(), z.number()]),
  }),
});

export type BenchFile = z.infer<typeof benchFile>;
export type Ratio = z.infer<typeof ratio>;
export type ProofCost = z.infer<typeof proof>;
export type SamplerCost = z.infer<typeof sampler>;

/** The bench beside a report's directory, as `reports/bench.json` is beside `reports/latest`; null where there is none. */
export async function benchBeside(directory: string): Promise<BenchFile | null> {
  const text = await readFile(join(dirname(directory), "bench.json"), "utf8").catch(() => null);
  // The name is a common one, and what is there may be somebody else's.
  return text === null ? null : (benchFile.safeParse(jsonOr(text, null)).data ?? null);
}
