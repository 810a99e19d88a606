import type { Profile } from "../profile.ts";
import { always, DAY, KEEPING, lifetimes, NEVER_SPENT, REPLAY, ROTATING, refused } from "./base.ts";

// Issuers that one subscribes to.

export const workos: Profile = {
  ...ROTATING,
  name: "workos",
  summary: "rotates; a replay within 30 s gets the same pair",
  grace: [{ ...REPLAY, seconds: 30, answer: "same-pair" }],
  evidence: "D",
  source:
    "workos.com/docs/authkit/session-resilience for the grace; 30 s and same pair from secondary material; the error text from workos/authkit-nextjs#182. " +
    "Not established: whether late reuse ends the session, and whether the grace closes once the successor is used (here: neither). " +
    "Session length and inactivity are set in the dashboard (here: without end).",
};

export const auth0: Profile = {
  ...ROTATING,
  name: "auth0",
  summary: "rotates, no leeway; late reuse revokes the family; refusals are 403",
  lateReuse: "family",
  rejections: always({ status: 403, error: "invalid_grant", description: "Unknown or invalid refresh token." }),
  evidence: "D",
  source:
    "auth0.com/docs/secure/tokens/refresh-tokens. Rotation is opt-in and has a leeway of 0 s unless one is set; within it the previous token, and no " +
    'older one, gets a sibling: grace: [{ generations: "parent", seconds: 10, answer: "sibling" }]. Idle and maximum lifetimes are settings of the ' +
    "application (here: without end). Not established: what exact concurrency does.",
};

export const okta: Profile = {
  ...ROTATING,
  name: "okta",
  summary: "rotates; 30 s of grace for the parent; late reuse revokes the family",
  grace: [{ ...REPLAY, generations: "parent", seconds: 30, answer: "sibling" }],
  lateReuse: "family",
  evidence: "D",
  source:
    "developer.okta.com on refresh token rotation: on by default for single-page apps, 30 s of grace (0 to 60); reuse revokes the latest refresh token and " +
    "all access tokens since the sign-in. Not established: what a replay in the grace gets (here: a sibling, for the previous token alone), and the default lifetimes.",
};

const supabaseErrors = {
  spent: refused("refresh_token_already_used", "Invalid Refresh Token: Already Used"),
  ended: refused("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"),
  unknown: refused("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"),
  expired: refused("session_expired", "Invalid Refresh Token: Session Expired"),
  concurrent: {
    status: 409,
    error: "conflict",
    description: "Too many concurrent token refresh requests on the same session or refresh token",
  },
} satisfies Profile["rejections"];

export const supabaseV2: Profile = {
  ...ROTATING,
  name: "supabase-v2",
  summary: "rotates; the parent gets the newest token; older ones end the session",
  grace: [{ ...REPLAY, generations: "parent", seconds: null, answer: "same-refresh-token" }],
  lateReuse: "session",
  rejections: supabaseErrors,
  evidence: "S",
  source:
    "supabase/auth internal/tokens/service.go, tokens with a counter. The reuse interval is 0 by default and 10 s in the CLI's template; with one, any " +
    'generation gets the current token that long after the session\'s last refresh: { generations: "any", seconds: 10, since: "last-refresh", answer: ' +
    '"same-refresh-token" }. Its error bodies have the fields of Supabase, not of OAuth; the codes are these. Time-box and inactivity are optional.',
};

export const supabaseV1: Profile = {
  ...ROTATING,
  name: "supabase-v1",
  summary: "rotates; the parent gets the newest token; older ones end the family",
  grace: [{ ...REPLAY, generations: "parent", seconds: null, answer: "same-refresh-token" }],
  lateReuse: "family",
  rejections: supabaseErrors,
  evidence: "S",
  source:
    "supabase/auth internal/tokens/service.go, tokens without a counter. The reuse interval is 0 by default; with one, an older token gets a sibling that " +
    'long: { generations: "any", seconds: 10, answer: "sibling" } as the second rule. Its error bodies have the fields of Supabase, not of OAuth. ' +
    "Not modelled: tokens of a revoked family keep answering refresh_token_already_used.",
};

export const cognito: Profile = {
  ...KEEPING,
  name: "cognito",
  summary: "keeps the token and leaves it out of the answer; 30 d",
  omitsUnchangedToken: true,
  lifetimes: lifetimes({ refreshToken: 30 * DAY }),
  evidence: "D",
  source:
    "docs.aws.amazon.com/cognito on refresh tokens: not rotated unless switched on, 30 days by default. With rotation there is a grace of 0 to 60 s and " +
    "late reuse answers RefreshTokenReuseException. Not established: what a replay in that grace gets.",
};

export const entra: Profile = {
  ...ROTATING,
  name: "entra",
  summary: "each use gives a new token, and the old one stays good; 90 d",
  grace: NEVER_SPENT,
  lifetimes: lifetimes({ refreshToken: 90 * DAY }),
  evidence: "D",
  source:
    "learn.microsoft.com/entra on refresh tokens: a use gives a new one and does not revoke the old one; 90 days, each token its own. Those of " +
    "single-page apps end 24 h after the sign-in: lifetimes.absolute 86400.",
};

export const google: Profile = {
  ...KEEPING,
  name: "google",
  summary: "keeps the token, leaves it out; 6 months idle; 100 a user and client",
  omitsUnchangedToken: true,
  lifetimes: lifetimes({ inactivity: 183 * DAY }),
  familyCap: 100,
  evidence: "2",
  source:
    "Secondary material: no rotation, refresh_token mostly absent from the answer. From developers.google.com/identity: ends after six months without use, and the " +
    "oldest of more than 100 of one account and one client is invalidated without a warning.",
};
