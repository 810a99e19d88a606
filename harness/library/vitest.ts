import { type ExpectStatic, type TestAPI, expect as vitestExpect, test as vitestTest } from "vitest";
import type { InvariantId } from "../model/invariant.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Story } from "../model/story.ts";
import { explore } from "./explore.ts";
import type { ExploreOptions } from "./explore-options.ts";
import * as matchers from "./matchers.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void>, T> {
    /** Of a report: every invariant held. */
    toHold(): R;
    /** Of a report: an invariant was broken; any, or the one that is named. */
    toBeViolated(invariant?: InvariantId): R;
    /** Of a report: every invariant held in every order of events. */
    toBeProved(): R;
  }
}

vitestExpect.extend({ toHold: matchers.toHold, toBeViolated: matchers.toBeViolated, toBeProved: matchers.toBeProved });

/** Vitest's own, with the matchers `toHold`, `toBeViolated` and `toBeProved`. */
export const expect: ExpectStatic = vitestExpect;

/** Declares a test that explores a scenario and expects every invariant to hold. */
type DeclareExploration = <M extends string>(
  name: string,
  scenario: Scenario<M> | Story | string,
  options: Omit<ExploreOptions<M>, "scenario">,
) => void;

function declaring(test: (name: string, options: { timeout: number }, run: () => Promise<void>) => void): DeclareExploration {
  return function declare(name, scenario, options) {
    const here = { stack: "" };
    Error.captureStackTrace(here, declare);
    // A search ends when its budget is spent, which is a count: seconds would make its verdict depend on the machine.
    test(name, { timeout: 0 }, async () => {
      const report = await explore({ ...options, scenario });
      try {
        vitestExpect(report).toHold();
      } catch (error) {
        // The place to look at is where the test stands.
        if (error instanceof Error) error.stack = `${error.name}: ${error.message}\n${here.stack.slice(here.stack.indexOf("\n") + 1)}`;
        throw error;
      }
    });
  };
}

interface Explore extends DeclareExploration {
  readonly only: DeclareExploration;
  readonly skip: DeclareExploration;
}

/**
 * Vitest's own, with `test.explore("name", scenario, options)`, which expects every invariant to hold. `test.explore.only` and
 * `test.explore.skip` are what they are in vitest.
 */
export const test: TestAPI & { readonly explore: Explore } = Object.assign(vitestTest.extend({}), {
  explore: Object.assign(declaring(vitestTest), { only: declaring(vitestTest.only), skip: declaring(vitestTest.skip) }),
});
