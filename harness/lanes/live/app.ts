import { HoldfastError } from "../../model/error.ts";
import { workosVariables } from "../../model/workos-variables.ts";
import { freePort } from "../postgres/free-port.ts";
import {
  type InstanceFacts,
  type IssuerFacts,
  isStarted,
  type RunningApp,
  type Services,
  type StartedApp,
  type VerifyConfig,
} from "./config.ts";
import { exchange } from "./http.ts";
import { type Instance, startInstance } from "./instance.ts";
import { type RoundRobin, startRoundRobin } from "./round-robin.ts";

/** Milliseconds. */
const READY_WITHIN = 30_000;
const LOOK_EVERY = 100;
const LOOK = 2_000;

/** The app while it is verified. */
export interface LiveApp {
  /** Where browsers reach it. */
  readonly origin: string;
  readonly instances: number;
  /** Whose turn it is: 1, 2, … */
  next(): number;
  /** Where requests for an instance really go. Null: to the origin itself. */
  readonly restart: ((instance: number, part: () => Promise<void>) => Promise<void>) | null;
  close(): Promise<void>;
}

/** What starting an app needs to know. */
export interface Surroundings {
  /** The folder of the configuration. */
  readonly folder: string;
  readonly issuer: IssuerFacts;
  readonly signal: AbortSignal;
  /** Told what to say to the person who has to start the app. */
  say(words: string): void;
}

/**
 * Starts the app, or waits for the one that runs.
 *
 * @throws HoldfastError `BAD_USAGE` when it cannot be reached
 */
export function openApp(config: VerifyConfig, surroundings: Surroundings): Promise<LiveApp> {
  const readyPath = config.signIn ?? "/login";
  return isStarted(config.app) ? startedApp(config.app, readyPath, surroundings) : runningApp(config.app, readyPath, surroundings);
}

/** The variables that an app must have to use the issuer, as WorkOS' SDKs and as OpenID Connect clients read them. */
function issuerVariables({ origin, clientId, apiKey, jwksUrl }: IssuerFacts): Readonly<Record<string, string>> {
  return {
    ...workosVariables({ origin, issuer: origin, clientId, apiKey }),
    WORKOS_JWKS_URL: jwksUrl,
    OIDC_ISSUER: origin,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: apiKey,
  };
}

async function startedApp(app: StartedApp, readyPath: string, { folder, issuer, signal }: Surroundings): Promise<LiveApp> {
  const { command, instances: count = 1, port = 0, cwd = folder, readyWithin } = app;
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const proxy: RoundRobin = await startRoundRobin({ port, ports });
  const origin = `http://localhost:${proxy.port}`;
  const running: Instance[] = [];
  let services: Services | null = null;
  const abandon = () => {
    for (const instance of running) instance.abandon();
  };

  function start(instance: number): Instance {
    const facts: InstanceFacts = { instance, port: ports[instance - 1] ?? 0, origin, issuer };
    const own = typeof app.env === "function" ? app.env(facts) : (app.env ?? {});
    const env = { ...issuerVariables(issuer), PORT: String(facts.port), APP_ORIGIN: origin, ...services?.env, ...own };
    const timing = { readyWithin: readyWithin === undefined ? READY_WITHIN : readyWithin * 1000, readyPath };
    return startInstance({ name: `instance ${instance}`, command, cwd, env, port: facts.port, ...timing }, signal);
  }

  async function close(): Promise<void> {
    process.off("exit", abandon);
    await proxy.close();
    await Promise.all(running.map((instance) => instance.stop()));
    await services?.stop();
  }

  process.on("exit", abandon);
  try {
    services = (await app.services?.()) ?? null;
    for (let instance = 1; instance <= count; instance++) running.push(start(instance));
    await Promise.all(running.map(({ ready }) => ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ origin, instances: count, next: proxy.next, close },
    async restart(instance, part) {
      await running[instance - 1]?.kill();
      await part();
      const fresh = start(instance);
      running[instance - 1] = fresh;
      await fresh.ready;
    },
  };
}

async function runningApp({ url, readyWithin }: RunningApp, readyPath: string, { issuer, signal, say }: Surroundings): Promise<LiveApp> {
  const { origin } = new URL(url);
  const patience = readyWithin === undefined ? READY_WITHIN : readyWithin * 1000;
  const settings = Object.entries(issuerVariables(issuer)).map(([name, value]) => `  ${name}=${value}\n`);
  say(`Waiting for the app at ${origin}. It must know the issuer:\n\n${settings.join("")}\n`);
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const request = { method: "GET", url: `${origin}${readyPath}`, headers: [], body: null };
    if ((await exchange(request, signal, LOOK).answer) !== null) {
      return { origin, instances: 1, next: () => 1, restart: null, close: async () => {} };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  throw new HoldfastError(
    "BAD_USAGE",
    `expected an app at ${origin} within ${patience / 1000} s, and nothing answered there`,
    "start it with the settings above, mend app.url, or let app.command start it",
  );
}
