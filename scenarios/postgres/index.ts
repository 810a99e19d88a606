import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { Scenario } from "../../harness/model/scenario.ts";
import { everyRequest } from "./every-request.ts";
import { firstSignIns, oneFirstSignIn } from "./first-sign-ins.ts";
import { migrationMeanwhile } from "./migration-meanwhile.ts";
import { revocations } from "./revocations.ts";
import { everySessionRequest, oneLogout, rotation } from "./sessions.ts";

/** Every scenario of the repository by name. */
export const DATABASE_SCENARIOS: ReadonlyMap<string, DatabaseScenario> = new Map(
  ([firstSignIns, oneFirstSignIn, revocations, everyRequest, migrationMeanwhile] as readonly DatabaseScenario[]).map((scenario) => [
    scenario.name,
    scenario,
  ]),
);

/** The scenarios of sessions that are short enough for all orders of their statements; the longer ones of the simulation play here, too. */
export const SESSION_SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  ([rotation, oneLogout, everySessionRequest] as readonly Scenario[]).map((scenario) => [scenario.name, scenario]),
);
