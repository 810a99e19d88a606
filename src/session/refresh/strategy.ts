import type { Ports } from "../ports.ts";
import type { Seal } from "../seal.ts";
import type { SessionData, SessionReference } from "../session-data.ts";
import type { Store } from "../store/store.ts";
import type { TokenFault } from "../token-answer.ts";
import type { RefreshPolicy } from "./policy.ts";

/** Why a session is over. */
export type EndReason =
  /** Somebody signed out, here or elsewhere, or the browser signed in anew. */
  | "session_ended"
  /** A cookie came back after its window: it was stolen, or a thief holds its successor. */
  | "cookie_stolen"
  /** There is no record of it (any more). */
  | "session_unknown"
  /** The issuer rejected the newest refresh token. */
  | "refresh_rejected";

/** No verdict; the session stays as it is. `retryAfter` in seconds, null when nobody named any. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly said: string;
  readonly retryAfter: number | null;
}

/** What became of a refresh. */
export type RefreshOutcome =
  /** `session` replaces the one that was presented. */
  | { readonly kind: "rotated"; readonly session: SessionData }
  | Unavailable
  /** The session lives, but in another organization than the cookie's: the browser has a newer cookie and should use it. */
  | { readonly kind: "stale"; readonly because: "organization" }
  /** The definitive verdict on the newest generation. `said` may hold the issuer's own words. */
  | { readonly kind: "signed-out"; readonly reason: EndReason; readonly said: string };

/** What a refresh is for. */
export interface RefreshWish {
  /** The organization to switch to; null keeps the present one. */
  readonly organizationId: string | null;
}

/** What a strategy makes of a cookie, on each request and before anything is served. */
export type Admission =
  | {
      readonly kind: "admitted";
      readonly session: SessionData;
      /** The cookie is an older generation's; `session` is the newest, and the browser should get it. */
      readonly adopted: boolean;
      /** Never rejects. */
      refresh(wish?: RefreshWish): Promise<RefreshOutcome>;
    }
  | Exclude<RefreshOutcome, { readonly kind: "rotated" }>;

/** Whether the end of a session is stored for good. */
export type Ending = { readonly kind: "ended" } | Unavailable;

/** What a strategy is made of. */
export interface StrategyParts {
  readonly redeem: Redeem;
  readonly revoke: Revoke;
  readonly store: Store;
  readonly seal: Seal;
  readonly policy: RefreshPolicy;
  /** Milliseconds for which the store keeps what it knows of a session beyond the end of its last refresh token. */
  readonly retention: number;
  readonly ports: Pick<Ports, "now" | "wait">;
}

/** What `createSession` takes: makes the strategy of one isolate. */
export type StrategyFactory = (parts: StrategyParts) => SessionStrategy;

/** How requests that share a session come to terms with each other. One instance lives in one isolate. A fault is an answer too: no method rejects for one. */
export interface SessionStrategy {
  /** What the browser is given for a session. */
  cookieOf(session: SessionData): SessionReference;
  /** A sign-in has begun this session. */
  begin(session: SessionData): Promise<{ readonly kind: "begun" } | Unavailable>;
  /**
   * @param wish Given where the app's own page asks for a renewal. It is told in which organization the session is by now; any other
   * request must not find itself in another one than its cookie's.
   */
  admit(cookie: SessionReference, wish?: RefreshWish): Promise<Admission>;
  /** Ends a session for good: nobody is admitted with it any more, and the issuer is told, now or later. */
  end(cookie: SessionReference, reason: "session_ended" | "cookie_stolen"): Promise<Ending>;
  /** What requests of this isolate share at this moment, for tests and for diagnosis: by session and generation, and never a token. */
  underWay(): readonly string[];
  /** Does what was left undone: revocations that the issuer has not taken yet. Call it now and then, from anywhere. */
  maintain(): Promise<void>;
}

/** What came of presenting a refresh token. */
export type Redemption =
  | { readonly kind: "issued"; readonly successor: SessionData }
  | { readonly kind: "rejected"; readonly said: string }
  /** No verdict. */
  | TokenFault;

/**
 * Presents a session's refresh token to the issuer, once. Never rejects.
 *
 * @param limit Milliseconds after which the connection is ended: whether the issuer has acted is then not known.
 */
export type Redeem = (session: SessionData, wish: RefreshWish, limit: number) => Promise<Redemption>;

/** Tells the issuer that a session is over; false when it could not be told now. Never rejects. */
export type Revoke = (session: Pick<SessionData, "sessionId" | "refreshToken">) => Promise<boolean>;
