import type { Scenario } from "../harness/model/scenario.ts";
import { pageLoadsAtExpiry } from "./page-loads-at-expiry.ts";

/** Every scenario by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [pageLoadsAtExpiry].map((scenario) => [scenario.name, scenario as Scenario]),
);
