import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import { firstSignIns, oneFirstSignIn } from "./first-sign-ins.ts";

/** Every scenario of the Postgres lane by name. */
export const DATABASE_SCENARIOS: ReadonlyMap<string, DatabaseScenario> = new Map(
  ([firstSignIns, oneFirstSignIn] as readonly DatabaseScenario[]).map((scenario) => [scenario.name, scenario]),
);
