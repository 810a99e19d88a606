import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { type CellSpec, GRANULARITIES, LANES } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Schedule } from "../model/program.ts";
import { DATABASE_FAULTS, FAULTS } from "./faults.ts";
import { storySchema } from "./story-schema.ts";

/** One recorded run: the cell, what was chosen, and the trace that came of it. */
export interface Replay {
  readonly spec: CellSpec;
  readonly schedule: Schedule;
  /** Hash of the run's trace: says whether a replay went the same way. */
  readonly traceHash: string;
  /** A byte for each step, see `stepChecks`: says where a replay went another way. Null in strings of before there were any. */
  readonly checks: string | null;
}

/** What every replay string begins with; the number is the version of its format. */
export const REPLAY_PREFIX = "hf1_";
const CHECKSUM_LENGTH = 8;
/** No replay string of a real run comes near this; a hostile one must not fill the memory. */
const MAX_INFLATED_BYTES = 1 << 20;

const recorded = z.strictObject({
  scenario: z.string(),
  story: storySchema.optional(),
  target: z.string(),
  profile: z.string(),
  strategy: z.string(),
  isolates: z.int().min(1).max(64),
  loads: z.int().min(1).max(1_000),
  page: z.enum(["request", "document"]),
  faults: z
    .record(z.string(), z.int().min(1).max(9_999))
    .refine((faults) => Object.keys(faults).every(isFault), "expected faults that exist"),
  timeSteps: z.int().min(0).max(10_000),
  crypto: z.enum(GRANULARITIES),
  /** Left out of what the simulation has recorded. */
  lane: z.enum(LANES).optional(),
  /** Pairs of step (from 0) and choice, where it is not FIFO. */
  choices: z.array(z.tuple([z.int().min(0).max(100_000), z.int().min(1).max(10_000)])),
  traceHash: z.string().regex(/^[0-9a-f]{64}$/),
  checks: z
    .string()
    .regex(/^[\w-]*$/)
    .max(20_000)
    .optional(),
});

function isFault(name: string): boolean {
  return [...FAULTS, ...DATABASE_FAULTS].some((fault) => fault.name === name);
}

/**
 * A run as one line that can be pasted: `hf1_<payload>_<checksum>`.
 *
 * @example
 * ```ts
 * decodeReplay(encodeReplay({ spec, schedule: [0, 0, 2], traceHash, checks })).schedule; // [0, 0, 2]
 * ```
 */
export function encodeReplay({ spec, schedule, traceHash, checks }: Replay): string {
  const { scenario, story, target, profile, strategy, isolates, loads, page, faults, timeSteps, crypto, lane } = spec;
  const choices = schedule.flatMap((choice, step) => (choice === 0 ? [] : [[step, choice] as const]));
  const json = JSON.stringify({
    scenario,
    story,
    target,
    profile,
    strategy,
    isolates,
    loads,
    page,
    faults,
    timeSteps,
    crypto,
    ...(lane === "simulation" ? {} : { lane }),
    choices,
    traceHash,
    ...(checks === null ? {} : { checks }),
  });
  const payload = deflateRawSync(json, { level: 9 }).toString("base64url");
  return `${REPLAY_PREFIX}${payload}_${checksum(payload)}`;
}

/** @throws HoldfastError `BAD_REPLAY`, saying what is wrong with the string. */
export function decodeReplay(text: string): Replay {
  const trimmed = text.trim();
  if (!trimmed.startsWith(REPLAY_PREFIX))
    throw damaged(`expected a string that starts with "${REPLAY_PREFIX}", got "${trimmed.slice(0, 12)}${trimmed.length > 12 ? "…" : ""}"`);
  const end = trimmed.length - CHECKSUM_LENGTH - 1;
  const payload = trimmed.slice(REPLAY_PREFIX.length, end);
  if (end <= REPLAY_PREFIX.length || trimmed[end] !== "_" || checksum(payload) !== trimmed.slice(end + 1))
    throw damaged("expected the checksum at its end to fit, and it does not");
  const parsed = recorded.safeParse(inflate(payload));
  if (!parsed.success) throw damaged(`expected a recorded run, but ${z.prettifyError(parsed.error).split("\n").join(" ")}`);
  const { choices, traceHash, checks = null, lane = "simulation", ...cell } = parsed.data;
  const schedule: number[] = Array.from({ length: Math.max(0, ...choices.map(([step]) => step + 1)) }, () => 0);
  for (const [step, choice] of choices) schedule[step] = choice;
  return { spec: { ...cell, lane, explore: "replay", schedules: 1, seed: 0, expect: null }, schedule, traceHash, checks };
}

function inflate(payload: string): unknown {
  try {
    return JSON.parse(inflateRawSync(Buffer.from(payload, "base64url"), { maxOutputLength: MAX_INFLATED_BYTES }).toString("utf8"));
  } catch {
    throw damaged("expected compressed JSON between its prefix and its checksum");
  }
}

function damaged(what: string): HoldfastError {
  return new HoldfastError(
    "BAD_REPLAY",
    `the replay string is damaged: ${what}`,
    "copy the whole line that `holdfast run` printed, or pass the file that it wrote",
  );
}

/** Tells a torn copy from a whole one; it protects from accidents, not from people. */
function checksum(payload: string): string {
  return createHash("sha256").update(payload).digest("hex").slice(0, CHECKSUM_LENGTH);
}
