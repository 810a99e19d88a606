import { z } from "zod";
import type { CatalogueResult } from "../model/catalogue.ts";

const text = z.string();
const texts = z.array(text).readonly();
const count = z.int().nonnegative();
const rate = z.number().nonnegative();

const error = z.object({ code: text, message: text, hint: text }).nullable();
const part = z.object({ found: count, all: count });
const spread = z.object({ median: count, max: count }).nullable();
const estimate = z.object({ value: rate, low: rate, high: rate }).nullable();
const cost = z.object({ accessTokenLifetime: count, logoutsPerSessionDay: estimate });
const place = {
  ...{ target: text, scenario: text, profile: text, isolates: count, loads: count },
  ...{ page: z.enum(["request", "document"]), faults: text.describe("budgets as on the command line, for instance issuer-503:1") },
};

/** `holdfast catalogue --json`, for whoever reads it: docs/catalogue.schema.json is made of this. */
export const catalogueSchema = z
  .object({
    version: z.literal(1),
    seed: count,
    interrupted: z.boolean(),
    recall: z.object({ classes: part, bugs: part }).describe("known bugs found by the invariant that must find them"),
    schedulesToFind: spread,
    steps: spread.describe("steps of shrunk traces"),
    precision: z.object({ schedules: count, variants: count, falseAlarms: count }).describe("what is correct must raise no alarm"),
    shortfalls: texts.describe("what is not as it should be; empty when all is well"),
    bugs: z
      .array(
        z.object({
          ...{ id: text, title: text, class: count.nullable(), breaks: texts, story: text.nullable(), invariant: text, found: z.boolean() },
          ...place,
          ...{ schedules: count, steps: count.nullable(), broken: texts, because: texts, replay: text.nullable(), error },
        }),
      )
      .readonly(),
    correct: z
      .array(
        z.object({
          ...{ fixes: text.nullable(), strategy: text },
          ...place,
          ...{ schedules: count, verdict: z.enum(["holds", "violated", "cannot-be-had", "error"]) },
          ...{ broken: texts, replay: text.nullable(), error },
        }),
      )
      .readonly(),
    costs: z.array(z.object({ id: text, title: text, story: text, before: cost, after: cost, isLess: z.boolean(), error })).readonly(),
    durationMs: count,
  })
  .describe("The catalogue of known bugs");

/**
 * The text of `holdfast catalogue --json`: two spaces, a newline at the end, and keys always in the order of the contract, so that two
 * can be compared line by line.
 *
 * @throws ZodError for what is not as the contract says
 */
export function renderCatalogueJson(result: CatalogueResult): string {
  return `${JSON.stringify(catalogueSchema.parse(result), null, 2)}\n`;
}

/**
 * The inverse.
 *
 * @throws ZodError for what is not as the contract says
 */
export function parseCatalogue(text: string): CatalogueResult {
  return catalogueSchema.parse(JSON.parse(text)) as CatalogueResult;
}
