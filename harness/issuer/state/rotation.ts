import type { GraceRule, Profile, RejectionReason, ReuseEffect } from "../profile.ts";
import type { Family, RefreshToken, Spending } from "./records.ts";

/** What a presented refresh token leads to. */
export type Decision =
  | { readonly do: "rotate" }
  /** The token lives on, with a new access token. */
  | { readonly do: "keep" }
  /** Answered as `rule` says. */
  | { readonly do: "replay"; readonly rule: GraceRule; readonly spent: Spending }
  /** Both requests of a race that the issuer's storage lost get a successor. */
  | { readonly do: "fork"; readonly spent: Spending }
  | { readonly do: "reject"; readonly reason: RejectionReason; readonly effect: ReuseEffect; readonly detail: string };

/** What is asked for with a refresh token. */
export interface RefreshRequest {
  readonly clientId: string;
  /** Null: the one that the family speaks for. */
  readonly organizationId: string | null;
  /** Of the access token alone (RFC 6749 §6). Not given: the one of the family. */
  readonly scope?: string;
}

/**
 * Decides by the profile and the records alone, and changes nothing.
 *
 * @param wasSpent whether the token was spent when the request first read it; differs from now only where storage takes time
 * @param now milliseconds since the epoch
 */
export function decide(profile: Profile, token: RefreshToken, request: RefreshRequest, wasSpent: boolean, now: number): Decision {
  const { family, spent } = token;
  if (family.client.id !== request.clientId) return reject("foreign", "it belongs to another client");
  if (family.ended !== null) return reject("ended", `its session has ended (${family.ended})`);
  if (token.revoked) return reject("ended", "it was revoked");
  const expiry = expiredBy(profile, token, now);
  if (expiry !== null) return reject("expired", expiry);
  if (spent === null) return { do: rotates(profile, token, now) ? "rotate" : "keep" };

  if (!wasSpent && profile.concurrency === "check-then-consume") return { do: "fork", spent };
  const lost = profile.concurrency === "compare-and-swap" && (!wasSpent || !spent.stored);
  if (lost) return reject("concurrent", "another request redeems it at this moment");
  const rule = profile.grace.find((one) => fits(one, token, spent, request, now));
  return rule === undefined ? reject("spent", why(profile), profile.lateReuse) : { do: "replay", rule, spent };
}

function reject(reason: RejectionReason, detail: string, effect: ReuseEffect = "error"): Decision {
  return { do: "reject", reason, effect, detail };
}

function rotates({ rotation, lifetimes }: Profile, { lifetimeFrom, family }: RefreshToken, now: number): boolean {
  switch (rotation.when) {
    case "always":
      return true;
    case "never":
      return false;
    case "public-clients":
      return family.client.secret === null || isWorn(rotation.part);
    case "threshold":
      return isWorn(rotation.part);
  }

  function isWorn(part: number): boolean {
    return lifetimes.refreshToken !== null && now - lifetimeFrom >= part * lifetimes.refreshToken * 1000;
  }
}

function fits(rule: GraceRule, token: RefreshToken, spent: Spending, { organizationId }: RefreshRequest, now: number): boolean {
  if (rule.seconds !== null && now >= spent.at + rule.seconds * 1000) return false;
  if (rule.count !== null && spent.replays >= rule.count) return false;
  if (rule.generations === "parent" && spent.successor.spent !== null) return false;
  if (rule.untilSuccessorUsed && spent.successor.used) return false;
  return !rule.sameRequest || (organizationId ?? token.family.organizationId) === spent.organizationId;
}

function why({ grace }: Profile): string {
  const [rule] = grace;
  if (rule === undefined) return "already exchanged, no grace";
  return rule.seconds === null ? "already exchanged, its grace is over" : `already exchanged, grace of ${rule.seconds} s over`;
}

/** Which lifetime is over; null while all last. */
function expiredBy(profile: Profile, token: RefreshToken, now: number): string | null {
  const [over] = expiries(profile, token.family, token).filter(({ at }) => at <= now);
  return over === undefined ? null : over.said;
}

/** When a token's lifetimes end, in milliseconds since the epoch. */
export function expiries({ lifetimes }: Profile, family: Family, token: RefreshToken): { at: number; said: string }[] {
  const { refreshToken, absolute, inactivity } = lifetimes;
  return [
    ...(absolute === null ? [] : [{ at: family.startedAt + absolute * 1000, said: `${absolute} s since the sign-in are over` }]),
    ...(inactivity === null ? [] : [{ at: family.usedAt + inactivity * 1000, said: `unused for ${inactivity} s` }]),
    ...(refreshToken === null ? [] : [{ at: token.lifetimeFrom + refreshToken * 1000, said: `its lifetime of ${refreshToken} s is over` }]),
  ];
}

/** When the graces of a spent token end; nothing where no time ends them. */
export function graceEnds({ grace }: Profile, spent: Spending): number[] {
  return grace.flatMap(({ seconds }) => (seconds === null ? [] : [spent.at + seconds * 1000]));
}
