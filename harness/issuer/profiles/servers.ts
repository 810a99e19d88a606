import type { Profile } from "../profile.ts";
import { always, DAY, KEEPING, lifetimes, NEVER_SPENT, REPLAY, ROTATING, refused } from "./base.ts";

// Issuers that one runs.

/** Fosite's texts: RFC 6749's words for the code, then a hint. */
const FOSITE_GRANT =
  "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
const FOSITE_REQUEST =
  "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";

export const hydra: Profile = {
  ...ROTATING,
  name: "hydra",
  summary: 'rotates, no grace; late reuse revokes the chain; a race: "retry"',
  lateReuse: "family",
  rejections: {
    unknown: refused("invalid_grant", `${FOSITE_GRANT} The refresh token is malformed or not valid.`),
    spent: refused("invalid_grant", `${FOSITE_GRANT} The refresh token was already used.`),
    ended: refused("invalid_grant", `${FOSITE_GRANT} The refresh token is malformed or not valid.`),
    expired: refused("invalid_grant", `${FOSITE_GRANT} The refresh token expired.`),
    concurrent: refused(
      "invalid_request",
      `${FOSITE_REQUEST} Failed to refresh token because of multiple concurrent requests using the same token. Please retry the request.`,
    ),
  },
  concurrency: "compare-and-swap",
  endsAccessToken: true,
  lifetimes: lifetimes({ refreshToken: 30 * DAY }),
  evidence: "S",
  source:
    "ory/hydra fosite/handler/oauth2/flow_refresh.go and persistence/sql/persister_oauth2.go; 720 h, each token its own. With a grace period (up to 5 min) any generation " +
    'gets a sibling that long after its first use: grace: [{ generations: "any", seconds: 60, answer: "sibling" }]. Not modelled: without one, a ' +
    "rotation ends all access tokens of the chain.",
};

const keycloakErrors = {
  unknown: refused("invalid_grant", "Invalid refresh token"),
  ended: refused("invalid_grant", "Session not active"),
  expired: refused("invalid_grant", "Token is not active"),
  foreign: refused("invalid_grant", "Invalid refresh token. Token client and authorized client don't match"),
} satisfies Profile["rejections"];

export const keycloak: Profile = {
  ...ROTATING,
  name: "keycloak",
  summary: "each use gives a new token, and the old one stays good",
  grace: NEVER_SPENT,
  rejections: keycloakErrors,
  lifetimes: lifetimes({ absolute: 10 * 3600, inactivity: 1800 }),
  evidence: "S",
  source:
    "keycloak/keycloak services/…/oidc/TokenManager.java with Revoke Refresh Token off, as a new realm has it. SSO session idle 30 min and max 10 h are a new realm's settings. ",
};

export const keycloakRevoking: Profile = {
  ...ROTATING,
  name: "keycloak-revoking",
  summary: "rotates, no grace; late reuse ends the client's session",
  lateReuse: "grant",
  rejections: { ...keycloakErrors, spent: refused("invalid_grant", "Maximum allowed refresh token reuse exceeded") },
  lifetimes: lifetimes({ absolute: 10 * 3600, inactivity: 1800 }),
  evidence: "S",
  source:
    "keycloak/keycloak services/…/oidc/TokenManager.java with Revoke Refresh Token on and a maximum reuse of 0. A higher one is a count of siblings for the previous " +
    'token: grace: [{ generations: "parent", seconds: null, count: 1, answer: "sibling" }]. Not modelled: an older token answers "Stale token"; that check is in ' +
    "whole seconds, so that within one an older token is accepted; and a used sibling makes the others stale. Not established: exact concurrency.",
};

export const logto: Profile = {
  ...ROTATING,
  name: "logto",
  summary: "rotates; 3 s in which a replay gets a sibling; then it ends the grant",
  grace: [{ ...REPLAY, seconds: 3, since: "last-redemption", answer: "sibling" }],
  lateReuse: "grant",
  rejections: always(refused("invalid_grant", "grant request is invalid")),
  concurrency: "check-then-consume",
  lifetimes: lifetimes({ refreshToken: 14 * DAY }),
  evidence: "S",
  source:
    "logto-io/logto packages/core/src/oidc/grants/refresh-token.ts and queries/oidc-model-instance.ts: a consumed token counts as fresh for 3 s, and each replay in them " +
    "consumes it anew. The rotation is node-oidc-provider's: public clients always, others at 70 % of the lifetime; here always, since only then is there a grace to meet. " +
    "Not modelled: no rotation after one year.",
};

export const authentik: Profile = {
  ...KEEPING,
  name: "authentik",
  summary: "keeps the token and leaves it out of the answer; 30 d",
  omitsUnchangedToken: true,
  lifetimes: lifetimes({ refreshToken: 30 * DAY }),
  evidence: "S",
  source:
    "goauthentik/authentik authentik/providers/oauth2/views/token.py. Documented is a renewal in the last hour (refresh_token_threshold), which the profile would say as " +
    'rotation: { when: "threshold", part: 719 / 720 }; but the source compares now minus expiry with it, which is below any threshold while the token ' +
    "lives, so nothing rotates. With a threshold of 0 every use rotates, without grace, and reuse is an error and an event in its log.",
};

export const zitadel: Profile = {
  ...ROTATING,
  name: "zitadel",
  summary: "rotates, no grace; late reuse is an error and nothing more",
  lifetimes: lifetimes({ absolute: 90 * DAY, inactivity: 30 * DAY }),
  evidence: "2",
  source:
    "Secondary material: every refresh rotates, there is no grace, and reuse is an error and nothing more; idle 720 h, 2160 h in all. " +
    "Not established: the code, seen both as invalid_grant and as invalid_request (here: invalid_grant).",
};

export const fusionauth: Profile = {
  ...KEEPING,
  name: "fusionauth",
  summary: "keeps the token and hands it out again; 30 d",
  lifetimes: lifetimes({ absolute: 30 * DAY }),
  evidence: "2",
  source:
    "Secondary material: reusable by default, with a fixed lifetime of 43,200 minutes. One-time use is a setting; late reuse then revokes only if that is set too. " +
    "Not established: what a replay in its grace gets.",
};

const dexInvalid = refused("invalid_request", "Refresh token is invalid or has already been claimed by another client.");

export const dex: Profile = {
  ...ROTATING,
  name: "dex",
  summary: "rotates, no grace; late reuse is an error; the loser of a race: 500",
  rejections: {
    unknown: dexInvalid,
    spent: dexInvalid,
    ended: dexInvalid,
    expired: refused("invalid_request", "Refresh token expired."),
    foreign: { ...dexInvalid, error: "invalid_grant" },
    concurrent: { status: 500, error: "invalid_request", description: null },
  },
  concurrency: "compare-and-swap",
  evidence: "S",
  source:
    "dexidp/dex server/refreshhandlers.go; reuse interval and lifetimes are off by default. With an interval the previous token gets the current one with a new access " +
    'token: grace: [{ generations: "parent", seconds: 3, answer: "same-refresh-token" }]. Not modelled: within the interval the current token is kept too, and ' +
    "the loser of a race gets the winner's token.",
};
