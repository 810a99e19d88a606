import { type Credential, credentialLabel } from "../../model/credential.ts";
import type { EndCause, RedemptionOutcome } from "../../model/event.ts";
import type { Client, IssuerOptions, Surface } from "../options.ts";
import type { RejectionReason, ReuseEffect } from "../profile.ts";
import type { User } from "./directory.ts";
import type { AccessToken, Family, RefreshToken, Session } from "./records.ts";
import { type Decision, decide, expiries, graceEnds, type RefreshRequest } from "./rotation.ts";
import { secretSource } from "./secrets.ts";

/** What a client gets. */
export interface TokenPair {
  readonly family: Family;
  /** Null when the one presented lives on and the profile leaves it out. */
  readonly refreshToken: string | null;
  readonly accessToken: AccessToken;
}

/** What came of a presented refresh token. */
export type Redemption =
  | { readonly kind: "issued"; readonly pair: TokenPair }
  | { readonly kind: "rejected"; readonly reason: RejectionReason };

/** Who signs in, where, and for what. */
export interface SignIn {
  readonly user: User;
  readonly client: Client;
  readonly surface: Surface;
  readonly method: string;
  readonly organizationId: string | null;
  readonly scope: string | null;
  /** The issuer's session that this continues; null begins one. */
  readonly session: Session | null;
}

/** What to end: one family, all of a session, all of a user, or all that a user has with a client. */
export type Ending =
  | { readonly family: string }
  | { readonly session: string }
  | { readonly user: string }
  | { readonly user: string; readonly client: string };

/**
 * The state machine behind every surface: sessions, families, generations, siblings. Where storage takes no time each method is
 * one synchronous step and therefore atomic: of two requests with one token, one comes first, in the real world as in the
 * simulated one.
 */
export interface Machine {
  /** Begins a session of a person who has signed in at the issuer, before any client has tokens. */
  openSession(user: User, method: string): Session;
  /** Issues generation 0 of a new family. */
  signIn(signIn: SignIn): TokenPair;
  redeem(refreshToken: string, request: RefreshRequest): Promise<Redemption>;
  /** Ends what is meant; ending it again changes nothing. False when there is no such thing. */
  end(ending: Ending, cause: EndCause, detail: string): boolean;
  session(id: string): Session | undefined;
  readonly sessions: readonly Session[];
  /** What a refresh token is, whatever has become of it. */
  refreshToken(secret: string): RefreshToken | undefined;
  /** The access token of these bytes, if it is good now. Being presented counts as a use. */
  useAccessToken(jwt: string): AccessToken | undefined;
  /** The access token of these bytes, whatever has become of it. */
  accessToken(jwt: string): AccessToken | undefined;
  /** Ends one access token and nothing else. */
  revokeAccessToken(accessToken: AccessToken): void;
  /** Whether a refresh token would be redeemed now, grace aside. */
  isUsable(token: RefreshToken): boolean;
  /** Whether a session still has a family that lives. */
  isLive(session: Session): boolean;
  /** When graces that are still open end, and lifetimes of what lives. */
  deadlines(): number[];
  state(): unknown;
}

const REUSE_RULES: Readonly<Record<Exclude<ReuseEffect, "error">, string>> = {
  descendants: "late reuse revokes the tokens that came of it",
  family: "late reuse revokes the family",
  session: "late reuse ends the session",
  grant: "late reuse revokes the grant",
  "client-user": "late reuse revokes every session of the user",
};

