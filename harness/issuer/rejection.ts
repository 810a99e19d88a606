import { json, Refusal } from "./http.ts";
import type { Profile, RejectionReason, TokenError } from "./profile.ts";

/** How WorkOS words it, and whoever says nothing else. */
const DEFAULTS: Readonly<Record<RejectionReason, string>> = {
  /** Verbatim in workos/authkit-nextjs#182. The other texts are ours: WorkOS's are not established. */
  spent: "Refresh token already exchanged.",
  ended: "Session has already ended.",
  unknown: "Invalid refresh token.",
  expired: "Refresh token has expired.",
  foreign: "Invalid refresh token.",
  concurrent: "Refresh token is being exchanged.",
};

/** The answer to a refresh token that is refused, as the profile words it. */
export function rejection({ rejections }: Profile, reason: RejectionReason): Refusal {
  const own: TokenError = rejections[reason] ?? { status: 400, error: "invalid_grant", description: DEFAULTS[reason] };
  const { status, error, description } = own;
  return new Refusal(json(status, description === null ? { error } : { error, error_description: description }));
}
