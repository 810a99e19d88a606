import { z } from "zod";
import { CATALOGUE } from "../lanes/catalogue.ts";
import { checked } from "../model/checked.ts";
import type { AnswerKind } from "../model/event.ts";
import type { InvariantId } from "../model/invariant.ts";
import type { Answer, Environment, Instance, Target } from "../model/target.ts";
import { noTarget, targetShape } from "../targets/target-shape.ts";

/** A target as it is written down; what may be left out is as usual. */
export interface TargetDefinition<S extends string> {
  /** How reports call it: letters, digits, `-` and `_`. */
  readonly name: string;
  /** One line for those who read a report. */
  readonly describe?: string;
  /** The refresh strategies that it offers, the first by default; where nothing is said, one that is called `default`. */
  readonly strategies?: readonly S[];
  /** Invariants that a strategy promises beyond those that the scenario demands of everyone. */
  readonly promises?: { readonly [K in S]?: readonly InvariantId[] };
  /** Where the app's own pages send what a person wants beyond pages: signing out, switching organization. */
  readonly routes?: Target["routes"];
  /** See {@link Target.makesManyCryptoCalls}. */
  readonly makesManyCryptoCalls?: true;
  /** Starts one isolate of the app: see {@link Instance} for what it must answer. */
  create(environment: Environment & { readonly strategy: S }): Instance | Promise<Instance>;
  /** What an answer means to the person who asked for the page. */
  classify(answer: Answer): AnswerKind;
}

/**
 * A target: the app that is to be tested, behind one interface.
 *
 * As the default export of a module, whose path is what `explore` is given, it is evaluated afresh for each isolate of each run, as in
 * production. As an object it shares the modules that it imports with all isolates and runs: then state that belongs to one
 * isolate must be made in `create`, and the self-check says so (`NONDETERMINISM`) when state is left over from the run before.
 *
 * @throws HoldfastError `BAD_TARGET` that says what is wrong with it
 *
 * @example
 * ```ts
 * const shop = defineTarget({
 *   name: "shop",
 *   create: (environment) => ({ fetch: (request) => answer(environment, request) }),
 *   classify: ({ status }) => (status === 200 ? "signed-in" : status === 302 ? "signed-out" : "other"),
 * });
 * shop.strategies; // ["default"]
 * ```
 */
export function defineTarget<const S extends string = "default">(definition: TargetDefinition<S>): Target {
  const { name, describe = "", strategies = ["default"], promises = {}, makesManyCryptoCalls, routes, create, classify } = definition;
  const traits = { ...(makesManyCryptoCalls === undefined ? {} : { makesManyCryptoCalls }), ...(routes === undefined ? {} : { routes }) };
  const target = { name, describe, strategies, promises, ...traits, create, classify } as Target;
  checked(shape, target, noTarget(typeof name === "string" && name !== "" ? `the target "${name}"` : "the target"));
  return target;
}

const invariants = CATALOGUE.invariants.map((invariant) => invariant.name);

const shape = targetShape.extend({
  promises: z.record(z.string(), z.array(z.enum(invariants, `one of the invariants ${invariants.join(", ")}`))),
});
