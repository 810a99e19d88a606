import type { Scenario } from "../harness/model/scenario.ts";
import { pageLoadsAtExpiry } from "./page-loads-at-expiry.ts";
import { reloadsAtExpiry } from "./reloads-at-expiry.ts";

/** Every scenario by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [pageLoadsAtExpiry, reloadsAtExpiry].map((scenario) => [scenario.name, scenario as Scenario]),
);
