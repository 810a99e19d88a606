import type { JSONWebKeySet } from "jose";
import { listensToItself } from "../../loopback.ts";
import type { Ports } from "../../session/ports.ts";
import { DIALECT_NAMES, type Dialect } from "../../session/token-answer.ts";
import { type Environment, read, readRequired, readWholeNumber } from "./environment.ts";
import { readSecrets, type Secrets } from "./secrets.ts";
import { StartError } from "./start-error.ts";

/** What the server is told by its environment. */
export interface Settings {
  /** The address to listen at. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Where browsers reach the app; null for `http://localhost` and the port. */
  readonly origin: string | null;
  readonly workos: WorkosSettings;
  /** Null keeps everything in memory. */
  readonly databaseUrl: string | null;
  readonly secrets: Secrets;
}

/** The issuer, and who the app is to it. */
export interface WorkosSettings {
  readonly origin: string;
  /** The origins of its pages, AuthKit, to which it sends browsers on. `*.` may stand for a host. */
  readonly pageOrigins: readonly string[];
  /** Accepted `iss` values. */
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly apiKey: string;
  /** Milliseconds for which it answers a replay of a spent refresh token; null where it does not. */
  readonly grace: number | null;
  /** Whose words its refusals are in: a stand-in for WorkOS may speak as another issuer does. */
  readonly dialect: Dialect;
  /** The key set of deploy time; null when there is none. The issuer's own is asked for what is not in it. */
  readonly jwks: JSONWebKeySet | null;
}

const DEFAULT_PORT = 3000;
/** Seconds; what WorkOS grants. */
const DEFAULT_GRACE = 30;
/** Where AuthKit is unless it has a domain of its own. */
const DEFAULT_PAGES = "https://*.authkit.app";
/** An origin as a policy may name it (CSP §2.3.1, host-source), and nothing that could add to the policy. */
const PAGE_ORIGIN = /^https?:\/\/(\*\.)?[\w-]+(\.[\w-]+)*(:\d{1,5})?$/;

/**
 * Reads the settings of the server from its environment:
 *
 * | variable | means | default |
 * |---|---|---|
 * | `HOST`, `PORT` | where to listen | 127.0.0.1, 3000 |
 * | `APP_ORIGIN` | where browsers reach the app | `http://localhost:PORT`, on loopback only |
 * | `WORKOS_CLIENT_ID`, `WORKOS_API_KEY` | who the app is to WorkOS | required |
 * | `WORKOS_API_HOSTNAME`, `WORKOS_API_HTTPS`, `WORKOS_API_PORT` | where WorkOS is, as its SDKs read it | api.workos.com, true, none |
 * | `WORKOS_AUTHKIT_ORIGINS` | where its pages are, with commas between; Chromium refuses to follow the sign-in form elsewhere | `https://*.authkit.app` |
 * | `WORKOS_ISSUERS` | accepted `iss`, with commas between | both shapes of WorkOS |
 * | `WORKOS_GRACE_SECONDS` | for how long a spent refresh token still gets an answer | 30 |
 * | `WORKOS_DIALECT` | whose refusals it words as its own, where it stands in for another issuer: auth0, dex, … | standard |
 * | `WORKOS_JWKS` | the key set of `holdfast bake-jwks`, as JSON | none: fetched at run time |
 * | `DATABASE_URL` | Postgres | none: in memory |
 * | `COOKIE_PASSWORDS`, `API_KEY_PEPPERS`, `RECORD_SEAL_KEYS` | see {@link readSecrets} | random |
 *
 * @throws StartError for the first variable that is not as it must be.
 *
 * @example
 * ```ts
 * const settings = readSettings({ WORKOS_CLIENT_ID: "client_1", WORKOS_API_KEY: "sk_1", PORT: "4000" }, systemPorts());
 * settings.workos.issuers; // ["https://api.workos.com", "https://api.workos.com/user_management/client_1"]
 * ```
 */
export function readSettings(environment: Environment, { randomBytes }: Pick<Ports, "randomBytes">): Settings {
  const host = read(environment, "HOST") ?? "127.0.0.1";
  return {
    host,
    port: readWholeNumber(environment, "PORT", 0, 65_535, DEFAULT_PORT),
    origin: readOrigin(environment, host),
    workos: readWorkos(environment),
    databaseUrl: readDatabaseUrl(environment),
    secrets: readSecrets(environment, randomBytes),
  };
}

