import { fileURLToPath } from "node:url";
import type { Instance, Target } from "../../model/target.ts";
import { bundleModule } from "../../sim/bundle.ts";
import type * as Handler from "./handler.ts";

/** Real third-party code: `@workos-inc/node` 11 as published, evaluated afresh for each isolate. */
export async function loadWorkosNode(): Promise<Target> {
  const bundle = await bundleModule(fileURLToPath(new URL("./handler.ts", import.meta.url)));
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
