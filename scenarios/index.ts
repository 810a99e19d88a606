import type { Scenario } from "../harness/model/scenario.ts";
import type { TimedScenario } from "../harness/model/timed.ts";
import { pageLoadsAtExpiry } from "./page-loads-at-expiry.ts";
import { reloadsAtExpiry } from "./reloads-at-expiry.ts";
import { sessionDays } from "./session-days.ts";

/** Every scenario of a search, by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [pageLoadsAtExpiry, reloadsAtExpiry].map((scenario) => [scenario.name, scenario as Scenario]),
);

/** Every scenario of a measurement, by name. */
export const TIMED_SCENARIOS: ReadonlyMap<string, TimedScenario> = new Map([[sessionDays.name, sessionDays]]);
