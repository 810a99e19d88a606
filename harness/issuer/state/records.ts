import type { Credential } from "../../model/credential.ts";
import type { EndCause } from "../../model/event.ts";
import type { Client, Surface } from "../options.ts";
import type { User } from "./directory.ts";

/** One sign-in of one person at the issuer. Moments in milliseconds since the epoch. */
export interface Session {
  readonly id: string;
  readonly user: User;
  /** How the person proved who they are, for instance `Password`, as WorkOS names it. */
  readonly method: string;
  readonly startedAt: number;
  readonly families: Family[];
  /** Why it was ended as a whole. The end of its families alone leaves the person signed in at the issuer. */
  ended: EndCause | null;
}

/** The refresh tokens that one exchange began. With WorkOS each sign-in has one session with one family. */
export interface Family {
  /** `F1`, `F2`, … in the order of their beginning. */
  readonly name: string;
  readonly session: Session;
  readonly client: Client;
  readonly surface: Surface;
  /** Space-separated; null where the surface has none. */
  readonly scope: string | null;
  /** That the tokens speak for; a refresh can change it. */
  organizationId: string | null;
  readonly startedAt: number;
  /** Of the last redemption that gave something. */
  usedAt: number;
  /** In the order in which they were issued. */
  readonly tokens: RefreshToken[];
  /** How many refresh tokens a generation has, and how many access tokens. */
  readonly issued: Map<number, number>;
  readonly minted: Map<number, number>;
  ended: EndCause | null;
}

export interface RefreshToken {
  readonly family: Family;
  /** The one whose redemption gave it; null for the sign-in's. */
  readonly parent: RefreshToken | null;
  readonly credential: Credential;
  readonly label: string;
  readonly secret: string;
  /** Begins its lifetime. */
  readonly issuedAt: number;
  /** The access tokens minted with it, the newest last. */
  readonly accessTokens: AccessToken[];
  spent: Spending | null;
  /** Late reuse of an ancestor took it, or of another family while its successor was being written. */
  revoked: boolean;
  /** An access token of it was presented. */
  used: boolean;
}

/** What a refresh token's first redemption left behind. */
export interface Spending {
  readonly at: number;
  /** Of the last redemption, replays included. */
  lastAt: number;
  /** Null while it is being written. */
  successor: RefreshToken | null;
  /** What the redemption asked for and got; null while it is being written. */
  given: { readonly organizationId: string | null; readonly scope: string | null } | null;
  /** What a replay can be answered with; null while it is being written, and when it is forgotten since no replay can get it any more. */
  answer: TokenPair | null;
  replays: number;
}

export interface AccessToken {
  readonly token: RefreshToken;
  readonly credential: Credential;
  /** Of its family, or what a refresh narrowed it to; null where the surface has none. */
  readonly scope: string | null;
  readonly expiresAt: number;
  /** Everything that it says is settled; only the signature may be outstanding. */
  readonly jwt: Promise<string>;
  revoked: boolean;
}

/** What a client gets. */
export interface TokenPair {
  readonly family: Family;
  /** Null when the one presented lives on and the profile leaves it out. */
  readonly refreshToken: string | null;
  readonly accessToken: AccessToken;
  /** That the access token speaks for. */
  readonly organizationId: string | null;
}
