import type { Credential } from "./credential.ts";

/** What a target's answer means to the person in front of the browser. */
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/**
 * - `signed-in`: the page, as somebody.
 * - `signed-out`: the way to sign in; a session that lived is now lost to its user.
 * - `stale`: the session lives, but this request may not renew it.
 * - `unavailable`: try again later; no verdict on the session.
 * - `other`: anything else, for instance a bare 500. For a live session and without a fault that is an error of the target.
 */
export const ANSWER_KINDS = ["signed-in", "signed-out", "stale", "unavailable", "other"] as const;

/**
 * What a request is for: a page, a page that the browser only guesses somebody will want, the beginning of a WebSocket, or a renewal
 * that somebody asked for, whatever her access token is worth.
 */
export type Purpose = "page" | "prefetch" | "upgrade" | "renewal";

/** One cookie of a jar that holds a refresh token, or a piece of one. */
export interface HeldCookie {
  readonly name: string;
  readonly holds: Credential;
}

/** Why a session came to its end. The first four are legitimate; `reuse` is the issuer's own suspicion. */
export type EndCause = "user" | "admin" | "expiry" | "theft" | "reuse";

/** What the issuer did with one presented refresh token. */
export type RedemptionOutcome =
  /** First redemption: a successor was issued. */
  | "rotated"
  /** The token lives on: the issuer does not rotate it, or not yet. */
  | "kept"
  /** A replay that the profile answers with the successor issued before. */
  | "replayed"
  /** A replay that the profile answers with another token of the successor's generation. */
  | "sibling"
  /** `invalid_grant` or the profile's like. */
  | "rejected";

/** What came back to the client that presented a refresh token. */
export type RedemptionAnswer =
  | { readonly kind: "issued"; readonly successor: Credential }
  | { readonly kind: "rejected" }
  /** An infrastructure fault: 408, 429, 5xx, a body that does not parse, or no answer at all. */
  | {
      readonly kind: "fault";
      readonly detail: string;
      /** The successor that the answer carried when it was destroyed on its way. */
      readonly lost?: Credential;
    };

interface Stamp {
  /** The step in which it happened; 0 is before the first. */
  readonly step: number;
  /** Virtual time, milliseconds since the epoch. */
  readonly at: number;
}

/** The ground truth that monitors see: the issuer's journal, the jars, the wire. Never a target's own opinion. */
export type Event = Stamp & EventBody;

