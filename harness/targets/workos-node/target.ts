import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { moduleBeside } from "../../model/beside.ts";
import { HoldfastError } from "../../model/error.ts";
import type { Instance, Target } from "../../model/target.ts";
import { bundleModule } from "../../sim/bundle.ts";
import type * as Handler from "./handler.ts";

/** What it runs is for whoever wants this target to install. */
const SDK = "@workos-inc/node";

/**
 * Real third-party code: `@workos-inc/node` 11 as published, evaluated afresh for each isolate.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export async function loadWorkosNode(): Promise<Target> {
  assertInstalled();
  const bundle = await bundleModule(fileURLToPath(moduleBeside(import.meta.url, "handler")));
  return {
    name: "workos-node",
    describe: "@workos-inc/node's sealed session behind a plain web handler",
    strategies: ["sealed-session"],
    promises: {},
    // 32 for a page load with a refresh: PBKDF2, AES and HMAC for each seal, opened and closed.
    makesManyCryptoCalls: true,
    create: (environment): Instance => (bundle.evaluate() as typeof Handler).createHandler(environment),
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      if (status === 302 && headers.get("location") === "/login") return "signed-out";
      return status === 503 ? "unavailable" : "other";
    },
  };
}

function assertInstalled(): void {
  try {
    createRequire(import.meta.url).resolve(SDK);
  } catch (error) {
    throw new HoldfastError("BAD_TARGET", `expected ${SDK} to be installed, and it is not`, `npm install --save-dev ${SDK}@11`, {
      cause: error,
    });
  }
}
