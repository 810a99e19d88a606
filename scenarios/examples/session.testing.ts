import { systemPorts } from "../../src/app/system-ports.ts";
import { createStaticKeySet } from "../../src/keys/static.ts";
import { createSessionCookie } from "../../src/session/cookie.ts";
import { SessionError } from "../../src/session/error.ts";
import { createExpiry } from "../../src/session/expiry.ts";
import { workosProtocol } from "../../src/session/protocol/workos.ts";
import { refreshPolicy } from "../../src/session/refresh/policy.ts";
import { createRedeem } from "../../src/session/refresh/redemption.ts";
import { singleFlight } from "../../src/session/refresh/single-flight.ts";
import { createSeal } from "../../src/session/seal.ts";
import { createSigner, createTestSession, createWorld, json, PASSWORD, sessionOf } from "../../src/session/session.testing.ts";
import { createSession } from "../../src/session/session.ts";
import { createMemoryStore } from "../../src/session/store/memory.ts";
import type { Surroundings } from "../examples.testing.ts";

const signer = await createSigner();
const keys = createStaticKeySet(signer.jwks);
const world = createWorld();
world.reply = () => json(400, { error: "invalid_grant" });
const { ports } = world;
const session = createTestSession(world, signer.jwks);
const request = new Request("https://app.example/");

const redirectUri = "https://app.example/callback";
const client = { clientId: "client_1", clientSecret: "sk_test", redirectUri, ports };
const protocol = workosProtocol({ origin: "https://api.workos.com", ...client });
const seal = createSeal([PASSWORD]);
const store = createMemoryStore(ports);
const expiryOf = createExpiry({ fallback: 60, ports });
const strategy = singleFlight({ redeem: createRedeem(protocol, expiryOf), policy: refreshPolicy(null) });
const options = {
  ports,
  store,
  issuer: { origin: "https://api.workos.com", issuers: ["https://api.workos.com"], ...client, jwks: signer.jwks },
  redirectUri,
  afterSignOut: "https://app.example/",
  cookiePasswords: [PASSWORD],
};

/** What stands around the examples of `src/session`. */
export const SESSION: Surroundings = {
  createSession: { ...client, createMemoryStore, jwks: signer.jwks, password: PASSWORD, request },
  SessionError: { error: new SessionError("cookie_too_large", "too large"), shrinkTheClaims: () => {} },
  Ports: { wait: ports.wait },

  ledger: { createSession, options, createMemoryStore, ports },
  naive: { createSession, options },
  serverSession: { createSession, options, store },
  singleFlight: { createSession, options },
  createRedeem: { protocol, createExpiry, ports, session: sessionOf() },
  createMemoryStore: { ports: systemPorts() },

  bounded: { ports: { ...ports, fetch: async () => new Response("{}") }, url: "https://login.example.com/" },
  oidcProtocol: client,
  workosProtocol: { ...client, session: sessionOf() },
  createAccessTokenVerifier: { keys, bearer: await signer.sign(), serve: () => {} },

  createSeal: { password: PASSWORD },
  createSealKeys: { process: { env: { COOKIE_PASSWORD: PASSWORD, PREVIOUS_COOKIE_PASSWORD: `older-${PASSWORD}` } } },
  createSessionCookie: { createSeal, password: PASSWORD, session: sessionOf(), headers: new Headers(), request },
  setCookie: { headers: new Headers() },

  createAuthenticator: {
    cookie: createSessionCookie({ seal, now: Date.now }),
    verify: async () => ({ kind: "invalid", reason: "malformed" }),
    strategy,
    request,
    page: () => {},
  },
  unauthenticated: { session, request },
  createRoutes: { routes: session.routes, request, page: async () => new Response("a page") },
  createSignIn: { routes: session, callbackRequest: new Request("https://app.example/callback?code=c&state=s") },
  createSignOut: { signOut: session.signOut, request: new Request("https://app.example/logout", { method: "POST" }) },
};
