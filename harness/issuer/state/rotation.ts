import type { GraceRule, Profile, RejectionReason, ReuseEffect } from "../profile.ts";
import type { Family, RefreshToken, Spending } from "./records.ts";

/** What a presented refresh token leads to. */
export type Decision =
  | { readonly do: "rotate" }
  /** The token lives on, with a new access token. */
  | { readonly do: "keep" }
  | { readonly do: "replay"; readonly answer: GraceRule["answer"]; readonly spent: Spending; readonly detail: string }
  | { readonly do: "reject"; readonly reason: RejectionReason; readonly effect: ReuseEffect; readonly detail: string };

/** What is asked for with a refresh token. */
export interface RefreshRequest {
  readonly clientId: string;
  /** Null: the one that the family speaks for. */
  readonly organizationId: string | null;
  /** Of the access token alone (RFC 6749 §6). Not given: the one of the family. */
  readonly scope?: string;
}

/** What the request read of the token when it came. It differs from how things are now only where storage takes time. */
export interface Seen {
  readonly spent: boolean;
  /** There was something to answer a replay with. */
  readonly answered: boolean;
}

/**
 * Decides by the profile and the records alone, and changes nothing.
 *
 * @param now milliseconds since the epoch
 */
export function decide(profile: Profile, token: RefreshToken, request: RefreshRequest, seen: Seen, now: number): Decision {
  const { family, spent } = token;
  const twice = "redeemed twice at once";
  if (family.client.id !== request.clientId) return reject("foreign", "it belongs to another client");
  // It has lost the swap, whatever else has happened to the token since it read it.
  if (spent !== null && !seen.spent && profile.concurrency === "compare-and-swap") return reject("concurrent", twice);
  if (family.ended !== null) {
    const isTheft = profile.revokedIsReuse && family.ended !== "reuse" && family.ended !== "expiry";
    const detail = `its session has ended (${family.ended})`;
    return isTheft ? reject("spent", detail, profile.lateReuse) : reject("ended", detail);
  }
  if (token.revoked) return reject("ended", "it was revoked");
  const expiry = expiredBy(profile, token, now);
  if (expiry !== null) return reject("expired", expiry);
  if (spent === null) return { do: rotates(profile, token, now) ? "rotate" : "keep" };

  if (!seen.spent && profile.concurrency === "check-then-consume") return { do: "replay", answer: "sibling", spent, detail: twice };
  if (!seen.spent && profile.concurrency === "check-then-replay") return { do: "replay", answer: "same-pair", spent, detail: twice };

  const rule = profile.grace.find((one) => fits(one, token, spent, now));
  if (rule === undefined) return reject("spent", why(profile), profile.lateReuse);
  if (rule.answer === "same-pair" && !seen.answered) return reject("concurrent", "its successor is still being written");
  if (rule.sameRequest && (request.organizationId ?? family.organizationId) !== spent.answer?.organizationId) {
    return reject("spent", "already exchanged for another organization");
  }
  const detail = rule.seconds === null ? "replayed" : `replayed within ${rule.seconds} s`;
  return { do: "replay", answer: rule.answer, spent, detail };
}

function reject(reason: RejectionReason, detail: string, effect: ReuseEffect = "error"): Decision {
  return { do: "reject", reason, effect, detail };
}

function rotates(profile: Profile, token: RefreshToken, now: number): boolean {
  const { when } = profile.rotation;
  if (when === "always" || (when === "public-clients" && token.family.client.secret === null)) return true;
  return wearsAt(profile, token).some((moment) => moment <= now);
}

/** From when on a use rotates a token that was kept until then; nothing where that makes no difference. */
export function wearsAt({ rotation, lifetimes }: Profile, { issuedAt, family }: RefreshToken): number[] {
  if (!("part" in rotation) || lifetimes.refreshToken === null) return [];
  if (rotation.when === "public-clients" && family.client.secret === null) return [];
  return [issuedAt + Math.round(rotation.part * lifetimes.refreshToken * 1000)];
}

/** Whether a rule of the profile would answer a replay of this token now. */
export function isOpen(rule: GraceRule, token: RefreshToken, now: number): boolean {
  return token.spent !== null && fits(rule, token, token.spent, now);
}

function fits(rule: GraceRule, token: RefreshToken, spent: Spending, now: number): boolean {
  const end = graceEnd(rule, token, spent);
  if (end !== null && now >= end) return false;
  if (rule.count !== null && spent.replays >= rule.count) return false;
  if (rule.generations === "parent" && newestOf(token.family)?.parent !== token) return false;
  return !rule.untilSuccessorUsed || !token.family.tokens.some((one) => one.parent === token && one.used);
}

/** The token of a family that was issued last, of those that are neither spent nor revoked. */
export function newestOf({ tokens }: Family): RefreshToken | undefined {
  return tokens.findLast(isUnspent);
}

function isUnspent({ spent, revoked }: RefreshToken): boolean {
  return spent === null && !revoked;
}

function why({ grace }: Profile): string {
  const [rule] = grace;
  if (rule === undefined) return "already exchanged, no grace";
  return rule.seconds === null ? "already exchanged, its grace is over" : `already exchanged, grace of ${rule.seconds} s over`;
}

/** Which lifetime is over; null while all last. */
function expiredBy(profile: Profile, token: RefreshToken, now: number): string | null {
  const over = expiries(profile, token).find(({ at }) => at <= now);
  return over === undefined ? null : over.said;
}

/** Whether a family has a token left that a redemption would answer. */
export function hasLiveToken(profile: Profile, family: Family, now: number): boolean {
  if (family.ended !== null) return false;
  // From the newest on, which mostly settles it.
  return family.tokens.findLast((token) => isLiveToken(profile, token, now)) !== undefined;
}

/** Whether a token would be redeemed now, grace aside. */
export function isLiveToken(profile: Profile, token: RefreshToken, now: number): boolean {
  return token.family.ended === null && isUnspent(token) && expiredBy(profile, token, now) === null;
}

/** When a token's lifetimes end, in milliseconds since the epoch. */
export function expiries({ lifetimes }: Profile, { family, issuedAt }: RefreshToken): { at: number; said: string }[] {
  const { refreshToken, absolute, inactivity } = lifetimes;
  return [
    ...(absolute === null ? [] : [{ at: family.startedAt + absolute * 1000, said: `${absolute} s since the sign-in are over` }]),
    ...(inactivity === null ? [] : [{ at: family.usedAt + inactivity * 1000, said: `unused for ${inactivity} s` }]),
    ...(refreshToken === null ? [] : [{ at: issuedAt + refreshToken * 1000, said: `its lifetime of ${refreshToken} s is over` }]),
  ];
}

/** When a rule stops answering replays of a spent token; null where no time ends it. */
export function graceEnd({ seconds, since }: GraceRule, { family }: RefreshToken, spent: Spending): number | null {
  if (seconds === null) return null;
  const from = { "first-redemption": spent.at, "last-redemption": spent.lastAt, "last-refresh": family.usedAt };
  return from[since] + seconds * 1000;
}
