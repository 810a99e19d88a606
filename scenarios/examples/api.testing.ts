import { createServer } from "node:http";
import { html } from "hono/html";
import { jwtVerify } from "jose";
import { createMemoryProjectStore } from "../../src/access/project-store.ts";
import { createApi } from "../../src/app/api.ts";
import { logFault } from "../../src/app/errors.ts";
import { createMemoryEventLog } from "../../src/app/live/event-log.ts";
import { readSettings } from "../../src/app/node/settings.ts";
import { systemPorts } from "../../src/app/system-ports.ts";
import {
  API_KEY,
  CLIENT,
  claimsOf,
  createSigner,
  createWorld,
  FakeRepository,
  json,
  testVerifier,
} from "../../src/callback/callback.testing.ts";
import type { Log } from "../../src/callback/refusal.ts";
import { createUserDirectory } from "../../src/callback/users.ts";
import { KeySetUnavailable } from "../../src/keys/key-set.ts";
import { createRemoteKeySet } from "../../src/keys/remote.ts";
import { createStaticKeySet } from "../../src/keys/static.ts";
import { createSession } from "../../src/session/session.ts";
import { createMemoryStore } from "../../src/session/store/memory.ts";
import type { Surroundings } from "../examples.testing.ts";

const ORIGIN = "https://api.workos.com";
const JWKS_URL = `${ORIGIN}/sso/jwks/${CLIENT}`;
/** Seconds since the epoch: some examples read the real clock. */
const LATE = Date.UTC(2100, 0, 1) / 1000;

const signer = await createSigner();
const token = await signer.sign({ iss: ORIGIN, exp: LATE });
const keys = createStaticKeySet(signer.jwks);
const request = new Request("https://api.example/", { headers: { authorization: `Bearer ${token}` } });

/** WorkOS: its key set, and its users. */
const world = createWorld();
world.reply = (url) => json(200, url === JWKS_URL ? signer.jwks : { id: url.split("/").at(-1), email: "ada@example.test" });
const { ports } = world;

/** What shows a refusal fails the example: the one that it tells of is not refused. */
const refuse = (refusal: unknown): never => {
  throw new Error(`refused: ${JSON.stringify(refusal)}`);
};
const log: Log = refuse;
const verify = testVerifier(world, signer.jwks, { issuers: [ORIGIN], log });
const repository = new FakeRepository();
const rest = {
  keys,
  accept: { issuers: [ORIGIN], clientId: CLIENT },
  workos: { origin: ORIGIN, apiKey: API_KEY },
  repository,
  projectStore: createMemoryProjectStore(),
  log,
};

const api = createApi({ ports, ...rest });
const session = createSession({
  ports,
  store: createMemoryStore(ports),
  issuer: { origin: ORIGIN, issuers: [ORIGIN], clientId: CLIENT, clientSecret: API_KEY, keys },
  redirectUri: "https://app.example/callback",
  afterSignOut: "https://app.example/",
  cookiePasswords: ["a-password-of-more-than-thirty-two-characters"],
});
const events = createMemoryEventLog();
const environment = { WORKOS_CLIENT_ID: CLIENT, WORKOS_API_KEY: API_KEY, PORT: "0" };

const acme = { id: "org_1", slug: "acme", name: "Acme", role: "admin" };
const principal = { userId: "user_ada", organizations: [acme], projects: [] };

/** What stands around the examples of `src/access`. */
export const ACCESS: Surroundings = {
  chooseOrganization: { principal, body: { organizationSlug: "acme" }, forbidden: refuse },
  createProjects: {
    createMemoryProjectStore,
    ports: createWorld().ports,
    principal,
    acme,
    apollo: { id: `proj_${"01".repeat(12)}`, slug: "apollo", name: "Apollo", organizationId: "org_1" },
  },
  projectClaims: { sub: "user_ada", organizations: [acme], store: createMemoryProjectStore() },
};

/** What stands around the examples of `src/app`. */
export const APP: Surroundings = {
  createApi: { ports, ...rest, issuers: [ORIGIN], clientId: CLIENT, origin: ORIGIN, apiKey: API_KEY, token },
  createApp: { session, api, repository, events, client: new Map(), ports, log },
  createLive: { origin: "https://app.example", session, repository, events, ports, log, request, accept: undefined },
  createMemberPages: {
    ...{ origin: "https://app.example", session, api, repository, events, ports, log, request, isOwn: () => true },
    undecided: refuse,
  },
  layout: { html },
  listen: {},
  openUpgrades: { server: createServer(), app: api },
  provision: { api, accessToken: token },
  readSecrets: { randomBytes: ports.randomBytes },
  readSettings: { systemPorts },
  startApp: { readSettings, environment, ports: systemPorts(), log },
  startMaintenance: { session, ports: systemPorts(), logFault, log },
  systemPorts: { createApi, rest },
};

/** What stands around the examples of `src/callback`. */
export const CALLBACK: Surroundings = {
  createCallback: {
    verify,
    findEmail: createUserDirectory({ origin: ORIGIN, apiKey: API_KEY, ports }),
    repository,
    ports,
    log,
    request,
    welcome: () => {},
  },
  judgeClaims: { claims: claimsOf({ iss: ORIGIN, exp: LATE }), reject: refuse },
  createMemberLookup: { verify, repository, log, request, show: () => {} },
  createTokenVerifier: { keys, log, request, serve: () => {} },
  createUserDirectory: { apiKey: API_KEY, ports, token: { userId: "user_ada" } },
};

/** What stands around the examples of `src/keys`. */
export const KEYS: Surroundings = {
  bakeJwks: { ports },
  chainKeySets: { createStaticKeySet, createRemoteKeySet, baked: signer.jwks, url: JWKS_URL, ports },
  fetchJson: { ports, console: { log: () => {} } },
  KeySetUnavailable: { error: new KeySetUnavailable("the key set: the answer was 503", 5) },
  createRemoteKeySet: { ports, jwtVerify, token },
  createStaticKeySet: { process: { env: { WORKOS_JWKS: JSON.stringify(signer.jwks) } }, jwtVerify, token },
};
