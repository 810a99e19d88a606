import { checked } from "../model/checked.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { Target } from "../model/target.ts";
import { bundleModule } from "../sim/bundle.ts";
import { World } from "../sim/world.ts";
import { loadAuthCore } from "./auth-core/target.ts";
import { loadAuthkitReactRouter } from "./authkit-react-router/target.ts";
import { loadAuthkitSession } from "./authkit-session/target.ts";
import { loadOpenidClient } from "./openid-client/target.ts";
import { reference } from "./reference/target.ts";
import { noTarget, targetShape } from "./target-shape.ts";
import { loadWorkosNode } from "./workos-node/target.ts";

/** The targets that come with Holdfast, each loaded when it is asked for. */
export const BUILT_IN_TARGETS: ReadonlyMap<string, () => Promise<Target>> = new Map([
  ["reference", async () => reference],
  ["workos-node", loadWorkosNode],
  ["authkit-session", loadAuthkitSession],
  ["authkit-react-router", loadAuthkitReactRouter],
  ["openid-client", loadOpenidClient],
  ["auth-core", loadAuthCore],
]);

/** A target, and a fingerprint of the code that was bundled for it: see `Bundle`. */
export interface ModuleTarget {
  readonly target: Target;
  readonly code: string;
}

/**
 * A target from a module whose default export is one. The module is bundled once and evaluated afresh for each isolate.
 *
 * @param provided modules by name that it may import and that all isolates share
 * @throws HoldfastError `BAD_TARGET` when it cannot be loaded or is no target.
 */
export async function loadModuleTarget(file: string, provided: Readonly<Record<string, object>>): Promise<ModuleTarget> {
  const bundle = await bundleModule(file, provided).catch((error: unknown) => {
    throw new HoldfastError(
      "BAD_TARGET",
      `the target module could not be bundled: ${String(error)}`,
      "it must be a module that can be imported",
      { cause: error },
    );
  });
  const evaluate = () => (bundle.evaluate() as { default: Target }).default;
  const target = await evaluateChecked(evaluate);
  return { target: { ...target, create: (environment) => evaluate().create(environment) }, code: bundle.fingerprint };
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
  checked(targetShape, target, noTarget("the module's default export"));
  return target;
}
