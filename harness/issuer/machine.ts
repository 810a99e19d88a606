import { type Credential, credentialLabel } from "../model/credential.ts";
import type { EndCause, RedemptionOutcome } from "../model/event.ts";
import type { IssuerOptions, SeededUser } from "./options.ts";
import type { ReuseEffect } from "./profile.ts";
import { secretSource } from "./secrets.ts";

/** What a client gets. The access token may still wait for its signature; everything that it says is settled. */
export interface TokenPair {
  readonly user: SeededUser;
  readonly refreshToken: string;
  readonly accessToken: Promise<string>;
}

/** What came of a presented refresh token. */
export type Redemption =
  | { readonly kind: "issued"; readonly pair: TokenPair }
  | { readonly kind: "rejected"; readonly reason: "unknown" | "spent" | "ended" };

interface Session {
  readonly id: string;
  readonly user: SeededUser;
  /** One sign-in makes one session and one family of refresh tokens, so one record stands for both. */
  readonly family: string;
  readonly tokens: RefreshToken[];
  ended: EndCause | null;
}

interface RefreshToken {
  readonly session: Session;
  readonly credential: Credential;
  readonly label: string;
  readonly pair: TokenPair;
  /** The first redemption, or null while the token is live. */
  spent: { readonly at: number; readonly successor: RefreshToken } | null;
}

/**
 * The state machine behind every surface: sessions, families, generations, siblings. Each method is synchronous and therefore
 * atomic: of two requests with one token, one comes first, in the real world as in the simulated one.
 */
export interface Machine {
  /** Begins a session and issues generation 0 of a new family. */
  signIn(user: SeededUser): TokenPair;
  redeem(refreshToken: string): Redemption;
  /** Ends one session. Ending it again changes nothing. False when there is no such session. */
  endSession(id: string, cause: EndCause, detail: string): boolean;
  endSessions(user: SeededUser, cause: EndCause, detail: string): void;
  /** When the graces that are still open end. */
  deadlines(): number[];
  state(): unknown;
}

const REUSE_RULES: Record<Exclude<ReuseEffect, "error">, string> = {
  family: "late reuse revokes the family",
  user: "late reuse revokes every session of the user",
};

/** @param mint signs the access token of a credential; called synchronously, so that its claims are of this moment */
export function createMachine(options: IssuerOptions, mint: (credential: Credential) => Promise<string>): Machine {
  const { profile, journal } = options;
  const graceLength = (profile.grace?.seconds ?? 0) * 1000;
  const newSecret = secretSource(options.randomBytes);
  const sessions: Session[] = [];
  const tokens = new Map<string, RefreshToken>();

  function issue(session: Session, generation: number): RefreshToken {
    const sibling = session.tokens.filter((token) => token.credential.generation === generation).length;
    const place = { user: session.user.id, session: session.id, family: session.family, generation, sibling };
    const credential: Credential = { type: "refresh-token", ...place };
    const refreshToken = newSecret();
    const label = credentialLabel(credential);
    options.name(refreshToken, label, credential);
    const pair = { user: session.user, refreshToken, accessToken: mint({ ...credential, type: "access-token" }) };
    const token: RefreshToken = { session, credential, label, pair, spent: null };
    session.tokens.push(token);
    tokens.set(refreshToken, token);
    return token;
  }

  function issued(token: RefreshToken, outcome: RedemptionOutcome, successor: RefreshToken, detail: string): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome, successor: successor.credential, detail });
    return { kind: "issued", pair: successor.pair };
  }

  function rejected(token: RefreshToken, reason: "spent" | "ended", detail: string): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome: "rejected", successor: null, detail });
    return { kind: "rejected", reason };
  }

  function graceEnd(token: RefreshToken): number {
    return token.spent === null ? Number.NEGATIVE_INFINITY : token.spent.at + graceLength;
  }

  function replay(token: RefreshToken, first: RefreshToken): Redemption {
    const { grace, lateReuse, name } = profile;
    if (grace !== null && options.now() < graceEnd(token)) {
      const detail = `replayed within ${grace.seconds} s`;
      if (grace.answer === "same-pair") return issued(token, "replayed", first, detail);
      return issued(token, "sibling", issue(token.session, first.credential.generation), detail);
    }
    const why = grace === null ? "already exchanged, no grace" : `already exchanged, grace of ${grace.seconds} s over`;
    const redemption = rejected(token, "spent", why);
    if (lateReuse !== "error") {
      const detail = `${token.label} was reused; ${name}: ${REUSE_RULES[lateReuse]}`;
      if (lateReuse === "family") end(token.session, "reuse", detail);
      else endAll(token.session.user, "reuse", detail);
    }
    return redemption;
  }

  function end(session: Session, cause: EndCause, detail: string): void {
    if (session.ended !== null) return;
    session.ended = cause;
    journal({ type: "session-ended", user: session.user.id, session: session.id, family: session.family, cause, detail });
  }

  function endAll(user: SeededUser, cause: EndCause, detail: string): void {
    for (const session of sessions) if (session.user.id === user.id) end(session, cause, detail);
  }

  /** A live token is "live"; a spent one is the end of its grace, or "spent" once that has passed and its moment no longer matters. */
  function tokenState(token: RefreshToken, now: number): unknown {
    if (token.spent === null) return "live";
    return graceEnd(token) > now ? graceEnd(token) : "spent";
  }

  return {
    signIn(user) {
      const number = sessions.length + 1;
      const id = `session_01${String(number).padStart(24, "0")}`;
      const session: Session = { id, user, family: `F${number}`, tokens: [], ended: null };
      sessions.push(session);
      journal({ type: "session-started", user: user.id, session: session.id, family: session.family });
      return issue(session, 0).pair;
    },
    redeem(secret) {
      const token = tokens.get(secret);
      if (token === undefined) return { kind: "rejected", reason: "unknown" };
      if (token.session.ended !== null) return rejected(token, "ended", `its session has ended (${token.session.ended})`);
      if (token.spent !== null) return replay(token, token.spent.successor);
      const successor = issue(token.session, token.credential.generation + 1);
      token.spent = { at: options.now(), successor };
      return issued(token, "rotated", successor, "first redemption");
    },
    endSession(id, cause, detail) {
      const session = sessions.find((one) => one.id === id);
      if (session !== undefined) end(session, cause, detail);
      return session !== undefined;
    },
    endSessions: endAll,
    deadlines() {
      const now = options.now();
      const live = sessions.filter((session) => session.ended === null);
      return live.flatMap((session) => session.tokens.map(graceEnd).filter((moment) => moment > now));
    },
    state() {
      const now = options.now();
      return sessions.map(({ user, family, ended, tokens }) => ({
        family,
        user: user.id,
        ended,
        // All tokens of an ended session have one meaning, so which of them there are no longer tells states apart.
        tokens: ended === null ? tokens.map((token) => [token.label, tokenState(token, now)]) : [],
      }));
    },
  };
}
