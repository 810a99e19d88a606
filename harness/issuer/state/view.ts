import { credentialLabel } from "../../model/credential.ts";
import type { GraceRule, Profile } from "../profile.ts";
import type { Family, RefreshToken, Spending } from "./records.ts";
import { expiries, graceEnd, isOpen, wearsAt } from "./rotation.ts";

/** A family as a state key knows it: all that future answers depend on. */
export function familyEntry(profile: Profile, family: Family, now: number): unknown {
  const { name, session, startedAt, ended, tokens, organizationId } = family;
  // User and moment matter also when all else is over: the user's last sign-in is told.
  const about = { family: name, user: session.user.id, startedAt, ended };
  // All tokens of an ended session have one meaning, so which of them there are no longer tells states apart.
  if (ended !== null) return { ...about, tokens: [] };
  const [extra, revoked] = [extraAccessTokens(profile, family, now), revokedAccessTokens(family, now)];
  return {
    ...about,
    tokens: tokens.map((token) => tokenEntry(profile, token, now)),
    ...(extra.length === 0 ? {} : { extraAccessTokens: extra }),
    ...(revoked.length === 0 ? {} : { revokedAccessTokens: revoked }),
    ...(organizationId === null ? {} : { organization: organizationId }),
  };
}

/** Access tokens that would be good if nobody had revoked them. */
function revokedAccessTokens({ tokens }: Family, now: number): readonly string[] {
  const all = tokens.filter(({ revoked }) => !revoked).flatMap(({ accessTokens }) => accessTokens);
  return all.filter(({ revoked, expiresAt }) => revoked && expiresAt > now).map(({ credential }) => credentialLabel(credential));
}

/**
 * A token as a state key knows it: its label, all that its future depends on, and the label of its parent where siblings could
 * be its parents.
 *
 * A live token is `live`. A spent one says of each grace that is open when it ends and what else could end it, and is `spent`
 * once its moment no longer matters. The ends of its lifetimes come with it, where it has some.
 */
function tokenEntry(profile: Profile, token: RefreshToken, now: number): readonly unknown[] {
  const { label, parent } = token;
  const entry = [label, tokenState(profile, token, now)];
  return parent === null || parent.credential.sibling === 0 ? entry : [...entry, parent.label];
}

function tokenState(profile: Profile, token: RefreshToken, now: number): unknown {
  const { spent } = token;
  if (token.revoked) return "revoked";
  const ends = expiries(profile, token).map(({ at }) => at);
  if (ends.some((at) => at <= now)) return "expired";
  if (spent === null) return withEnds(["live"], ends);
  if (spent.given === null) return ["being spent", spent.successor !== null];
  const { organizationId, scope } = spent.given;
  const open = profile.grace.filter((rule) => isOpen(rule, token, now));
  // Even then its expiry matters: an expired token is refused, and nobody takes it for theft.
  if (open.length === 0) return withEnds(["spent"], ends);
  const graces = open.flatMap((rule) => [
    graceEnd(rule, token, spent) ?? "open",
    ...(rule.count === null ? [] : [spent.replays]),
    ...(rule.sameRequest ? [organizationId, ...(scope === null ? [] : [scope])] : []),
    ...(rule.answer === "same-pair" ? storedAnswer(rule, token.family, spent) : []),
  ]);
  return withEnds(graces, ends);
}

/** What the answer that a replay gets says, where neither the end of its grace nor what its family speaks for now tells. */
function storedAnswer({ seconds, since }: GraceRule, family: Family, { at, answer }: Spending): readonly unknown[] {
  if (answer === null) return ["forgotten"];
  const { accessToken, organizationId } = answer;
  const { sibling } = accessToken.credential;
  return [
    ...(seconds === null || since !== "first-redemption" ? [`given at ${at}`] : []),
    ...(organizationId === family.organizationId ? [] : [`for ${organizationId}`]),
    ...(accessToken.scope === family.scope ? [] : [`of ${accessToken.scope}`]),
    ...(sibling === accessToken.token.credential.sibling ? [] : [credentialLabel(accessToken.credential)]),
  ];
}

function withEnds(state: readonly unknown[], ends: readonly number[]): unknown {
  const whole = [...state, ...ends];
  return whole.length === 1 ? whole[0] : whole;
}

/**
 * How many access tokens of each generation came beyond those that came with its refresh tokens: where a token is kept or handed out
 * again. The next one's number, and with it its `jti`, depends on them, also where nobody has them any more. Only of generations that
 * may still get another; what comes with refresh tokens is known from those.
 */
function extraAccessTokens(profile: Profile, family: Family, now: number): readonly (readonly [number, number])[] {
  return [...family.minted]
    .map(([generation, count]) => [generation, count - (family.issued.get(generation) ?? 0)] as const)
    .filter(([generation, extra]) => extra > 0 && mayGrow(profile, family, generation, now));
}

/** Whether a generation may get another access token: of one of its own tokens that is kept, or with another refresh token. */
function mayGrow(profile: Profile, { tokens }: Family, generation: number, now: number): boolean {
  return tokens.some((token) => {
    if (token.revoked || expiries(profile, token).some(({ at }) => at <= now)) return false;
    if (token.credential.generation === generation) return token.spent === null;
    return token.credential.generation === generation - 1 && mayGiveAnother(profile, token, now);
  });
}

/** Whether a token may still give another refresh token. Some graces begin again: with the next refresh, or when the newest token is revoked. */
function mayGiveAnother(profile: Profile, token: RefreshToken, now: number): boolean {
  if (token.spent === null || token.spent.given === null) return true;
  const beginsAgain = ({ since, generations }: GraceRule) => since === "last-refresh" || generations === "parent";
  return profile.grace.some((rule) => rule.answer === "sibling" && (beginsAgain(rule) || isOpen(rule, token, now)));
}

/** When the answers that a token gets may change for no other reason than time, in milliseconds since the epoch. */
export function momentsOf(profile: Profile, token: RefreshToken, now: number): readonly number[] {
  const { spent } = token;
  if (token.revoked) return [];
  const ends = expiries(profile, token).map(({ at }) => at);
  if (spent === null) return [...ends, ...wearsAt(profile, token)];
  const open = profile.grace.filter((rule) => isOpen(rule, token, now));
  return [...open.flatMap((rule) => graceEnd(rule, token, spent) ?? []), ...ends];
}
