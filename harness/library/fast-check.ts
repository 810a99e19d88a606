import { type Arbitrary, array, constant, constantFrom, dictionary, integer, nat, noShrink, oneof, record } from "fast-check";
import { FAULTS } from "../lanes/faults.ts";
import type { Act, Story } from "../model/story.ts";
import type { ExploreOptions } from "./explore-options.ts";

/** How large stories may be, and what may happen in them. */
export interface StoryConstraints {
  /** 6 where nothing is said. */
  readonly maxActs?: number;
  /** Tabs in which a page is loaded at once, in one act; 3 where nothing is said. */
  readonly maxTabs?: number;
  /**
   * What people may do. Where nothing is said: all of {@link ACTS} but `log out` and `switch organization`, which a target must offer
   * (`routes` of `defineTarget`).
   */
  readonly does?: readonly Act["does"][];
}

/** The same of the cells in which stories are played. */
export interface StoryCellConstraints extends StoryConstraints {
  /** 3 where nothing is said. */
  readonly maxIsolates?: number;
  /** The faults that may happen, each at most twice; all where nothing is said. */
  readonly faults?: readonly string[];
  /** How often time may pass while something is in flight; 0 where nothing is said. */
  readonly maxTimeSteps?: number;
}

/** What `explore` takes, but for what is to be tested: plain data, which says all of the cell, its seed included. */
export type StoryCell = Required<Pick<ExploreOptions, "isolates" | "timeSteps" | "seed">> & {
  readonly scenario: Story;
  readonly faults: Readonly<Record<string, number>>;
};

/** In hundredths of an access token's lifetime: just over. */
const OVER = 101;

/**
 * Stories: what two people do in their browsers, at once or with time between. They shrink to fewer acts first, then to acts of fewer tabs
 * that come at once.
 *
 * @example
 * ```ts
 * const generated = fc.sample(stories({ maxTabs: 1, does: ["load"] }), 20);
 * generated.every(({ acts }) => acts.every(({ does, tabs }) => does === "load" && tabs === 1)); // true
 * ```
 */
export function stories({ maxActs = 6, maxTabs = 3, does = DOES }: StoryConstraints = {}): Arbitrary<Story> {
  // The first is what a story shrinks to.
  const after = oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: constant(0) },
    { weight: 3, arbitrary: constant(OVER) },
    { weight: 1, arbitrary: integer({ min: 1, max: 2 * OVER }) },
  );
  const who = constantFrom("ada", "ben");
  const acts = {
    load: record({ who, after, does: constant("load"), tabs: integer({ min: 1, max: maxTabs }) }),
    "sign in": record({ who, after, does: constant("sign in") }),
    reload: record({ who, after, does: constant("reload") }),
    leave: record({ who, after, does: constant("leave") }),
    sleep: record({ who, after, does: constant("sleep"), for: integer({ min: 1, max: 3 * OVER }) }),
    "be signed out": record({ who, after, does: constant("be signed out") }),
    "log out": record({ who, after, does: constant("log out") }),
    "switch organization": record({ who, after, does: constant("switch organization") }),
  } as const;
  const weighted = does.map((act) => ({ weight: WEIGHTS[act], arbitrary: acts[act] as Arbitrary<Act> }));
  return record({
    // None at all is allowed: with a least length, fast-check takes acts away from the front only.
    acts: array(oneof({ withCrossShrink: true }, ...weighted), { maxLength: maxActs, size: "max" }),
    lifetime: integer({ min: 60, max: 3_600 }),
  });
}

/** How often people do a thing, beside the others; the first is what an act shrinks to. */
const WEIGHTS: Readonly<Record<Act["does"], number>> = {
  load: 20,
  reload: 2,
  leave: 2,
  sleep: 1,
  "sign in": 1,
  "be signed out": 1,
  "log out": 1,
  "switch organization": 1,
};

/** All that people do in stories. */
export const ACTS = Object.keys(WEIGHTS) as readonly Act["does"][];

/** What every target can be asked for. */
const DOES = ACTS.filter((does) => does !== "log out" && does !== "switch organization");

/**
 * Stories with the rest of their cells: instances of the app, faults, and the seed of the schedules. What comes of it is for `explore`,
 * beside the target; it is JSON, and the string that plays a run again holds all of it.
 *
 * @example
 * ```ts
 * const property = fc.asyncProperty(storyCells({ maxActs: 3 }), async (cell) => {
 *   const report = await explore({ ...cell, target: "reference", profile: "better-auth", schedules: 3 });
 *   return report.verdict !== "violated" && report.verdict !== "error";
 * });
 * (await fc.check(property, { numRuns: 5, seed: 1 })).failed; // false
 * ```
 */
export function storyCells(constraints: StoryCellConstraints = {}): Arbitrary<StoryCell> {
  const { maxIsolates = 3, faults = FAULTS.map(({ name }) => name), maxTimeSteps = 0 } = constraints;
  return record({
    scenario: stories(constraints),
    isolates: integer({ min: 1, max: maxIsolates }),
    faults: faults.length === 0 ? constant({}) : budgets(faults),
    timeSteps: integer({ min: 0, max: maxTimeSteps }),
    // Another seed is another order of events, and no smaller one.
    seed: noShrink(nat(2 ** 31 - 1)),
  });
}

function budgets(faults: readonly string[]): Arbitrary<Readonly<Record<string, number>>> {
  return dictionary(constantFrom(...faults), integer({ min: 1, max: 2 }), { maxKeys: 2, noNullPrototype: true });
}
