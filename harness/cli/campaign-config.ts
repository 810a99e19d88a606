import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CATALOGUE } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import { describedCell } from "../library/described-cell.ts";
import { cellOf, loadTarget, playableBy, scenarioNamed } from "../library/registry.ts";
import { type CellSpec, GRANULARITIES } from "../model/cell.ts";
import { checkedJson } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import { defaultCells } from "./default-cells.ts";

const whole = (least: number, most: number) =>
  z
    .int(`a whole number from ${least} to ${most}`)
    .min(least, `a whole number from ${least} to ${most}`)
    .max(most, `a whole number from ${least} to ${most}`);
const name = z.string("a name").min(1, "a name");
const names = z.union([name, z.array(name).min(1)], "a name or a list of names").optional();
const counts = (least: number, most: number) =>
  z.union([whole(least, most), z.array(whole(least, most)).min(1)], "a whole number or a list of them").optional();

/** Some cells: what `holdfast run` takes, where a list stands for one cell with each of its values. */
const cellsSchema = z.strictObject({
  scenario: names,
  target: names,
  strategy: names,
  profile: names,
  isolates: counts(1, 64),
  loads: counts(1, 1_000),
  page: z.enum(["request", "document"], "request or document").optional(),
  /** As on the command line; the empty text is none. */
  faults: z.union([z.string(), z.array(z.string()).min(1)], "faults as on the command line, or a list of such").optional(),
  timeSteps: counts(0, 10_000),
  crypto: z.enum(GRANULARITIES, `one of ${GRANULARITIES.join(", ")}`).optional(),
  explore: names,
  schedules: whole(1, 1_000_000_000).optional(),
  /** How many seeds, from the campaign's own on. */
  seeds: whole(1, 1_000_000).optional(),
});

const schema = z.strictObject({
  name: z
    .string("letters, digits and hyphens, with a letter first")
    .regex(/^[a-z][\w-]*$/i, "letters, digits and hyphens, with a letter first"),
  seed: whole(0, 2 ** 31 - 1).default(1),
  /** How long a job should take, in seconds. */
  jobSeconds: z.number("a number from 0.1 to 600").min(0.1, "a number from 0.1 to 600").max(600, "a number from 0.1 to 600").default(15),
  /** Exactly so many schedules a job, instead. */
  schedulesPerJob: whole(1, 1_000_000).optional(),
  /** Also the cells that `holdfast run` shows without arguments. */
  defaults: z.boolean("true or false").default(false),
  cells: z.array(cellsSchema, "a list of cells").default([]),
});

/** What a campaign is to search. */
export interface CampaignConfig {
  readonly name: string;
  readonly seed: number;
  readonly seconds: number;
  readonly schedulesPerJob: number | null;
  readonly cells: readonly CellSpec[];
}

/**
 * Reads the JSON that says what a campaign is to search. All that it names is looked up.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` that says what was expected
 */
export async function readCampaignConfig(file: string): Promise<CampaignConfig> {
  const hint = "see docs/campaigns.md";
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new HoldfastError("BAD_USAGE", `expected to read ${file}, but ${error.message}`, hint, { cause: error });
  });
  const config = checkedJson(schema, text, { code: "BAD_USAGE", what: file, hint });
  const described = await Promise.all(config.cells.map((cells) => specsOf(cells, config.seed)));
  const cells = [...(config.defaults ? defaultCells(config.seed) : []), ...described.flat()];
  if (cells.length === 0) throw new HoldfastError("BAD_USAGE", `expected cells in ${file}, got none`, hint);
  await Promise.all(cells.map(cellOf));
  const { name, seed, jobSeconds: seconds, schedulesPerJob = null } = config;
  return { name, seed, seconds, schedulesPerJob, cells };
}

async function specsOf(described: z.infer<typeof cellsSchema>, seed: number): Promise<readonly CellSpec[]> {
  const { page, crypto, schedules, seeds = 1 } = described;
  const specs: CellSpec[] = [];
  for (const targetName of many(described.target) ?? ["reference"]) {
    const target = await loadTarget(targetName);
    // Who names none means all of them, as on the command line.
    for (const choice of product({
      scenario: many(described.scenario) ?? playableBy(target),
      profile: many(described.profile) ?? CATALOGUE.profiles.map((profile) => profile.name),
      strategy: many(described.strategy) ?? [undefined],
      isolates: many(described.isolates) ?? [undefined],
      loads: many(described.loads) ?? [undefined],
      faults: (many(described.faults) ?? [""]).map((faults) => parseFaults(faults)),
      timeSteps: many(described.timeSteps) ?? [undefined],
      explore: many(described.explore) ?? [undefined],
      seed: Array.from({ length: seeds }, (_, index) => seed + index),
    })) {
      const { scenario, ...rest } = choice;
      specs.push(describedCell({ ...rest, page, crypto, schedules }, scenarioNamed(scenario), target, targetName));
    }
  }
  return specs;
}

function many<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : ([value].flat() as readonly T[]);
}

/** Each value of each with each of all others. */
function product<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): readonly { readonly [K in keyof T]: T[K][number] }[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [key, values] of Object.entries(lists)) all = all.flatMap((one) => values.map((value) => ({ ...one, [key]: value })));
  return all as unknown as readonly { readonly [K in keyof T]: T[K][number] }[];
}
