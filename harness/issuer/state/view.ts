import type { Profile } from "../profile.ts";
import type { RefreshToken } from "./records.ts";
import { expiries, graceEnd, isOpen, wearsAt } from "./rotation.ts";

/**
 * A token as a state key knows it: its label, all that its future depends on, and the label of its parent where siblings could
 * be its parents.
 *
 * A live token is `live`, with the ends of its lifetimes where it has some. A spent one says of each grace that is open when it
 * ends and what else could end it, and is `spent` once its moment no longer matters.
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
  if (spent === null) return ends.length === 0 ? "live" : ["live", ...ends];
  if (spent.answer === null) return ["being spent", spent.successor !== null];
  const { organizationId } = spent.answer;
  const open = profile.grace.filter((rule) => isOpen(rule, token, now));
  if (open.length === 0) return "spent";
  const graces = open.flatMap((rule) => [
    graceEnd(rule, token, spent) ?? "open",
    ...(rule.count === null ? [] : [spent.replays]),
    ...(rule.sameRequest ? [organizationId] : []),
  ]);
  return graces.length + ends.length === 1 ? graces[0] : [...graces, ...ends];
}

/** When the answers that a token gets may change for no other reason than time, in milliseconds since the epoch. */
export function momentsOf(profile: Profile, token: RefreshToken, now: number): readonly number[] {
  const { spent } = token;
  if (token.revoked) return [];
  const ends = expiries(profile, token).map(({ at }) => at);
  if (spent === null) return [...ends, ...wearsAt(profile, token)];
  const open = profile.grace.filter((rule) => isOpen(rule, token, now));
  return open.length === 0 ? [] : [...open.flatMap((rule) => graceEnd(rule, token, spent) ?? []), ...ends];
}
