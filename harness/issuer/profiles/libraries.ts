import type { Profile } from "../profile.ts";
import { always, DAY, KEEPING, lifetimes, REPLAY, ROTATING, refused } from "./base.ts";

// Issuers that one builds into an app.

const invalidRefreshToken = refused("invalid_grant", "invalid refresh token");

export const betterAuth: Profile = {
  ...ROTATING,
  name: "better-auth",
  summary: "rotates, no grace; late reuse ends all of the user and the client",
  lateReuse: "client-user",
  revokedIsReuse: true,
  rejections: {
    ...always(invalidRefreshToken),
    unknown: refused("invalid_grant", "session not found"),
    ended: refused("invalid_grant", "session not found"),
  },
  concurrency: "compare-and-swap",
  writesInSteps: true,
  lifetimes: lifetimes({ refreshToken: 30 * DAY }),
  evidence: "S",
  source:
    "@better-auth/oauth-provider 1.7.5, and a test that runs it: late reuse deletes every refresh token of (client, user); 30 d, each token its own; the reuse interval is 0 by " +
    'default. With one, any generation gets its stored answer that long, if it asks for the same: grace: [{ generations: "any", seconds: 30, sameRequest: true, ' +
    'answer: "same-pair" }]. Its moments are whole seconds, rounded down, ends included; here they are exact and excluded. Not modelled: expires_in of a replay counts down.',
};

export const convexAuth: Profile = {
  ...ROTATING,
  name: "convex-auth",
  summary: "rotates; the parent gets the newest token; 10 s; then its line ends",
  grace: [
    { ...REPLAY, generations: "parent", seconds: null, answer: "same-refresh-token" },
    { ...REPLAY, seconds: 10, answer: "sibling" },
  ],
  lateReuse: "descendants",
  lifetimes: lifetimes({ refreshToken: 30 * DAY, absolute: 30 * DAY }),
  evidence: "S",
  source:
    "get-convex/convex-auth src/server/implementation/mutations/refreshSession.ts and refreshTokens.ts. It speaks no OAuth: a refusal is null tokens, here " +
    "invalid_grant. Not modelled: an unknown or expired token deletes the session that it names.",
};

export const duende: Profile = {
  ...KEEPING,
  name: "duende",
  summary: "keeps the token and hands it out again; 30 d",
  rejections: always(refused("invalid_grant")),
  lifetimes: lifetimes({ absolute: 30 * DAY }),
  evidence: "S",
  source:
    "DuendeSoftware/products DefaultRefreshTokenService.cs: ReUse is the default, with an absolute lifetime of 30 days; sliding expiration is lifetimes.inactivity " +
    "1296000 beside it. OneTimeOnly rotates without grace, reuse is an error.",
};

export const oidcProvider: Profile = {
  ...ROTATING,
  name: "node-oidc-provider",
  summary: "rotates for public clients, else at 70 %; late reuse ends the grant",
  rotation: { when: "public-clients", part: 0.7 },
  lateReuse: "grant",
  rejections: always(refused("invalid_grant", "grant request is invalid")),
  concurrency: "check-then-consume",
  lifetimes: lifetimes({ refreshToken: 14 * DAY }),
  evidence: "S",
  source:
    "panva/node-oidc-provider lib/actions/grants/refresh_token.js and the default rotateRefreshToken. Not modelled: no rotation after one year, and a browser client's " +
    "successor has the rest of its parent's lifetime.",
};

export const springAs: Profile = {
  ...KEEPING,
  name: "spring-as",
  summary: "keeps the token and hands it out again; 60 min",
  rejections: always(refused("invalid_grant")),
  lifetimes: lifetimes({ refreshToken: 3600 }),
  evidence: "S",
  source:
    "spring-projects/spring-authorization-server TokenSettings (reuseRefreshTokens, 60 min) and OAuth2RefreshTokenAuthenticationProvider. With reuse off every use rotates, " +
    "without grace, and reuse is an error.",
};

export const openIddict: Profile = {
  ...ROTATING,
  name: "openiddict",
  summary: "rotates; a replay within 30 s gets a sibling; then it ends the grant",
  grace: [{ ...REPLAY, seconds: 30, answer: "sibling" }],
  lateReuse: "grant",
  concurrency: "compare-and-swap",
  writesInSteps: true,
  lifetimes: lifetimes({ refreshToken: 14 * DAY }),
  evidence: "S",
  source:
    "openiddict/openiddict-core OpenIddictServerHandlers.Protection.cs and OpenIddictTokenManager: the redemption date is set once, and a concurrency token makes one " +
    "of two writers fail. 14 d, each token its own. Not established: the wording of its errors.",
};

export const league: Profile = {
  ...ROTATING,
  name: "league",
  summary: "rotates, no grace; the old access token ends; late reuse is an error",
  concurrency: "check-then-consume",
  endsAccessToken: true,
  lifetimes: lifetimes({ refreshToken: 31 * DAY }),
  evidence: "S",
  source:
    "thephpleague/oauth2-server src/Grant/RefreshTokenGrant.php, also under Laravel Passport: it checks, revokes both old tokens, and issues; one month (P1M; Passport: " +
    "a year), each token its own. Before version 9 a refusal was a 401 invalid_request. Its errors carry a hint too.",
};

export const djangoOauthToolkit: Profile = {
  ...ROTATING,
  name: "django-oauth-toolkit",
  summary: "rotates, no grace; the old access token ends; a race: the same pair",
  rejections: always(refused("invalid_grant")),
  concurrency: "check-then-replay",
  endsAccessToken: true,
  evidence: "S",
  source:
    "django-oauth/django-oauth-toolkit oauth2_provider/oauth2_validators.py; no lifetime by default. With a grace the previous token gets the same pair, and before its issue 1617 was mended an older one a " +
    'sibling: grace: [{ generations: "parent", seconds: 30, answer: "same-pair" }]. With reuse protection late reuse revokes the family.',
};

export const doorkeeper: Profile = {
  ...ROTATING,
  name: "doorkeeper",
  summary: "rotates; a replay gets a sibling until a new access token is used",
  grace: [{ ...REPLAY, seconds: null, untilSuccessorUsed: true, answer: "sibling" }],
  evidence: "S",
  source:
    "doorkeeper-gem/doorkeeper lib/doorkeeper/oauth/refresh_token_request.rb and models/concerns/revocable.rb, with the previous_refresh_token column that its generator " +
    "adds; without it there is no grace. Lifetimes are the app's. Not modelled: the access token of a revoked refresh token ends with it.",
};