function readOrigin(environment: Environment, host: string): string | null {
  const text = read(environment, "APP_ORIGIN");
  if (text === null) {
    if (listensToItself(host)) return null;
    throw new StartError(
      `expected APP_ORIGIN to be set, since HOST is ${JSON.stringify(host)} and not this very machine, got nothing`,
      "set it to where browsers reach the app, as in https://app.example",
    );
  }
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new StartError(
    `expected APP_ORIGIN to be an http(s) origin without a path, got ${JSON.stringify(text)}`,
    "set it to where browsers reach the app, as in https://app.example",
  );
}

function readWorkos(environment: Environment): WorkosSettings {
  const clientId = readRequired(environment, "WORKOS_CLIENT_ID", "set it to the client id of the WorkOS dashboard, or run `npm run app`");
  const origin = readWorkosOrigin(environment);
  const issuers = read(environment, "WORKOS_ISSUERS")
    ?.split(",")
    .map((issuer) => issuer.trim());
  return {
    origin,
    pageOrigins: readPageOrigins(environment),
    clientId,
    apiKey: readRequired(environment, "WORKOS_API_KEY", "set it to an API key of the WorkOS dashboard"),
    issuers: issuers?.filter((issuer) => issuer !== "") ?? [origin, `${origin}/user_management/${clientId}`],
    grace: readWholeNumber(environment, "WORKOS_GRACE_SECONDS", 0, 3_600, DEFAULT_GRACE) * 1000 || null,
    dialect: readDialect(environment),
    jwks: readJwks(environment),
  };
}

function readWorkosOrigin(environment: Environment): string {
  const hostname = read(environment, "WORKOS_API_HOSTNAME") ?? "api.workos.com";
  const https = read(environment, "WORKOS_API_HTTPS") ?? "true";
  if (https !== "true" && https !== "false") {
    throw new StartError(`expected WORKOS_API_HTTPS to be true or false, got ${JSON.stringify(https)}`, "leave it out for true");
  }
  const port = readWholeNumber(environment, "WORKOS_API_PORT", 1, 65_535, null);
  const url = URL.parse(`${https === "true" ? "https" : "http"}://${hostname}${port === null ? "" : `:${port}`}`);
  if (url !== null && url.href === `${url.origin}/`) return url.origin;
  throw new StartError(
    `expected WORKOS_API_HOSTNAME to be a host name, got ${JSON.stringify(hostname)}`,
    "leave out scheme, port and path, as in api.workos.com",
  );
}

function readPageOrigins(environment: Environment): readonly string[] {
  const origins = (read(environment, "WORKOS_AUTHKIT_ORIGINS") ?? DEFAULT_PAGES).split(",").map((origin) => origin.trim());
  const other = origins.find((origin) => !PAGE_ORIGIN.test(origin));
  if (other === undefined) return origins;
  throw new StartError(
    `expected WORKOS_AUTHKIT_ORIGINS to be http(s) origins without a path, with commas between, got ${JSON.stringify(other)}`,
    "set it to AuthKit's domain in the WorkOS dashboard, as in https://auth.example, or leave it out",
  );
}

function readDialect(environment: Environment): Dialect {
  const text = read(environment, "WORKOS_DIALECT") ?? "standard";
  const dialect = DIALECT_NAMES.find((name) => name === text);
  if (dialect !== undefined) return dialect;
  throw new StartError(
    `expected WORKOS_DIALECT to be one of ${DIALECT_NAMES.join(", ")}, got ${JSON.stringify(text)}`,
    "leave it out for WorkOS",
  );
}

function readJwks(environment: Environment): JSONWebKeySet | null {
  const text = read(environment, "WORKOS_JWKS");
  if (text === null) return null;
  try {
    const jwks: JSONWebKeySet = JSON.parse(text);
    if (Array.isArray(jwks.keys) && jwks.keys.every((key) => typeof key === "object" && key !== null)) return jwks;
  } catch {
    // Said below.
  }
  throw new StartError(
    `expected WORKOS_JWKS to be a key set as JSON, got ${text.length} characters of something else`,
    "set it to what `holdfast bake-jwks` writes, or leave it out",
  );
}

function readDatabaseUrl(environment: Environment): string | null {
  const text = read(environment, "DATABASE_URL");
  // It may hold a password, so it is not quoted.
  if (text === null || /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new StartError(
    "expected DATABASE_URL to be a URL of Postgres, got something else",
    "set it like postgres://user:password@localhost:5432/app, or leave it out to keep everything in memory",
  );
}
