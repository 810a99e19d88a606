import type { JSONWebKeySet } from "jose";
import { createAccessTokenVerifier } from "./access-token.ts";
import { type Authenticate, createAuthenticator } from "./authenticate.ts";
import { createSessionCookie } from "./cookie.ts";
import { SessionError } from "./error.ts";
import type { Ports } from "./ports.ts";
import { createRedemption } from "./refresh/redemption.ts";
import type { RefreshStrategyFactory } from "./refresh/strategy.ts";
import { createSignIn, type SignInRoutes } from "./sign-in.ts";
import { createSignOut, type SignOut } from "./sign-out.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";

/** Seconds. A browser keeps the cookie for 30 days after the last rotation; the issuer ends most sessions sooner. */
const DEFAULT_COOKIE_MAX_AGE = 30 * 24 * 60 * 60;

/** The issuer, and who we are to it. */
export interface IssuerOptions {
  /** Origin of the WorkOS API, for instance `https://api.workos.com`. */
  readonly origin: string;
  /** Accepted `iss` values; WorkOS has had several shapes. */
  readonly issuers: readonly string[];
  readonly clientId: string;
  /** The WorkOS API key. */
  readonly clientSecret: string;
  /** The public key set, baked at deploy time: a page load never asks the issuer for it. */
  readonly jwks: JSONWebKeySet;
}

/** What {@link createSession} needs. */
export interface SessionOptions {
  readonly ports: Ports;
  readonly issuer: IssuerOptions;
  /** Where the issuer sends the browser back to. */
  readonly redirectUri: string;
  /** Where the browser lands after the issuer's logout. */
  readonly afterSignOut: string;
  /** Random strings of at least 32 characters that seal the cookie: the newest, which seals, first. */
  readonly cookiePasswords: readonly string[];
  /** Seconds; default {@link DEFAULT_COOKIE_MAX_AGE}. It should outlive the refresh token. */
  readonly cookieMaxAge?: number;
  /** How concurrent refreshes come to terms. */
  readonly strategy: RefreshStrategyFactory;
}

/** Sessions of one isolate. */
export interface Session extends SignInRoutes {
  readonly authenticate: Authenticate;
  readonly signOut: SignOut;
}

/**
 * The session of a web app: a sealed cookie, signed claims, and no call to the issuer while the access token holds. All its
 * state is in what it returns.
 *
 * @throws SessionError `bad_options` when a password is too short, or an issuer, a client or the cookie's age is missing or blank.
 *
 * @example
 * ```ts
 * const session = createSession({
 *   ports: { fetch, now: Date.now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
 *   issuer: { origin: "https://api.workos.com", issuers: ["https://api.workos.com"], clientId, clientSecret, jwks },
 *   redirectUri: "https://app.example/callback",
 *   afterSignOut: "https://app.example/",
 *   cookiePasswords: [password],
 *   strategy: singleFlight,
 * });
 * const who = await session.authenticate(request);
 * ```
 */
export function createSession(options: SessionOptions): Session {
  const { issuer, ports } = options;
  const maxAge = options.cookieMaxAge ?? DEFAULT_COOKIE_MAX_AGE;
  refuseBlank("issuer.clientId", issuer.clientId);
  refuseBlank("issuer.clientSecret", issuer.clientSecret);
  if (issuer.issuers.length === 0) throw new SessionError("bad_options", "expected at least one accepted iss in issuer.issuers, got none");
  for (const iss of issuer.issuers) refuseBlank("issuer.issuers", iss);
  if (!Number.isInteger(maxAge) || maxAge <= 0) {
    throw new SessionError("bad_options", `expected cookieMaxAge in whole seconds above 0, got ${maxAge}`);
  }

  const cookie = createSessionCookie({ passwords: options.cookiePasswords, maxAge });
  const verify = createAccessTokenVerifier({ ...issuer, now: () => ports.now() });
  const endpoint = createTokenEndpoint({ ...issuer, ports });
  const strategy = options.strategy(createRedemption(endpoint));
  const { clientId, origin: issuerOrigin } = issuer;

  return {
    authenticate: createAuthenticator({ cookie, verify, strategy, now: () => ports.now() }),
    ...createSignIn({ issuerOrigin, clientId, redirectUri: options.redirectUri, endpoint, verify, cookie, ports }),
    signOut: createSignOut({ issuerOrigin, afterSignOut: options.afterSignOut, cookie }),
  };
}

/** A blank id would compare equal to a blank claim. */
function refuseBlank(name: string, value: string): void {
  if (value.trim() === "") throw new SessionError("bad_options", `expected ${name} to be set, got a blank string`);
}