/** @param mint signs the access token that comes with a refresh token; called synchronously, so that its claims are of this moment */
export function createMachine(
  options: IssuerOptions,
  mint: (credential: Credential, family: Family, scope: string | null) => { expiresAt: number; jwt: Promise<string> },
): Machine {
  const { profile, journal } = options;
  const newSecret = secretSource(options.randomBytes);
  const sessions: Session[] = [];
  const families: Family[] = [];
  const tokens = new Map<string, RefreshToken>();
  const accessTokens = new Map<string, AccessToken>();

  function issue(family: Family, generation: number): RefreshToken {
    const sibling = family.siblings.get(generation) ?? 0;
    family.siblings.set(generation, sibling + 1);
    const place = { user: family.session.user.id, session: family.session.id, family: family.name, generation, sibling };
    const credential: Credential = { type: "refresh-token", ...place };
    const secret = newSecret();
    const label = credentialLabel(credential);
    options.name(secret, label, credential);
    const fresh = { lifetimeFrom: options.now(), accessTokens: [], spent: null, revoked: false, used: false };
    const token: RefreshToken = { family, credential, label, secret, ...fresh };
    family.tokens.push(token);
    tokens.set(secret, token);
    return token;
  }

  function mintFor(token: RefreshToken, scope: string | null = token.family.scope): AccessToken {
    // A second access token of the same refresh token is told apart as a sibling is.
    const sibling = token.credential.sibling + token.accessTokens.length;
    const credential: Credential = { ...token.credential, type: "access-token", sibling };
    const accessToken: AccessToken = { token, scope, revoked: false, ...mint(credential, token.family, scope) };
    token.accessTokens.push(accessToken);
    accessToken.jwt.then(
      (jwt) => accessTokens.set(jwt, accessToken),
      // Whoever asked for the token is told.
      () => {},
    );
    return accessToken;
  }

  function issued(
    token: RefreshToken,
    outcome: RedemptionOutcome,
    given: RefreshToken,
    accessToken: AccessToken,
    detail: string,
  ): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome, successor: given.credential, detail });
    const omitted = outcome === "kept" && profile.omitsUnchangedToken;
    return { kind: "issued", pair: { family: token.family, refreshToken: omitted ? null : given.secret, accessToken } };
  }

  function rejected(token: RefreshToken, { reason, effect, detail }: Extract<Decision, { do: "reject" }>): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome: "rejected", successor: null, detail });
    if (reason === "expired" && token.spent === null) endAll([token.family], "expiry", detail);
    if (effect !== "error") punish(token, effect);
    return { kind: "rejected", reason };
  }

  function punish(token: RefreshToken, effect: Exclude<ReuseEffect, "error">): void {
    const detail = `${token.label} was reused; ${profile.name}: ${REUSE_RULES[effect]}`;
    const { session, client } = token.family;
    if (effect === "session") session.ended ??= "reuse";
    if (effect === "descendants") {
      revokeDescendants(token, detail);
      return;
    }
    const reach: Record<typeof effect, (family: Family) => boolean> = {
      family: (family) => family === token.family,
      session: (family) => family.session === session,
      grant: (family) => family.session === session && family.client === client,
      "client-user": (family) => family.session.user === session.user && family.client === client,
    };
    endAll(families.filter(reach[effect]), "reuse", detail);
  }

  function revokeDescendants(token: RefreshToken, detail: string): void {
    const { generation } = token.credential;
    for (const one of token.family.tokens) if (one === token || one.credential.generation > generation) one.revoked = true;
    if (token.family.tokens.every((one) => one.revoked || one.spent !== null)) endAll([token.family], "reuse", detail);
  }

  function rotate(token: RefreshToken, organizationId: string | null, scope?: string): Redemption {
    const successor = issue(token.family, token.credential.generation + 1);
    const accessToken = mintFor(successor, scope);
    const stored = options.storage === undefined;
    token.spent = { at: options.now(), successor, accessToken, organizationId, stored, replays: 0 };
    if (profile.endsAccessToken) for (const old of token.accessTokens) old.revoked = true;
    return issued(token, "rotated", successor, accessToken, "first redemption");
  }

  function keep(token: RefreshToken, scope?: string): Redemption {
    if (profile.lifetimes.sliding) token.lifetimeFrom = options.now();
    return issued(token, "kept", token, mintFor(token, scope), "not rotated");
  }

  function replay(token: RefreshToken, { rule, spent }: Extract<Decision, { do: "replay" }>, scope?: string): Redemption {
    spent.replays++;
    const detail = rule.seconds === null ? "replayed" : `replayed within ${rule.seconds} s`;
    switch (rule.answer) {
      case "same-pair":
        return issued(token, "replayed", spent.successor, spent.accessToken, detail);
      case "same-refresh-token": {
        const newest = token.family.tokens.findLast((one) => one.spent === null) ?? spent.successor;
        return issued(token, "replayed", newest, mintFor(newest, scope), detail);
      }
      case "sibling":
        return sibling(token, spent.successor, detail, scope);
    }
  }

  function sibling(token: RefreshToken, successor: RefreshToken, detail: string, scope?: string): Redemption {
    const twin = issue(token.family, successor.credential.generation);
    return issued(token, "sibling", twin, mintFor(twin, scope), detail);
  }

  function act(token: RefreshToken, decision: Exclude<Decision, { do: "reject" }>, request: RefreshRequest): Redemption {
    const { family } = token;
    family.usedAt = options.now();
    family.organizationId = request.organizationId ?? family.organizationId;
    token.used = true;
    switch (decision.do) {
      case "rotate":
        return rotate(token, family.organizationId, request.scope);
      case "keep":
        return keep(token, request.scope);
      case "replay":
        return replay(token, decision, request.scope);
      case "fork":
        return sibling(token, decision.spent.successor, "redeemed twice at once", request.scope);
    }
  }

  function endAll(which: readonly Family[], cause: EndCause, detail: string): void {
    for (const family of which) {
      if (family.ended !== null) continue;
      family.ended = cause;
      const { session, name } = family;
      journal({ type: "session-ended", user: session.user.id, session: session.id, family: name, cause, detail });
    }
  }

  function openSession(user: User, method: string): Session {
    const id = `session_01${String(sessions.length + 1).padStart(24, "0")}`;
    const session: Session = { id, user, method, startedAt: options.now(), families: [], ended: null };
    sessions.push(session);
    return session;
  }

  /** Sessions that end as a whole: the person is no longer signed in at the issuer either. */
  function endSessions(ending: Ending, cause: EndCause): boolean {
    if ("client" in ending || "family" in ending) return false;
    const which = sessions.filter(({ id, user }) => ("session" in ending ? id === ending.session : user.id === ending.user));
    for (const session of which) session.ended ??= cause;
    return which.length > 0;
  }

  function isMeant(ending: Ending, { name, session, client }: Family): boolean {
    if ("family" in ending) return name === ending.family;
    if ("session" in ending) return session.id === ending.session;
    return session.user.id === ending.user && (!("client" in ending) || client.id === ending.client);
  }

  function makeRoom(user: User, client: Client): void {
    if (profile.familyCap === null) return;
    const own = families.filter((family) => family.ended === null && family.session.user === user && family.client === client);
    const surplus = own.slice(0, Math.max(0, own.length - profile.familyCap + 1));
    endAll(surplus, "expiry", `${profile.name} keeps ${profile.familyCap} families of a user and a client`);
  }

  /** A live token is "live"; a spent one is the end of its grace, or "spent" once that has passed and its moment no longer matters. */
  function tokenState(token: RefreshToken, now: number): unknown {
    if (token.revoked) return "revoked";
    if (token.spent === null) return profile.lifetimes.sliding ? ["live", token.lifetimeFrom] : "live";
    const open = graceEnds(profile, token.spent).filter((moment) => moment > now);
    if (open.length > 0) return Math.max(...open);
    return profile.grace.some(({ seconds }) => seconds === null) ? ["spent", token.spent.replays, token.spent.successor.used] : "spent";
  }

  return {
    sessions,
    openSession,
    signIn({ user, client, surface, method, organizationId, scope, session: known }) {
      makeRoom(user, client);
      const now = options.now();
      const session = known ?? openSession(user, method);
      const name = `F${families.length + 1}`;
      const about = { name, session, client, surface, scope, organizationId };
      const family: Family = { ...about, startedAt: now, usedAt: now, tokens: [], siblings: new Map(), ended: null };
      families.push(family);
      session.families.push(family);
      user.lastSignInAt = now;
      journal({ type: "session-started", user: user.id, session: session.id, family: name });
      const token = issue(family, 0);
      return { family, refreshToken: token.secret, accessToken: mintFor(token) };
    },
    async redeem(secret, request) {
      const token = tokens.get(secret);
      if (token === undefined) return { kind: "rejected", reason: "unknown" };
      let wasSpent = token.spent !== null;
      // One that waits behind a lock reads what its holder has written.
      if (options.storage !== undefined && profile.concurrency !== "atomic") await options.storage();
      else wasSpent = token.spent !== null;
      const decision = decide(profile, token, request, wasSpent, options.now());
      if (decision.do === "reject") return rejected(token, decision);
      const redemption = act(token, decision, request);
      if (token.spent !== null && !token.spent.stored && decision.do === "rotate") {
        if (profile.concurrency === "compare-and-swap") await options.storage?.();
        token.spent.stored = true;
      }
      return redemption;
    },
    end(ending, cause, detail) {
      const isSession = endSessions(ending, cause);
      const which = families.filter((family) => isMeant(ending, family));
      endAll(which, cause, detail);
      return isSession || which.length > 0;
    },
    session: (id) => sessions.find((one) => one.id === id),
    refreshToken: (secret) => tokens.get(secret),
    useAccessToken(jwt) {
      const accessToken = accessTokens.get(jwt);
      if (accessToken === undefined || accessToken.revoked || accessToken.expiresAt <= options.now()) return undefined;
      if (accessToken.token.family.ended !== null) return undefined;
      accessToken.token.used = true;
      return accessToken;
    },
    accessToken: (jwt) => accessTokens.get(jwt),
    revokeAccessToken(accessToken) {
      accessToken.revoked = true;
    },
    isUsable(token) {
      const request = { clientId: token.family.client.id, organizationId: null };
      const decision = decide(profile, token, request, token.spent !== null, options.now());
      return decision.do === "rotate" || decision.do === "keep";
    },
    isLive: ({ families: own }) => own.some((family) => family.ended === null),
    deadlines() {
      const now = options.now();
      const live = families.filter((family) => family.ended === null);
      const moments = live.flatMap((family) =>
        family.tokens.flatMap((token) =>
          token.spent === null ? expiries(profile, family, token).map(({ at }) => at) : graceEnds(profile, token.spent),
        ),
      );
      return moments.filter((moment) => moment > now);
    },
    state() {
      const now = options.now();
      return families.map((family) => ({
        family: family.name,
        user: family.session.user.id,
        ended: family.ended,
        // All tokens of an ended session have one meaning, so which of them there are no longer tells states apart.
        tokens: family.ended === null ? family.tokens.map((token) => [token.label, tokenState(token, now)]) : [],
        ...(profile.lifetimes.inactivity === null ? {} : { usedAt: family.usedAt }),
        ...(family.organizationId === null ? {} : { organization: family.organizationId }),
      }));
    },
  };
}
