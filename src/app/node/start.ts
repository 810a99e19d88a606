import { createMemoryProjectStore } from "../../access/project-store.ts";
import type { Log } from "../../callback/refusal.ts";
import { chainKeySets } from "../../keys/chain.ts";
import { createRemoteKeySet } from "../../keys/remote.ts";
import { createStaticKeySet } from "../../keys/static.ts";
import type { Ports } from "../../session/ports.ts";
import { createSession } from "../../session/session.ts";
import { createApi } from "../api.ts";
import { createApp } from "../app.ts";
import { logFault } from "../errors.ts";
import { createMemoryEventLog } from "../live/event-log.ts";
import { type Backends, openBackends } from "./backends.ts";
import { readClientFiles } from "./client-files.ts";
import { listen } from "./listen.ts";
import { startMaintenance } from "./maintenance.ts";
import type { Settings, WorkosSettings } from "./settings.ts";

/** Milliseconds between two rounds of what was left undone. */
const MAINTENANCE_PAUSE = 30_000;

/** A server that answers. */
export interface RunningApp {
  /** Where browsers reach it. */
  readonly origin: string;
  /** Lets the requests under way end, and leaves nothing running. */
  close(): Promise<void>;
}

/**
 * Starts the app: opens its stores, listens, and keeps up what was left undone.
 *
 * @throws StartError when a port or a database cannot be had.
 *
 * @example
 * ```ts
 * const app = await startApp(readSettings(environment, ports), { ports, log });
 * (await fetch(app.origin)).status; // 200
 * await app.close();
 * ```
 */
export async function startApp(settings: Settings, { ports, log }: { readonly ports: Ports; readonly log: Log }): Promise<RunningApp> {
  const backends = await openBackends(settings, ports);
  const listening = await listen(settings).catch(async (error: unknown) => {
    await backends.close();
    throw error;
  });
  const origin = settings.origin ?? `http://localhost:${listening.port}`;
  const { app, session } = compose(settings, { origin, backends, ports, log });
  listening.serve(app.fetch);
  const sweep = () => backends.repository.sweep(ports.now());
  const failed = (error: unknown) => logFault(error, log);
  const maintenance = startMaintenance([session.maintain, sweep], { pause: MAINTENANCE_PAUSE, ports, failed });
  return {
    origin,
    async close() {
      await Promise.all([listening.close(), maintenance.stop()]);
      await backends.close();
    },
  };
}

interface Surroundings {
  readonly origin: string;
  readonly backends: Backends;
  readonly ports: Ports;
  readonly log: Log;
}

function compose({ workos, secrets }: Settings, { origin, backends, ports, log }: Surroundings) {
  const keys = keysOf(workos, ports);
  const { repository, sessionStore } = backends;
  const session = createSession({
    ports,
    store: sessionStore,
    issuer: {
      origin: workos.origin,
      issuers: workos.issuers,
      clientId: workos.clientId,
      clientSecret: workos.apiKey,
      keys,
      grace: workos.grace === null ? null : { duration: workos.grace },
      dialect: workos.dialect,
    },
    redirectUri: `${origin}/callback`,
    afterSignOut: `${origin}/`,
    cookiePasswords: secrets.cookiePasswords,
  });
  const api = createApi({
    ports,
    keys,
    accept: { issuers: workos.issuers, clientId: workos.clientId },
    workos: { origin: workos.origin, apiKey: workos.apiKey },
    repository,
    projectStore: createMemoryProjectStore(),
    log,
  });
  const app = createApp({
    ...{ origin, session, api, repository, ports, log },
    events: createMemoryEventLog(),
    client: readClientFiles(),
    issuerOrigins: [workos.origin, ...workos.pageOrigins],
  });
  return { app, session };
}

/** The keys of deploy time first, so that a cold start asks nobody; then the issuer's own. */
function keysOf({ origin, clientId, jwks }: WorkosSettings, ports: Ports) {
  const remote = createRemoteKeySet({ url: `${origin}/sso/jwks/${encodeURIComponent(clientId)}`, ports });
  return jwks === null ? remote : chainKeySets(createStaticKeySet(jwks), remote);
}
