import { z } from "zod";
import { catalogueSchema } from "./catalogue-json.ts";
import { reliabilitySchema } from "./reliability-json.ts";

const text = z.string("a text");
const count = z.int("a whole number").nonnegative("a whole number");
const verdict = z.enum(["holds", "violated", "cannot-be-had", "error"], "a verdict");
const page = z.enum(["request", "document"], '"request" or "document"');
const faults = text.describe("budgets as on the command line, for instance issuer-503:1; empty when there are none");
const error = z.object({ code: text, message: text, hint: text }).nullable().describe("set when the verdict is error");

const extent = z.object({
  ...{ loads: count, isolates: count, page, faults, timeSteps: count, granularity: text },
  choices: count.describe("choices beyond FIFO"),
  steps: count,
});

const cell = z.object({
  ...{ scenario: text, story: z.unknown().optional(), target: text, profile: text, strategy: text },
  ...{ isolates: count, loads: count, page, faults, timeSteps: count, lane: text, explore: text },
  granularity: text.describe("how WebCrypto results reach an isolate: crypto=inline, crypto=ordered or crypto=interleaved"),
  expect: verdict.nullable().describe("what a default cell is expected to show"),
  verdict,
  completeness: z.enum(["complete", "bounded"], '"complete" or "bounded"').describe("complete when every order was tried"),
  bound: text.describe("what bounded the search"),
  interrupted: z.boolean("true or false").describe("somebody stopped it before its end"),
  schedules: count.describe("schedules run, up to and with the first violation"),
  states: count.describe("distinct states that they passed through"),
  growth: z
    .array(z.tuple([count.describe("schedules"), count.describe("states")]))
    .readonly()
    .describe("states after some schedules, about twice as many each time, and at the end"),
  transitions: count.nullable(),
  interleavings: text.nullable().describe("how many schedules a complete search stands for, in decimal"),
  steps: z.object({ min: z.number(), mean: z.number(), max: z.number() }),
  traceHash: text.describe("the sum modulo 2^256 of a SHA-256 for each schedule over its number and its trace hash"),
  violations: z
    .array(
      z.object({
        invariant: text,
        because: z.array(text).describe("the events, in order, that make it false"),
        replay: text.describe("plays it again: holdfast replay; in the lane live, the command that does"),
      }),
      "a list",
    )
    .readonly(),
  crashPoints: z
    .array(z.object({ request: text, ordinal: count, statement: text, fault: text }))
    .readonly()
    .optional()
    .describe("in the lane postgres: the statements at which faults have struck"),
  observations: z
    .object({
      observed: z
        .array(text)
        .readonly()
        .describe("invariants that were put to the test by what was seen: of these, those that are not violated held"),
      notObserved: z
        .array(z.object({ invariant: text, why: text }))
        .readonly()
        .describe("nothing can be said of these"),
    })
    .optional()
    .describe("in the lane live: what can be told from outside"),
  shrunk: z.object({ from: extent, to: extent, runs: count }).nullable(),
  test: text.nullable().describe("a vitest test that fails as long as this happens"),
  error,
  durationMs: z.number("a number"),
});

const trace = z.object({
  ...{ file: text, expect: verdict, verdict, asRecorded: z.boolean() },
  departure: z.object({ step: count, how: text }).nullable(),
  error,
});

/** `holdfast run --json` and `holdfast verify --json`, for whoever reads it: docs/run.schema.json is made of this. */
export const runSchema = z
  .object({
    version: z.literal(1, "1"),
    seed: count,
    notStarted: count.optional().describe("cells that were not begun when somebody stopped the run"),
    skipped: z
      .array(z.object({ item: text, why: text }))
      .readonly()
      .optional()
      .describe("of holdfast verify: items of the plan that were left out"),
    traces: z.array(trace).readonly().optional().describe("recorded traces that were played first"),
    cells: z.array(cell, "a list of cells").readonly(),
  })
  .describe("What a run of Holdfast came to");

/** What the gate takes: the results of a run, of the matrix, or of the catalogue. */
export const gateSchema = z.union(
  [reliabilitySchema, runSchema, catalogueSchema],
  "the results of a run, of the matrix or of the catalogue",
);
