import { z } from "zod";
import { GRANULARITIES } from "../model/cell.ts";
import { OUTCOMES, type ReliabilityResult } from "../model/reliability.ts";

const text = z.string("a text");
const count = z.int("a whole number").nonnegative("a whole number");
const faults = text.describe("budgets as on the command line, for instance issuer-503:1; empty when there are none");
const error = z.object({ code: text, message: text, hint: text }).nullable();

const about = z.object({
  package: text,
  version: text.optional(),
  over: z.record(text, text.optional()),
  configuration: z.record(text, text),
});
const circumstance = { faults, timeSteps: count };
const who = { target: text, strategy: text, profile: text };

/** `holdfast matrix --json`, for whoever reads it: docs/matrix.schema.json is made of this. */
export const reliabilitySchema = z
  .object({
    version: z.literal(1, "1"),
    ...{ scenario: text, isolates: count, loads: count },
    crypto: z.enum(GRANULARITIES).describe("how WebCrypto results reach an isolate"),
    schedules: count.describe("the budget of a cell"),
    seed: count,
    notEnded: count.describe("cells that had not ended when somebody stopped it"),
    clients: z.array(z.object({ target: text, strategy: text, about: about.nullable() })).readonly(),
    profiles: z.array(text).readonly(),
    circumstances: z.array(z.object(circumstance)).readonly(),
    cells: z
      .array(
        z.object({
          ...{ ...who, ...circumstance },
          outcome: z.enum(OUTCOMES, "an outcome"),
          complete: z.boolean().describe("every order of events was tried"),
          ...{ schedules: count, states: count },
          counterexample: text.nullable().describe("the id of the shortest of its kind"),
          error,
        }),
        "a list of cells",
      )
      .readonly(),
    counterexamples: z
      .array(
        z.object({
          ...{ id: text, ...who, ...circumstance },
          ...{ invariants: z.array(text).readonly(), because: z.array(text).readonly(), steps: count },
          replay: text.describe("plays it again: holdfast replay"),
        }),
      )
      .readonly(),
    durationMs: count,
  })
  .describe("What clients are worth under issuers, whatever goes wrong");

/**
 * The text of `holdfast matrix --json`: a line a cell, so that a change of one is a change of one line, and keys in the order of the
 * contract.
 *
 * @throws ZodError for what is not as the contract says
 */
export function renderReliabilityJson(result: ReliabilityResult): string {
  const ordered = reliabilitySchema.parse(result);
  const members = Object.entries(ordered).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${Array.isArray(value) ? lines(value) : JSON.stringify(value)}`,
  );
  return `{\n${members.join(",\n")}\n}\n`;
}

function lines(list: readonly unknown[]): string {
  return list.length === 0 ? "[]" : `[\n${list.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`;
}

/**
 * The inverse.
 *
 * @throws ZodError for what is not as the contract says
 */
export function parseReliability(text: string): ReliabilityResult {
  return reliabilitySchema.parse(JSON.parse(text)) as ReliabilityResult;
}
