import { z } from "zod";
import { CATALOGUE } from "../lanes/catalogue.ts";
import { checked } from "../model/checked.ts";
import { type InvariantId, OF_EVERYONE } from "../model/invariant.ts";
import type { Scenario, ScenarioParameters, Stage } from "../model/scenario.ts";
import { ROUTES } from "../targets/target-shape.ts";
import { LIMITS } from "./limits.ts";

/** A scenario as it is written down; what may be left out is as usual. */
export interface ScenarioDefinition<M extends string> {
  /** How reports call it: letters, digits and `-`. */
  readonly name: string;
  /** One line for those who read a report. */
  readonly describe?: string;
  /** The numbers that `explore` takes when it is given none: two loads, one isolate, one request a page. */
  readonly defaults?: Partial<ScenarioParameters>;
  /** Milliseconds; 300,000 where nothing is said. */
  readonly accessTokenLifetime?: number;
  /** What must hold for every target; where nothing is said, what every client can keep. */
  readonly invariants?: readonly InvariantId[];
  /** What `play` must have said with `reach`, in at least one schedule: else the exploration has shown nothing, and fails (`VACUOUS`). */
  readonly mustReach: readonly M[];
  /** See {@link Scenario.loadsAreAlike}. */
  readonly loadsAreAlike?: true;
  /** What it needs of a target beyond pages: see {@link Scenario.needs}. */
  readonly needs?: Scenario["needs"];
  /** What the people in front of the browsers do. */
  play(stage: Stage<M>): Promise<void>;
}

/**
 * A scenario: who does what, what must hold, and what must be reached.
 *
 * @throws HoldfastError `BAD_USAGE` that says what is wrong with it
 *
 * @example
 * ```ts
 * const twoTabs = defineScenario({
 *   name: "two-tabs",
 *   mustReach: ["two loads in flight at once"],
 *   async play({ browsers: [ada], accessTokenLifetime, now, until, withFaults, reach, loadsInFlight }) {
 *     await ada.signIn();
 *     await until(now() + accessTokenLifetime + 1_000);
 *     await withFaults(async () => {
 *       const pages = [ada.load("/"), ada.load("/settings")];
 *       if (loadsInFlight() === 2) reach("two loads in flight at once");
 *       await Promise.all(pages);
 *     });
 *   },
 * });
 * twoTabs.defaults; // { loads: 2, isolates: 1, page: "request" }
 * ```
 */
export function defineScenario<const M extends string>(definition: ScenarioDefinition<M>): Scenario<M> {
  const {
    name,
    describe = "",
    defaults = {},
    invariants = OF_EVERYONE,
    mustReach,
    loadsAreAlike,
    needs,
    accessTokenLifetime,
    play,
  } = definition;
  const complaint = { code: "BAD_USAGE", what: "the scenario", hint: "docs/library.md shows the whole of a scenario" } as const;
  checked(shape, definition, complaint);
  return {
    name,
    describe,
    defaults: { loads: 2, isolates: 1, page: "request", ...defaults },
    invariants,
    mustReach,
    play,
    ...(loadsAreAlike === undefined ? {} : { loadsAreAlike }),
    ...(needs === undefined ? {} : { needs }),
    ...(accessTokenLifetime === undefined ? {} : { accessTokenLifetime }),
  };
}

const ids = CATALOGUE.invariants.map((invariant) => invariant.name as InvariantId);

const shape = z.strictObject(
  {
    name: z.string("a name").regex(/^[a-z0-9][a-z0-9-]*$/i, "a name of letters, digits and -"),
    describe: z.string("one line of text").optional(),
    defaults: z
      .strictObject(
        { loads: LIMITS.loads.optional(), isolates: LIMITS.isolates.optional(), page: LIMITS.page.optional() },
        {
          error: (issue) => (issue.code === "unrecognized_keys" ? "one of loads, isolates, page" : "an object of loads, isolates, page"),
        },
      )
      .optional(),
    invariants: z.array(z.enum(ids, `one of the invariants ${ids.join(", ")}`), "a list of invariants").optional(),
    mustReach: z.array(z.string("a text"), "a list of marks that play reaches").min(1, "a list of at least one mark that play reaches"),
    loadsAreAlike: z.literal(true, "true, or left out").optional(),
    needs: z.array(z.enum(ROUTES, `one of ${ROUTES.join(", ")}`), "a list of what a target may offer").optional(),
    accessTokenLifetime: LIMITS.accessTokenLifetime.optional(),
    play: z.custom((value) => typeof value === "function", "a function of the stage"),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? "one of name, describe, defaults, invariants, mustReach, loadsAreAlike, needs, accessTokenLifetime, play"
        : "an object that says what people do",
  },
);
