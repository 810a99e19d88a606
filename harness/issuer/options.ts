import type { JWK } from "jose";
import type { Credential } from "../model/credential.ts";
import type { EventBody } from "../model/event.ts";
import type { Profile } from "./profile.ts";

/** An API that the issuer speaks: WorkOS', or OpenID Connect's. */
export type Surface = "workos" | "oidc";

/** A person who can sign in from the start. Emails tell people apart, whatever their case. */
export interface SeededUser {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** For the password grant and the sign-in page; without one, only a one-time code or a `login_hint` signs in. */
  readonly password?: string;
}

/** An organization, and the projects that its members see in their claims. */
export interface SeededOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly projects?: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
}

/** Who belongs to which organization, and as what. */
export interface SeededMembership {
  readonly userId: string;
  readonly organizationId: string;
  /** The slug of the role, for instance `admin`. */
  readonly role: string;
  readonly permissions?: readonly string[];
}

/** An application that may use the OIDC surface. */
export interface Client {
  readonly id: string;
  /** Null: a public client, which authenticates with `none`. */
  readonly secret: string | null;
  /** Null: any http(s) URL, as befits a test. Else exact strings (RFC 9700 §2.1). */
  readonly redirectUris: readonly string[] | null;
  readonly postLogoutRedirectUris: readonly string[] | null;
  /** Where the end of a session is announced (OIDC Back-Channel Logout 1.0). */
  readonly backchannelLogoutUri?: string;
  /** Whether people are asked before it gets tokens of theirs. They are not unless this is true, or `prompt=consent` asks for it. */
  readonly asksConsent?: boolean;
}

/** A private RSA key for RS256. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
}

/** A signature of these bytes by RS256 (RFC 7518 §3.3). */
export type Rs256 = (data: string, key: SigningKey) => Promise<Uint8Array>;

/** Claims that an access token carries beyond those of the surface. */
export type CustomClaim = "email" | "organizations" | "projects";

/** What an issuer tells of itself. */
export type IssuerEvent = Extract<EventBody, { type: "session-started" | "session-ended" | "token-redeemed" }>;

/** All that an issuer is given. It has no clock, no randomness and no key of its own. */
export interface IssuerOptions {
  readonly profile: Profile;
  /** Where it is reached, for instance `https://api.workos.test`. It answers no request to another origin. */
  readonly origin: string;
  /** The `iss` of the WorkOS surface's access tokens. The OIDC surface's `iss` is the origin. */
  readonly issuer: string;
  /** The WorkOS client, which the OIDC surface knows too. */
  readonly clientId: string;
  /** The API key, which is the client secret too. */
  readonly apiKey: string;
  /** Which surfaces answer; both unless given. */
  readonly surfaces?: readonly Surface[];
  /**
   * Whether there are sign-in pages and sessions that a browser keeps in a cookie; so it is unless this is false. Without them a
   * `login_hint` approves at once, every sign-in stands alone, and whoever is not known from the hint is refused as `login_required`.
   */
  readonly interactive?: boolean;
  /** More clients of the OIDC surface. */
  readonly clients?: readonly Client[];
  /** Milliseconds; at least 1000, since `exp` counts whole seconds. */
  readonly accessTokenLifetime: number;
  readonly users: readonly SeededUser[];
  readonly organizations?: readonly SeededOrganization[];
  readonly memberships?: readonly SeededMembership[];
  readonly customClaims?: readonly CustomClaim[];
  /** The `aud` of the WorkOS surface's access tokens; none in production, hence none unless given. */
  readonly audience?: string;
  /**
   * What a POST with the `Idempotency-Key` of an equal one before it gets: `replayed` is the first one's answer, for 24 hours.
   * `ignored` unless given: WorkOS documents the header for audit-log events alone, though its Node SDK sends it with every POST.
   * What is kept to be replayed is no part of the issuer's `state`.
   */
  readonly idempotencyKeys?: "ignored" | "replayed";
  /** The first one signs; all are published; rotations take the next. */
  readonly keys: readonly SigningKey[];
  /** Makes a key for a rotation when all of `keys` have signed. Not given: such a rotation is refused. */
  newKey?(): Promise<SigningKey>;
  /** Computes signatures. Not given: WebCrypto does. */
  readonly rs256?: Rs256;
  /** Milliseconds since the epoch. */
  now(): number;
  randomBytes(length: number): Uint8Array;
  /**
   * Awaited between what the issuer reads of a refresh token and what it writes of it, so that requests can come in between;
   * what happens then is the profile's `concurrency`. Not given: a redemption is one step.
   */
  storage?(): Promise<void>;
  /** Resolves so many milliseconds later. Not given: no fault can be slow. */
  wait?(ms: number): Promise<void>;
  /** How many entries the journal of requests keeps. Not given: there is none, and requests are not looked at. */
  readonly journalSize?: number;
  /** Called for every secret as it is minted (access token, refresh token, code), so that traces can name it. */
  name(secret: string, label: string, subject?: Credential): void;
  /** Told of everything that happens, as it happens, causes before effects. */
  journal(entry: IssuerEvent): void;
  /**
   * Delivers the logout tokens of back-channel logout. Nobody waits for it, its answer is not read, and its failure is nobody's.
   * Not given: nothing is announced.
   */
  notify?(request: Request): Promise<Response>;
}
