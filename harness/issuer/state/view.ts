import type { Profile } from "../profile.ts";
import type { RefreshToken } from "./records.ts";
import { expiries, graceEnd, isOpen, wearsAt } from "./rotation.ts";

/**
 * A token as a state key knows it: its label, all that its future depends on, and the label of its parent where siblings could
 * be its parents.
 *
 * A live token is `live`. A spent one says of each grace that is open when it ends and what else could end it, and is `spent`
 * once its moment no longer matters. The ends of its lifetimes come with it, where it has some.
 */
export function tokenEntry(profile: Profile, token: RefreshToken, now: number): readonly unknown[] {
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
  if (spent.answer === null) return ["being spent", spent.successor !== null];
  const { organizationId } = spent.answer;
  const open = profile.grace.filter((rule) => isOpen(rule, token, now));
  // Even then its expiry matters: an expired token is refused, and nobody takes it for theft.
  if (open.length === 0) return withEnds(["spent"], ends);
  const graces = open.flatMap((rule) => [
    graceEnd(rule, token, spent) ?? "open",
    ...(rule.count === null ? [] : [spent.replays]),
    ...(rule.sameRequest ? [organizationId] : []),
  ]);
  return withEnds(graces, ends);
}

function withEnds(state: readonly unknown[], ends: readonly number[]): unknown {
  const whole = [...state, ...ends];
  return whole.length === 1 ? whole[0] : whole;
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
