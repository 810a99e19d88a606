import { type Credential, credentialLabel } from "../../model/credential.ts";
import type { EndCause, RedemptionOutcome } from "../../model/event.ts";
import type { Client, IssuerOptions, Surface } from "../options.ts";
import type { RejectionReason, ReuseEffect } from "../profile.ts";
import { createAccessTokens } from "./access-tokens.ts";
import type { User } from "./directory.ts";
import type { AccessToken, Family, RefreshToken, Session, Spending, TokenPair } from "./records.ts";
import { descendantsOf, isReached, isWriting, REUSE_RULES } from "./reuse.ts";
import { type Decision, decide, hasLiveToken, isLiveToken, newestOf, type RefreshRequest } from "./rotation.ts";
import { secretSource } from "./secrets.ts";
import { familyEntry, momentsOf } from "./view.ts";

export type { TokenPair } from "./records.ts";

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
  /** The access token of these bytes, revoked or not, until it expires: then it is as good as unknown. */
  accessToken(jwt: string): AccessToken | undefined;
  /** Ends one access token and nothing else. */
  revokeAccessToken(accessToken: AccessToken): void;
  /** Whether a refresh token would be redeemed now, grace aside. */
  isUsable(token: RefreshToken): boolean;
  /** Whether a session still has a family that can be refreshed. */
  isLive(session: Session): boolean;
  /** When graces that are still open end, and lifetimes of what lives. */
  deadlines(): number[];
  state(): unknown;
}

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
  const accessTokens = createAccessTokens(profile, options.now, options.storage === undefined);

  function issue(family: Family, parent: RefreshToken | null): RefreshToken {
    const generation = parent === null ? 0 : parent.credential.generation + 1;
    const sibling = count(family.issued, generation);
    const place = { user: family.session.user.id, session: family.session.id, family: family.name, generation, sibling };
    const credential: Credential = { type: "refresh-token", ...place };
    const secret = newSecret();
    const label = credentialLabel(credential);
    options.name(secret, label, credential);
    const fresh = { issuedAt: options.now(), accessTokens: [], spent: null, revoked: false, used: false };
    const token: RefreshToken = { family, parent, credential, label, secret, ...fresh };
    family.tokens.push(token);
    tokens.set(secret, token);
    return token;
  }

  function mintFor(token: RefreshToken, scope: string | null): AccessToken {
    // Access tokens of one generation are told apart as siblings are, whichever refresh token they came with.
    const sibling = count(token.family.minted, token.credential.generation);
    const credential: Credential = { ...token.credential, type: "access-token", sibling };
    const accessToken: AccessToken = { token, credential, scope, revoked: false, ...mint(credential, token.family, scope) };
    token.accessTokens.push(accessToken);
    accessTokens.add(accessToken);
    return accessToken;
  }

  /** A refresh token with a new access token, for the organization that its family speaks for now. */
  function pairOf(token: RefreshToken, scope: string | null = token.family.scope): TokenPair {
    const { family, secret } = token;
    return { family, refreshToken: secret, accessToken: mintFor(token, scope), organizationId: family.organizationId };
  }

  function issued(token: RefreshToken, outcome: RedemptionOutcome, given: RefreshToken, pair: TokenPair, detail: string): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome, successor: given.credential, detail });
    return { kind: "issued", pair };
  }

  function rejected(token: RefreshToken, { reason, effect, detail }: Extract<Decision, { do: "reject" }>): Redemption {
    journal({ type: "token-redeemed", token: token.credential, outcome: "rejected", successor: null, detail });
    if (reason === "expired" && !hasLiveToken(profile, token.family, options.now())) endAll([token.family], "expiry", detail);
    if (effect !== "error") punish(token, effect);
    return { kind: "rejected", reason };
  }

  function punish(token: RefreshToken, effect: Exclude<ReuseEffect, "error">): void {
    const detail = `${token.label} was reused; ${profile.name}: ${REUSE_RULES[effect]}`;
    if (effect === "descendants") {
      for (const one of descendantsOf(token)) one.revoked = true;
      if (newestOf(token.family) === undefined) endAll([token.family], "reuse", detail);
      return;
    }
    if (effect === "session") token.family.session.ended ??= "reuse";
    for (const family of families.filter((one) => isReached(effect, token, one))) {
      if (isWriting(family)) for (const one of family.tokens) one.revoked = true;
      else endAll([family], "reuse", detail);
    }
  }

  /** Marks the token as redeemed, which is all that a check of another request needs. */
  function spend(token: RefreshToken): Spending {
    const now = options.now();
    if (profile.endsAccessToken) for (const old of token.accessTokens) old.revoked = true;
    token.spent = { at: now, lastAt: now, successor: null, given: null, answer: null, replays: 0 };
    return token.spent;
  }

  /** Where storage takes time, another request can come between the steps. */
  async function rotate(token: RefreshToken, request: RefreshRequest): Promise<Redemption> {
    const gap = profile.writesInSteps ? options.storage : undefined;
    const spent = spend(token);
    if (gap !== undefined) await gap();
    use(token, request);
    const successor = issue(token.family, token);
    spent.successor = successor;
    const pair = pairOf(successor, request.scope);
    const redemption = issued(token, "rotated", successor, pair, "first redemption");
    if (gap !== undefined) await gap();
    spent.given = { organizationId: pair.organizationId, scope: pair.accessToken.scope };
    spent.answer = pair;
    return redemption;
  }

  function keep(token: RefreshToken, request: RefreshRequest): Redemption {
    use(token, request);
    const pair = pairOf(token, request.scope);
    return issued(token, "kept", token, profile.omitsUnchangedToken ? { ...pair, refreshToken: null } : pair, "not rotated");
  }

  function replay(token: RefreshToken, decision: Extract<Decision, { do: "replay" }>, request: RefreshRequest): Redemption {
    const { answer, spent, detail } = decision;
    spent.replays++;
    spent.lastAt = options.now();
    if (answer === "same-pair" && spent.successor !== null && spent.answer !== null) {
      token.family.usedAt = options.now();
      return issued(token, "replayed", spent.successor, spent.answer, detail);
    }
    use(token, request);
    const newest = answer === "same-refresh-token" ? newestOf(token.family) : undefined;
    if (newest !== undefined) return issued(token, "replayed", newest, pairOf(newest, request.scope), detail);
    const sibling = issue(token.family, token);
    return issued(token, "sibling", sibling, pairOf(sibling, request.scope), detail);
  }

  function use({ family }: RefreshToken, { organizationId }: RefreshRequest): void {
    family.usedAt = options.now();
    family.organizationId = organizationId ?? family.organizationId;
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
    const isOwn = (family: Family) => family.session.user === user && family.client === client;
    const own = families.filter((family) => isOwn(family) && hasLiveToken(profile, family, options.now()));
    const surplus = own.slice(0, Math.max(0, own.length - profile.familyCap + 1));
    endAll(surplus, "expiry", `${profile.name} keeps ${profile.familyCap} families of a user and a client`);
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
      const counts = { issued: new Map<number, number>(), minted: new Map<number, number>() };
      const family: Family = { ...about, startedAt: now, usedAt: now, tokens: [], ended: null, ...counts };
      families.push(family);
      session.families.push(family);
      user.lastSignInAt = now;
      journal({ type: "session-started", user: user.id, session: session.id, family: name });
      return pairOf(issue(family, null));
    },
    async redeem(secret, request) {
      const token = tokens.get(secret);
      if (token === undefined) return { kind: "rejected", reason: "unknown" };
      const read = () => ({ spent: token.spent !== null, answered: token.spent !== null && token.spent.given !== null });
      let seen = read();
      // One that waits behind a lock reads what its holder has written.
      if (options.storage !== undefined && profile.concurrency !== "atomic") await options.storage();
      else seen = read();
      const decision = decide(profile, token, request, seen, options.now());
      switch (decision.do) {
        case "reject":
          return rejected(token, decision);
        case "keep":
          return keep(token, request);
        case "replay":
          return replay(token, decision, request);
        case "rotate":
          return rotate(token, request);
      }
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
      const accessToken = accessTokens.find(jwt);
      if (accessToken === undefined || accessToken.revoked || accessToken.expiresAt <= options.now()) return undefined;
      if (accessToken.token.revoked || accessToken.token.family.ended !== null) return undefined;
      accessToken.token.used = true;
      return accessToken;
    },
    accessToken(jwt) {
      const accessToken = accessTokens.find(jwt);
      return accessToken === undefined || accessToken.expiresAt <= options.now() ? undefined : accessToken;
    },
    revokeAccessToken(accessToken) {
      accessToken.revoked = true;
    },
    isUsable: (token) => isLiveToken(profile, token, options.now()),
    isLive: ({ families: own }) => own.some((family) => hasLiveToken(profile, family, options.now())),
    deadlines() {
      const now = options.now();
      const live = families.filter((family) => family.ended === null);
      const moments = live.flatMap((family) => family.tokens.flatMap((token) => momentsOf(profile, token, now)));
      return moments.filter((moment) => moment > now);
    },
    state: () => families.map((family) => familyEntry(profile, family, options.now())),
  };
}

/** How many there were before this one. */
function count(counts: Map<number, number>, generation: number): number {
  const before = counts.get(generation) ?? 0;
  counts.set(generation, before + 1);
  return before;
}
