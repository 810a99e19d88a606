import { randomBytes } from "node:crypto";
import { ISSUER_CLIENT } from "../../fixtures/issuer-client.ts";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { stopSignal } from "../../src/app/node/stop-signal.ts";
import { listensToItself } from "../../src/loopback.ts";
import type { Surface } from "../issuer/options.ts";
import { profileNamed, profiles } from "../issuer/profiles.ts";
import { type IssuerServer, startIssuerServer } from "../issuer/server.ts";

/** Entries that the journal keeps. */
const JOURNAL_SIZE = 2_000;

export interface IssuerCommandOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** How clients reach it, where that is not the address that it listens at. */
  readonly origin?: string;
  readonly profile?: string;
  readonly seedFile?: string;
  readonly surface?: string;
  /** Seconds. */
  readonly accessTokenLifetime?: number;
  /** The control's bearer; random unless given. */
  readonly controlBearer?: string;
}

/**
 * `holdfast issuer`: the fake issuer over HTTP, until it is asked to stop.
 *
 * @throws HoldfastError `BAD_USAGE` when it cannot start.
 */
export async function serveIssuer(options: IssuerCommandOptions): Promise<void> {
  const { seedFile, controlBearer = randomBytes(24).toString("base64url"), surface, origin } = options;
  const { faults = [], ...seed } = seedFile === undefined ? {} : await (await import("../issuer/seed-file.ts")).readSeedFile(seedFile);
  const settings = {
    ...{ profile: profiles.workos, ...ISSUER_CLIENT, accessTokenLifetime: 300_000 },
    ...{ users, keys: signingKeys },
    ...seed,
    ...(options.profile === undefined ? {} : { profile: profileNamed(options.profile) }),
    ...(options.accessTokenLifetime === undefined ? {} : { accessTokenLifetime: options.accessTokenLifetime * 1000 }),
    ...(surface === undefined ? {} : { surfaces: [surface as Surface] }),
    ...(origin === undefined ? {} : { origin }),
  };
  const stopped = stopSignal();
  const { host, port } = options;
  const failed = (error: unknown) => process.stderr.write(`the issuer has failed: ${error instanceof Error ? error.stack : "?"}\n`);
  const server = await startIssuerServer({ ...settings, host, port, controlBearer, journalSize: JOURNAL_SIZE, failed });
  try {
    server.issuer.control.faults.add(...faults);
  } catch (error) {
    await server.close();
    throw error;
  }
  if (!listensToItself(host))
    process.stderr.write(`warning: ${host} can be reached from other machines, and whoever reaches it can sign in as anybody\n`);
  process.stdout.write(welcome(server, settings, controlBearer));
  await stopped;
  await server.close();
  process.stdout.write("stopped\n");
}

function welcome(
  { origin }: IssuerServer,
  { profile, clientId, apiKey }: { profile: { name: string }; clientId: string; apiKey: string },
  bearer: string,
): string {
  const { hostname, port, protocol } = new URL(origin);
  const isSecure = protocol === "https:";
  return [
    `The issuer is ready after ${Math.round(performance.now())} ms: ${origin}, profile ${profile.name}`,
    "",
    `  WORKOS_API_HOSTNAME=${hostname}`,
    `  WORKOS_API_PORT=${port === "" ? (isSecure ? 443 : 80) : port}`,
    `  WORKOS_API_HTTPS=${isSecure}`,
    `  WORKOS_CLIENT_ID=${clientId}`,
    `  WORKOS_API_KEY=${apiKey}`,
    "",
    `  Control  ${origin}/_holdfast/#${bearer}`,
    "           (what stands after # is the bearer of its API, and is printed only here)",
    "",
    "Ctrl+C stops it.",
    "",
  ].join("\n");
}
