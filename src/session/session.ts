import type { JSONWebKeySet } from "jose";
import type { KeySet } from "../keys/key-set.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { createAccessTokenVerifier } from "./access-token.ts";
import { type Authenticate, createAuthenticator } from "./authenticate.ts";
import { createSessionCookie } from "./cookie.ts";
import { SessionError } from "./error.ts";
import { createExpiry } from "./expiry.ts";
import type { Ports } from "./ports.ts";
import { type ClientAuthentication, oidcProtocol } from "./protocol/oidc.ts";
import type { Protocol } from "./protocol/protocol.ts";
import { workosProtocol } from "./protocol/workos.ts";
import { ledger } from "./refresh/ledger.ts";
import { type IssuerGrace, refreshPolicy } from "./refresh/policy.ts";
import { createRedeem } from "./refresh/redemption.ts";
import type { SessionStrategy, StrategyFactory } from "./refresh/strategy.ts";
import { createRoutes, type SessionRoutes } from "./routes.ts";
import { createSeal } from "./seal.ts";
import { createSignIn, type SignInRoutes } from "./sign-in.ts";
import { createSignOut, type SignOut } from "./sign-out.ts";
import { createSignOutTokens } from "./sign-out-token.ts";
import type { Store } from "./store/store.ts";
import type { Dialect } from "./token-answer.ts";

/** Seconds. Where the issuer does not say how long refresh tokens live: 30 days; it ends most sessions sooner. */
const DEFAULT_COOKIE_MAX_AGE = 30 * 24 * 60 * 60;
/** Milliseconds. One day: a cookie that is a little late, by whose clock ever, must still find that its session has been ended. */
const RETENTION = 24 * 60 * 60 * 1000;
/** What WorkOS grants a replay of a spent refresh token (field notes §1). Milliseconds. */
const WORKOS_GRACE: IssuerGrace = { duration: 30_000 };

interface AnyIssuer {
  /** Accepted `iss` values; WorkOS has had several shapes. */
  readonly issuers: readonly string[];
  readonly clientId: string;
  /** The public key set, baked at deploy time: a page load never asks the issuer for it. */
  readonly jwks?: JSONWebKeySet;
  /** Instead of `jwks`: where keys come from, for instance the baked ones and then the issuer's. */
  readonly keys?: KeySet;
  /** For how long the issuer answers a replay of a spent refresh token; null where it does not. */
  readonly grace?: IssuerGrace | null;
}

/** WorkOS, and who we are to it. Its grace is 30 s unless said otherwise. */
export interface WorkosIssuer extends AnyIssuer {
  readonly protocol?: "workos";
  /** Origin of the WorkOS API, for instance `https://api.workos.com`. */
  readonly origin: string;
  /** The WorkOS API key. */
  readonly clientSecret: string;
  /** Of a stand-in that behaves as another issuer does; default `standard`, which WorkOS speaks. */
  readonly dialect?: Dialect;
}

/** An OpenID provider whose access tokens are JWTs, and who we are to it. It has no grace unless said otherwise. */
export interface OidcIssuer extends AnyIssuer {
  readonly protocol: "oidc";
  /** The issuer identifier, from which discovery starts. */
  readonly issuer: string;
  readonly clientSecret: string;
  readonly clientAuthentication?: ClientAuthentication;
  /** Default `openid offline_access`. */
  readonly scope?: string;
  /** The `aud` of access tokens that name no client. */
  readonly audience?: string;
  readonly dialect?: Dialect;
}

/** What {@link createSession} needs. */
export interface SessionOptions {
  readonly ports: Ports;
  readonly issuer: WorkosIssuer | OidcIssuer;
  /** Where isolates meet. With `naive` and `single-flight` it only makes a sign-in happen once. */
  readonly store: Store;
  /** Where the issuer sends the browser back to. */
  readonly redirectUri: string;
  /** Where the browser lands after the issuer's logout. */
  readonly afterSignOut: string;
  /** Origins, beside the app's own, to which a sign-in may return. */
  readonly returnToOrigins?: readonly string[];
  /** Random strings of at least 32 characters that seal cookies and records: the newest, which seals, first. */
  readonly cookiePasswords: readonly string[];
  /**
   * Seconds; default {@link DEFAULT_COOKIE_MAX_AGE}. The lifetime of refresh tokens where the issuer's answers do not tell it as
   * `refresh_token_expires_in` or `refresh_expires_in`. Browsers keep the cookie for that long, and the store what it knows of a session.
   */
  readonly cookieMaxAge?: number;
  /** Milliseconds for which an older cookie is taken after a newer one was first seen; default one minute. */
  readonly adoptionWindow?: number;
  /** How concurrent refreshes come to terms; default `ledger`. */
  readonly strategy?: StrategyFactory;
}

