import { z } from "zod";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { Target } from "../model/target.ts";
import { bundleModule } from "../sim/bundle.ts";
import { World } from "../sim/world.ts";
import { reference } from "./reference/target.ts";
import { loadWorkosNode } from "./workos-node/target.ts";

/** The targets that come with Holdfast, each loaded when it is asked for. */
export const BUILT_IN_TARGETS: ReadonlyMap<string, () => Promise<Target>> = new Map([
  ["reference", async () => reference],
  ["workos-node", loadWorkosNode],
]);

const shape = z.object({
  name: z.string().min(1),
  describe: z.string(),
  strategies: z.array(z.string().min(1)).min(1),
  promises: z.record(z.string(), z.array(z.string())),
  makesManyCryptoCalls: z.literal(true).optional(),
  create: z.function(),
  classify: z.function(),
});

/**
 * A target from a module whose default export is one. The module is bundled once and evaluated afresh for each isolate.
 *
 * @throws HoldfastError `BAD_TARGET` when it cannot be loaded or is no target.
 */
export async function loadModuleTarget(file: string): Promise<Target> {
  const bundle = await bundleModule(file).catch((error: unknown) => {
    throw new HoldfastError(
      "BAD_TARGET",
      `the target module could not be bundled: ${String(error)}`,
      "it must be a module that can be imported",
      { cause: error },
    );
  });
  const evaluate = () => (bundle.evaluate() as { default: Target }).default;
  const target = await evaluateChecked(evaluate);
  return { ...target, create: (environment) => evaluate().create(environment) };
}

/** Evaluates the module in a world of its own: what stands at its top level must not reach the real one either. */
async function evaluateChecked(evaluate: () => Target): Promise<Target> {
  const world = new World({ seed: "load", epoch: 0, crypto: "inline", stepLimit: 1, timeSteps: 0, faults: {} });
  let target: Target;
  try {
    target = world.as(world.actor("the target module", "isolate"), null, evaluate);
    await world.open();
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError(
      "BAD_TARGET",
      `the target module threw while it loaded: ${describeError(error)}`,
      "mend what it does at its top level",
      {
        cause: error,
      },
    );
  }
  const parsed = shape.safeParse(target);
  if (parsed.success) return target;
  throw new HoldfastError(
    "BAD_TARGET",
    `expected the module's default export to be a target, but ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`,
    "see harness/model/target.ts for its shape",
  );
}
