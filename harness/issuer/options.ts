import type { JWK } from "jose";
import type { Credential } from "../model/credential.ts";
import type { EventBody } from "../model/event.ts";
import type { Profile } from "./profile.ts";

/** A person who can sign in from the start. Emails tell people apart, whatever their case. */
export interface SeededUser {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A private RSA key for RS256. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
}

/** What an issuer tells of itself. */
export type IssuerEvent = Extract<EventBody, { type: "session-started" | "session-ended" | "token-redeemed" }>;

/** All that an issuer is given. It has no clock, no randomness and no key of its own. */
export interface IssuerOptions {
  readonly profile: Profile;
  /** Where it is reached, for instance `https://api.workos.test`. It answers no request to another origin. */
  readonly origin: string;
  /** The `iss` of its access tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** The API key, which is the client secret too. */
  readonly apiKey: string;
  /** Milliseconds; at least 1000, since `exp` counts whole seconds. */
  readonly accessTokenLifetime: number;
  readonly users: readonly SeededUser[];
  /** The first one signs; all are published. */
  readonly keys: readonly SigningKey[];
  /** Milliseconds since the epoch. */
  now(): number;
  randomBytes(length: number): Uint8Array;
  /** Called for every secret as it is minted (access token, refresh token, code), so that traces can name it. */
  name(secret: string, label: string, subject?: Credential): void;
  /** Told of everything that happens, as it happens, causes before effects. */
  journal(entry: IssuerEvent): void;
}
