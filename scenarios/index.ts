import type { Scenario } from "../harness/model/scenario.ts";
import { coldIsolates } from "./cold-isolates.ts";
import { forgedTokens } from "./forged-tokens.ts";
import { issuerOutage } from "./issuer-outage.ts";
import { keyRotation } from "./key-rotation.ts";
import { keySetOutage } from "./key-set-outage.ts";
import { pageLoadsAtExpiry } from "./page-loads-at-expiry.ts";
import { reloadsAtExpiry } from "./reloads-at-expiry.ts";
import { stolenCookie } from "./stolen-cookie.ts";
import { upgradesAtExpiry } from "./upgrades-at-expiry.ts";

/** Every scenario by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [
    ...[pageLoadsAtExpiry, reloadsAtExpiry, upgradesAtExpiry],
    ...[stolenCookie, keyRotation, keySetOutage, issuerOutage, coldIsolates, forgedTokens],
  ].map((scenario) => [scenario.name, scenario as Scenario]),
);
