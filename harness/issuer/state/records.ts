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
  readonly tokens: RefreshToken[];
  /** How many tokens a generation has. */
  readonly siblings: Map<number, number>;
  ended: EndCause | null;
}

export interface RefreshToken {
  readonly family: Family;
  readonly credential: Credential;
  readonly label: string;
  readonly secret: string;
  /** Begins its lifetime; a use may begin it anew. */
  lifetimeFrom: number;
  /** The access tokens minted with it, the newest last. */
  readonly accessTokens: AccessToken[];
  spent: Spending | null;
  /** Late reuse of an ancestor took it. */
  revoked: boolean;
  /** It, or an access token of it, was presented. */
  used: boolean;
}

/** The first redemption of a refresh token. */
export interface Spending {
  readonly at: number;
  readonly successor: RefreshToken;
  /** What the first redemption answered with. */
  readonly accessToken: AccessToken;
  readonly organizationId: string | null;
  /** A replay finds it: from the beginning, unless storage takes time. */
  stored: boolean;
  replays: number;
}

export interface AccessToken {
  readonly token: RefreshToken;
  /** Of its family, or what a refresh narrowed it to; null where the surface has none. */
  readonly scope: string | null;
  readonly expiresAt: number;
  /** Everything that it says is settled; only the signature may be outstanding. */
  readonly jwt: Promise<string>;
  revoked: boolean;
}