/** Sessions of one isolate. */
export interface Session extends SignInRoutes {
  readonly authenticate: Authenticate;
  readonly signOut: SignOut;
  /** Does what was left undone: revocations that the issuer has not taken, records that have expired. Call it now and then. */
  readonly maintain: SessionStrategy["maintain"];
  readonly underWay: SessionStrategy["underWay"];
  /** `/login`, `/callback`, `/session` and `/logout`, ready to be mounted. */
  readonly routes: SessionRoutes;
}

/**
 * The session of a web app: a sealed cookie, signed claims, and no call to the issuer while the access token holds. All its
 * state is in what it returns and in the store.
 *
 * @throws SessionError `bad_options` when a password is too short, or an issuer, a client or the cookie's age is missing or blank.
 *
 * @example
 * ```ts
 * const session = createSession({
 *   ports,
 *   store: createMemoryStore(ports),
 *   issuer: { origin: "https://api.workos.com", issuers: ["https://api.workos.com"], clientId, clientSecret, jwks },
 *   redirectUri: "https://app.example/callback",
 *   afterSignOut: "https://app.example/",
 *   cookiePasswords: [password],
 * });
 * const who = await session.authenticate(request);
 * ```
 */
export function createSession(options: SessionOptions): Session {
  const { issuer, ports, store, redirectUri } = options;
  const maxAge = options.cookieMaxAge ?? DEFAULT_COOKIE_MAX_AGE;
  refuseBadOptions(options, maxAge);

  const seal = createSeal(options.cookiePasswords);
  const cookie = createSessionCookie({ seal, now: () => ports.now() });
  const expiryOf = createExpiry({ fallback: maxAge, ports });
  const protocol = protocolOf(options);
  const verify = createAccessTokenVerifier({
    keys: issuer.keys ?? createStaticKeySet(issuer.jwks ?? { keys: [] }),
    issuers: issuer.issuers,
    clientId: issuer.clientId,
    audience: issuer.protocol === "oidc" ? (issuer.audience ?? null) : null,
    sessionIdRequired: issuer.protocol !== "oidc",
    now: () => ports.now(),
  });
  const grace = issuer.grace === undefined && issuer.protocol !== "oidc" ? WORKOS_GRACE : (issuer.grace ?? null);
  const strategy = (options.strategy ?? ledger)({
    redeem: createRedeem(protocol, expiryOf),
    revoke: (session) => protocol.revoke(session),
    store,
    seal,
    policy: refreshPolicy(grace, options.adoptionWindow),
    retention: RETENTION,
    ports,
  });

  const origin = new URL(redirectUri).origin;
  const authenticate = createAuthenticator({ cookie, verify, strategy, origin, now: () => ports.now() });
  const returnToOrigins = options.returnToOrigins ?? [];
  const signIn = createSignIn({ protocol, redirectUri, returnToOrigins, verify, expiryOf, cookie, strategy, store, seal, ports });
  const signOut = createSignOut({ protocol, strategy, afterSignOut: options.afterSignOut, cookie });
  const tokens = createSignOutTokens({ seal, store, ports });
  return {
    authenticate,
    ...signIn,
    signOut,
    underWay: () => strategy.underWay(),
    maintain: () => strategy.maintain(),
    routes: createRoutes({ authenticate, ...signIn, signOut, tokens, cookie, redirectUri }),
  };
}

function protocolOf({ issuer, redirectUri, ports }: SessionOptions): Protocol {
  if (issuer.protocol !== "oidc") return workosProtocol({ ...issuer, redirectUri, ports });
  const { clientAuthentication = "client_secret_basic", scope = "openid offline_access", dialect = "standard" } = issuer;
  return oidcProtocol({ ...issuer, clientAuthentication, scope, dialect, redirectUri, ports });
}

function refuseBadOptions({ issuer }: SessionOptions, maxAge: number): void {
  refuseBlank("issuer.clientId", issuer.clientId);
  if (issuer.protocol !== "oidc" || issuer.clientAuthentication !== "none") refuseBlank("issuer.clientSecret", issuer.clientSecret);
  if (issuer.issuers.length === 0) throw new SessionError("bad_options", "expected at least one accepted iss in issuer.issuers, got none");
  for (const iss of issuer.issuers) refuseBlank("issuer.issuers", iss);
  if (issuer.jwks === undefined && issuer.keys === undefined) {
    throw new SessionError("bad_options", "expected issuer.jwks or issuer.keys, got neither");
  }
  if (!Number.isInteger(maxAge) || maxAge <= 0) {
    throw new SessionError("bad_options", `expected cookieMaxAge in whole seconds above 0, got ${maxAge}`);
  }
}

/** A blank id would compare equal to a blank claim. */
function refuseBlank(name: string, value: string): void {
  if (value.trim() === "") throw new SessionError("bad_options", `expected ${name} to be set, got a blank string`);
}
