import { readSettings } from "../../../src/app/node/settings.ts";
import { type RunningApp, startApp } from "../../../src/app/node/start.ts";
import { StartError } from "../../../src/app/node/start-error.ts";
import { systemPorts } from "../../../src/app/system-ports.ts";
import type { Log } from "../../../src/callback/refusal.ts";
import type { Ports } from "../../../src/session/ports.ts";
import { HoldfastError } from "../../model/error.ts";
import type { IssuerSettings } from "../../model/target.ts";
import { workosVariables } from "../../model/workos-variables.ts";
import { dialectOf } from "./dialects.ts";

/** What the demo app takes from the environment; where it listens and who its issuer is are settled here. */
const FROM_ENVIRONMENT = ["DATABASE_URL", "COOKIE_PASSWORDS", "API_KEY_PEPPERS", "RECORD_SEAL_KEYS"] as const;

/** Milliseconds: the longest grace that the app's settings take. Some issuers' has no end. */
const LONGEST_GRACE = 3_600_000;

/** The reference app as a server of its own. */
export interface ReferenceApp extends RunningApp {
  /** Whether its data outlive the process. */
  readonly isStored: boolean;
  /** The variables that were not set, for whose secrets random ones were made. */
  readonly random: readonly string[];
}

/**
 * Starts the reference app on loopback, as a deployment would start it: by variables.
 *
 * @param issuer.jwks The key set of deploy time; not given, the keys are fetched.
 * @param options.port 0 for any that is free.
 * @throws HoldfastError `BAD_USAGE` when a variable is wrong, or the port or the database cannot be had.
 */
export async function startReferenceApp(
  issuer: Omit<IssuerSettings, "jwks"> & Partial<Pick<IssuerSettings, "jwks">>,
  options: {
    readonly port: number;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly log: Log;
    readonly ports?: Ports;
  },
): Promise<ReferenceApp> {
  const { ports = systemPorts(), log } = options;
  const environment = {
    ...Object.fromEntries(FROM_ENVIRONMENT.map((name) => [name, options.environment[name]])),
    PORT: String(options.port),
    ...workosVariables(issuer),
    WORKOS_GRACE_SECONDS: String(Math.min(issuer.grace ?? 0, LONGEST_GRACE) / 1000),
    WORKOS_DIALECT: dialectOf(issuer.profile),
    WORKOS_JWKS: issuer.jwks === undefined ? undefined : JSON.stringify(issuer.jwks),
  };
  try {
    const settings = readSettings(environment, ports);
    const app = await startApp(settings, { ports, log });
    return { ...app, isStored: settings.databaseUrl !== null, random: settings.secrets.random };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new HoldfastError("BAD_USAGE", error.message, error.hint, { cause: error });
  }
}