export type EventBody =
  /** A browser sent a page request. `held` is the refresh token in its jar at that moment. */
  | {
      readonly type: "load-sent";
      readonly load: string;
      readonly tab: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
      readonly purpose: Purpose;
      /** Who sent it had no right to: what is wrong with what it presents, see `fixtures/tokens`; null for everybody else. */
      readonly forged: string | null;
      readonly held: Credential | null;
    }
  /** The answer reached the browser, after its `Set-Cookie` was applied. `mentions` are the users whose id or email the body shows. */
  | {
      readonly type: "load-answered";
      readonly load: string;
      readonly tab: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
      readonly purpose: Purpose;
      readonly answer: AnswerKind;
      readonly status: number;
      /** Whether the answer sets or removes a cookie, used or not. */
      readonly setsCookie: boolean;
      /** How often the browser was sent elsewhere within the app before this answer. */
      readonly redirects: number;
      readonly held: Credential | null;
      readonly sentAt: number;
      readonly mentions: readonly string[];
    }
  /** The app sends the browser of a load elsewhere within itself, and it goes there. `redirects` are these, so far. */
  | {
      readonly type: "load-redirected";
      readonly load: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
      readonly redirects: number;
    }
  /** No answer reached the browser; nothing of one was applied. */
  | {
      readonly type: "load-lost";
      /** Whether the browser was left without, or has given up waiting. */
      readonly why: "no-answer" | "aborted";
      readonly load: string;
      readonly tab: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
    }
  /** A person asks to be signed out. `held` is the refresh token in the jar at that moment. */
  | {
      readonly type: "logout-sent";
      readonly load: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
      readonly held: Credential | null;
    }
  /** The answer to that reached the browser, after its `Set-Cookie` was applied, or it is known that none will. */
  | {
      readonly type: "logout-answered";
      readonly load: string;
      readonly jar: string;
      readonly user: string;
      readonly isolate: string;
      readonly held: Credential | null;
      /** The app says that it is done: the answer is no error. */
      readonly confirmed: boolean;
      /** Null where no answer came. */
      readonly status: number | null;
    }
  /** An isolate is asked to do what was left undone. */
  | { readonly type: "maintenance-sent"; readonly isolate: string }
  /** It says that it has. */
  | { readonly type: "maintenance-done"; readonly isolate: string }
  /** A jar's refresh token changed. `after` is null when the cookie was cleared. */
  | {
      readonly type: "jar-changed";
      readonly jar: string;
      readonly user: string;
      readonly load: string;
      /** Whose answer did it; null where time did. */
      readonly isolate: string | null;
      readonly before: Credential | null;
      readonly after: Credential | null;
      /** When the first of the cookies ends that hold `after` (ms since the epoch); null where it ends with the browser, or there is none. */
      readonly until: number | null;
    }
  /** An answer changed which cookies of a jar hold refresh tokens, or which. All of these, in the order in which they are sent. */
  | {
      readonly type: "cookies-changed";
      readonly jar: string;
      readonly user: string;
      readonly load: string;
      readonly cookies: readonly HeldCookie[];
    }
  /** Somebody copied a jar, and has the copy in a jar of their own. */
  | {
      readonly type: "cookie-stolen";
      readonly jar: string;
      readonly from: string;
      readonly user: string;
      readonly token: Credential | null;
    }
  /** An isolate asked the issuer for something, on behalf of a load or of nobody. `path` has no ids or secrets in it. */
  | { readonly type: "issuer-called"; readonly isolate: string; readonly load: string | null; readonly path: string }
  /** An isolate asked the issuer to end a session. */
  | { readonly type: "revocation-asked"; readonly isolate: string; readonly load: string | null; readonly session: string }
  /** An isolate put a refresh token on the wire. */
  | { readonly type: "token-presented"; readonly token: Credential; readonly isolate: string; readonly load: string | null }
  /** The wire delivers once more what an isolate has presented once. The issuer deals with it in the same step. */
  | { readonly type: "token-repeated"; readonly token: Credential; readonly isolate: string; readonly load: string | null }
  /** The issuer processed a presented refresh token. */
  | {
      readonly type: "token-redeemed";
      readonly token: Credential;
      readonly outcome: RedemptionOutcome;
      readonly successor: Credential | null;
      readonly detail: string;
    }
  /** The outcome of a presentation reached the isolate. */
  | {
      readonly type: "token-answered";
      readonly token: Credential;
      readonly isolate: string;
      readonly load: string | null;
      readonly answer: RedemptionAnswer;
    }
  /** The isolate has had the answer to one of two copies of its presentation; the other one's finds nobody, with the successor in it. */
  | {
      readonly type: "answer-discarded";
      readonly token: Credential;
      readonly isolate: string;
      readonly load: string | null;
      readonly lost: Credential | null;
    }
  /** A sign-in began a session. */
  | { readonly type: "session-started"; readonly user: string; readonly session: string; readonly family: string }
  /** The issuer ended a session. */
  | {
      readonly type: "session-ended";
      readonly user: string;
      readonly session: string;
      readonly family: string;
      readonly cause: EndCause;
      readonly detail: string;
    }
  /** An isolate wrote into the store what contains this refresh token, the newest of several. */
  | {
      readonly type: "token-stored";
      readonly token: Credential;
      readonly isolate: string;
      /** The kind of record: what its key begins with, for instance `session`. */
      readonly record: string;
    }
  /** An isolate was killed: whatever only its heap held is gone. */
  | { readonly type: "isolate-killed"; readonly isolate: string }
  /** An isolate that served nobody was dropped; its next request starts it cold. */
  | { readonly type: "isolate-dropped"; readonly isolate: string }
  /** Another key signs access tokens from now on, or the key set is another. Keys by their `kid`. */
  | {
      readonly type: "keys-changed";
      readonly signs: string;
      readonly published: readonly string[];
      /** The keys that isolates were deployed with. */
      readonly baked: readonly string[];
    }
  /** From now on faults may happen, or time may pass while something is in flight. */
  | { readonly type: "faults-began" }
  /** Nothing fails any more. */
  | { readonly type: "faults-ended" }
  /** Nothing can happen any more, and these loads have no answer. */
  | { readonly type: "loads-stuck"; readonly loads: readonly string[] }
  /** The explorer chose a fault. */
  | { readonly type: "fault"; readonly fault: string; readonly detail: string }
  /** A request that may write was sent to an isolate. A repetition is a request of its own, and has the same key; null where it needs none. */
  | {
      readonly type: "request-sent";
      readonly request: string;
      readonly user: string;
      readonly key: string | null;
      readonly isolate: string;
    }
  /** It was answered. `answer` is equal for equal answers. */
  | {
      readonly type: "request-answered";
      readonly request: string;
      readonly user: string;
      readonly key: string | null;
      readonly isolate: string;
      readonly answer: string;
      /** The users whose id or email it shows, where somebody has looked. */
      readonly mentions?: readonly string[];
    }
  /** It was refused, or its answer was lost: `reason` says which. */
  | {
      readonly type: "request-failed";
      readonly request: string;
      readonly user: string;
      readonly key: string | null;
      readonly reason: string;
    }
  /** A transaction was committed and has changed what is stored. `exposed` names the secrets that stand there in clear. */
  | {
      readonly type: "committed";
      readonly isolate: string;
      readonly request: string | null;
      readonly stored: Stored;
      readonly exposed: readonly string[];
    }
  /** The last event of a run: nothing is in flight any more. */
  | { readonly type: "run-ended" };

/** What is stored of tenants, as far as monitors look at it. */
export interface Stored {
  readonly workspaces: readonly { readonly id: string; readonly user: string }[];
  readonly members: readonly { readonly id: string; readonly workspace: string; readonly user: string }[];
  readonly apiKeys: readonly {
    readonly id: string;
    readonly workspace: string;
    readonly isDefault: boolean;
    readonly isRevoked: boolean;
  }[];
  readonly events: readonly { readonly type: string; readonly workspace: string; readonly subject: string }[];
  /** Idempotency records; one without an answer is in flight. */
  readonly records: readonly { readonly key: string; readonly subject: string; readonly isAnswered: boolean }[];
}

/** One kind of event, for instance `EventOf<"load-answered">`. */
export type EventOf<T extends EventBody["type"]> = Extract<Event, { readonly type: T }>;
