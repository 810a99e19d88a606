import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import { everyRequest } from "./every-request.ts";
import { firstSignIns, oneFirstSignIn } from "./first-sign-ins.ts";
import { revocations } from "./revocations.ts";

/** Every scenario of the Postgres lane by name. */
export const DATABASE_SCENARIOS: ReadonlyMap<string, DatabaseScenario> = new Map(
  ([firstSignIns, oneFirstSignIn, revocations, everyRequest] as readonly DatabaseScenario[]).map((scenario) => [scenario.name, scenario]),
);
