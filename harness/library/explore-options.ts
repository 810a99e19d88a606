import { z } from "zod";
import type { Profile } from "../issuer/profile.ts";
import { FAULTS, parseFaults } from "../lanes/faults.ts";
import type { CellSpec } from "../model/cell.ts";
import { checked } from "../model/checked.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Story } from "../model/story.ts";
import type { Target } from "../model/target.ts";
import { LIMITS } from "./limits.ts";

/** What `explore` takes: one cell. What is left out is as with `holdfast run`. */
export interface ExploreOptions<M extends string = string> {
  /**
   * The app: what `defineTarget` made; or the module whose default export that is, by its path (relative to where the process runs) or
   * its URL, which is bundled once and evaluated afresh for each isolate of each run; or the name of a target that comes with Holdfast.
   */
  readonly target: Target | URL | string;
  /**
   * What `defineScenario` made, or the name of a scenario that comes with Holdfast: `page-loads-at-expiry` where nothing is said. Or a
   * story: what people do, as plain data, for instance as `holdfast/fast-check` makes it.
   */
  readonly scenario?: Scenario<M> | Story | string;
  /** The issuer's rotation policy: a name from `holdfast list`, or one of your own, under a name of its own; `workos` where nothing is said. */
  readonly profile?: Profile | string;
  /** One of the target's strategies; its first where nothing is said. */
  readonly strategy?: string;
  /** Instances of the app. */
  readonly isolates?: number;
  /** Page loads at once, for a scenario that asks how many. */
  readonly loads?: number;
  /** A page is one request, or a document and its parallel fetches. */
  readonly page?: CellSpec["page"];
  /** Which faults may happen, and how often: `{ "issuer-503": 2 }`, or as on the command line `"issuer-503:2,browser-response-lost"`. */
  readonly faults?: Readonly<Record<string, number>> | string;
  /** How often time may pass while something is in flight; 0 where nothing is said. */
  readonly timeSteps?: number;
  /** When the results of WebCrypto arrive: within the step, in the order in which they were asked for, or in any; see docs/design.md. */
  readonly crypto?: CellSpec["crypto"];
  /** How schedules are searched: a name from `holdfast list`. */
  readonly explore?: string;
  /** How many schedules may run: 500 where nothing is said, 1,000,000 where every order is tried. */
  readonly schedules?: number;
  /** Seed of the search; 1 where nothing is said. */
  readonly seed?: number;
  /** Not to make a counterexample small: for a property that shrinks what it generates, and would do it each time. */
  readonly shrink?: false;
}

const text = z.string("a name");
const known = FAULTS.map(({ name }) => name);

const budgets = `how often each fault may happen, as in { "${known[0]}": 2 }; there are ${known.join(", ")}`;

const shape = z.strictObject(
  {
    target: z.union([text, z.instanceof(URL), z.looseObject({})], "a target, its module's URL or path, or its name"),
    scenario: z.union([text, z.looseObject({})], "a scenario or its name").optional(),
    profile: z.union([text, z.looseObject({})], "a profile or its name").optional(),
    strategy: text.optional(),
    isolates: LIMITS.isolates.optional(),
    loads: LIMITS.loads.optional(),
    page: LIMITS.page.optional(),
    faults: z
      .union(
        [
          z.string().transform((text) => parseFaults(text)),
          z.record(z.string(), LIMITS.faults).refine((faults) => Object.keys(faults).every((name) => known.includes(name)), budgets),
        ],
        budgets,
      )
      .optional(),
    timeSteps: LIMITS.timeSteps.optional(),
    crypto: LIMITS.crypto.optional(),
    explore: text.optional(),
    schedules: LIMITS.schedules.optional(),
    seed: LIMITS.seed.optional(),
    shrink: z.literal(false, "false, or left out").optional(),
  },
  { error: (issue) => (issue.code === "unrecognized_keys" ? `one of the options ${OPTIONS.join(", ")}` : "an object of options") },
);

const OPTIONS: readonly string[] = Object.keys(shape.shape);

/**
 * Sees that the options are what they should be, each by itself.
 *
 * @throws HoldfastError `BAD_USAGE` that names the first that is not
 */
export function checkedOptions(options: ExploreOptions): z.infer<typeof shape> {
  return checked(shape, options, { code: "BAD_USAGE", what: "the options of explore", hint: "docs/library.md lists them" });
}
