import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from "jose";
import type { Ports } from "./ports.ts";
import { singleFlight } from "./refresh/single-flight.ts";
import { createSession, type Session, type SessionOptions } from "./session.ts";
import type { SessionData } from "./session-data.ts";
import { createMemoryStore } from "./store/memory.ts";

/** Milliseconds since the epoch: when every test begins. */
export const START = Date.UTC(2030, 0, 1);
export const ISSUER = "https://api.workos.test";
export const CLIENT = "client_1";
export const SECRET = "sk_test_secret";
export const PASSWORD = "a-password-of-more-than-thirty-two-characters";
export const OLD_PASSWORD = "an-old-password-of-more-than-thirty-two-chars";

/** Signs access tokens as an issuer does. */
export interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwks: JSONWebKeySet;
  /** A token of user_ada that begins at {@link START} and lives 300 s, unless the claims say otherwise; undefined leaves one out. */
  sign(claims?: Record<string, unknown>): Promise<string>;
}

export async function createSigner(kid = "key-1"): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }] };
  return {
    kid,
    privateKey,
    jwks,
    sign: (claims = {}) => new SignJWT(claimsOf(claims)).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey),
  };
}

export function claimsOf(claims: Record<string, unknown> = {}): JWTPayload {
  const iat = START / 1000;
  const all = { iss: ISSUER, sub: "user_ada", sid: "session_1", client_id: CLIENT, iat, exp: iat + 300, ...claims };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** What the fake issuer does with one request. */
export type Reply = (request: {
  readonly url: string;
  readonly body: Record<string, unknown>;
  readonly init: RequestInit;
}) => Promise<Response> | Response;

/** Ports that a test owns: time stands still until it is moved, and every call to the issuer is recorded. */
export interface World {
  readonly ports: Ports;
  readonly calls: Record<string, unknown>[];
  now: number;
  reply: Reply;
}

export function createWorld(): World {
  let drawn = 0;
  const world: World = {
    now: START,
    calls: [],
    reply: () => {
      throw new Error("no call to the issuer was expected");
    },
    ports: {
      fetch: async (input, init = {}) => {
        const body = JSON.parse(String(init.body));
        world.calls.push(body);
        return world.reply({ url: String(input), body, init });
      },
      now: () => world.now,
      randomBytes: (length) => new Uint8Array(length).fill(++drawn),
      // Time stands still, so only the signal ends a wait.
      wait: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
    },
  };
  return world;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

export function createTestSession(world: World, jwks: JSONWebKeySet, options: Partial<SessionOptions> = {}): Session {
  return createSession({
    ports: world.ports,
    issuer: { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks },
    redirectUri: "https://app.test/callback",
    afterSignOut: "https://app.test/",
    store: createMemoryStore(world.ports),
    cookiePasswords: [PASSWORD],
    strategy: singleFlight,
    ...options,
  });
}

/** The session of user_ada right after the sign-in, and what the test is about. */
export function sessionOf(data: Partial<SessionData> = {}): SessionData {
  return {
    key: "key_ada_1",
    epoch: 0,
    generation: 0,
    startedAt: START,
    organizationId: null,
    expiresAt: START + 3_600_000,
    accessToken: "at_0",
    refreshToken: "rt_0",
    userId: "user_ada",
    sessionId: "session_1",
    ...data,
  };
}

/** The `name=value` of a `Set-Cookie`, as a browser sends it back. */
function pairOf(setCookie: string | null | undefined): string {
  return setCookie?.split(";")[0] ?? "";
}

/** The `Cookie` header of a browser that held `before` and applied these `Set-Cookie` values. */
export function applied(setCookies: readonly string[], before = ""): string {
  const jar = new Map(
    before
      .split("; ")
      .filter((pair) => pair !== "")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair]),
  );
  for (const setCookie of setCookies) {
    const pair = pairOf(setCookie);
    const name = pair.slice(0, pair.indexOf("="));
    if (setCookie.includes("; Max-Age=0;")) jar.delete(name);
    else jar.set(name, pair);
  }
  return [...jar.values()].join("; ");
}
