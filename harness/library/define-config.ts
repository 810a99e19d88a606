import type { VerifyConfig } from "../lanes/live/config.ts";
import { checkedConfig } from "../lanes/live/config-schema.ts";

export type { InstanceFacts, IssuerFacts, Matcher, Recognition, Services, VerifyConfig } from "../lanes/live/config.ts";

/**
 * What `holdfast verify` is to know of an app: the default export of `holdfast.config.ts`.
 *
 * @throws HoldfastError `BAD_USAGE` that names the first thing that is wrong with it
 *
 * @example
 * ```ts
 * const config = defineConfig({
 *   name: "shop",
 *   app: { command: ["node", "server.js"], instances: 2 },
 *   pages: ["/account"],
 *   signedIn: { status: 200, body: "Sign out" },
 *   signedOut: { location: "/login" },
 * });
 * config.name; // "shop"
 * ```
 */
export function defineConfig(config: VerifyConfig): VerifyConfig {
  return checkedConfig(config);
}
