import type { Scenario } from "../harness/model/scenario.ts";
import type { TimedScenario } from "../harness/model/timed.ts";
import { clockAheadOfIssuer, clockBehindIssuer } from "./clocks-apart.ts";
import { coldIsolates } from "./cold-isolates.ts";
import { forgedTokens } from "./forged-tokens.ts";
import { issuerOutage } from "./issuer-outage.ts";
import { keyRotation } from "./key-rotation.ts";
import { keySetOutage } from "./key-set-outage.ts";
import { logoutDuringRefresh } from "./logout-during-refresh.ts";
import { pageLoadsAtExpiry } from "./page-loads-at-expiry.ts";
import { reloadsAtExpiry } from "./reloads-at-expiry.ts";
import { sessionDays } from "./session-days.ts";
import { callbacksWithoutIds, signInCallbacks } from "./sign-in-callbacks.ts";
import { signsInAgain } from "./signs-in-again.ts";
import { sleepsPastExpiry } from "./sleeps-past-expiry.ts";
import { stolenCookie } from "./stolen-cookie.ts";
import { switchesOrganization } from "./switches-organization.ts";
import { upgradesAtExpiry } from "./upgrades-at-expiry.ts";

/** Every scenario of a search, by name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [
    ...[pageLoadsAtExpiry, reloadsAtExpiry, upgradesAtExpiry],
    ...[signsInAgain, clockBehindIssuer, clockAheadOfIssuer],
    ...[signInCallbacks, callbacksWithoutIds],
    ...[logoutDuringRefresh, sleepsPastExpiry, switchesOrganization],
    ...[stolenCookie, keyRotation, keySetOutage, issuerOutage, coldIsolates, forgedTokens],
  ].map((scenario) => [scenario.name, scenario as Scenario]),
);

/** Every scenario of a measurement, by name. */
export const TIMED_SCENARIOS: ReadonlyMap<string, TimedScenario> = new Map([[sessionDays.name, sessionDays]]);
