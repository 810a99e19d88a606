import type { profiles } from "../profiles.ts";
import type { SituationName } from "./conformance.testing.ts";

// What each profile is expected to do, written down by hand from what its source says, and never worked out from the profile.

/**
 * The answers in order, then the state afterwards. `g1` is the pair RT F1.g1 with AT F1.g1; `g0/g0b` the refresh token g0 with
 * another access token; `–/g0b` the access token alone. A word is the refusal of that name in `errors`.
 */
type Row = readonly [answers: string, state: string];
type Rows = Record<SituationName, Row>;

export interface Expected {
  readonly rows: Rows;
  /** Status and body of a refusal, to the byte. */
  readonly errors: Readonly<Record<"unknown" | "spent" | "ended" | "expired" | "foreign" | "concurrent", string>>;
  /** Seconds without use after which F1 is over; null where none are. */
  readonly unused: number | null;
  /** Seconds after the sign-in after which F1 is over, however often it is used; null where none are. */
  readonly absolute: number | null;
}

const DAY = 86_400;

const OTHERS = "F2: g0 live | F3: g0 live";
const KEPT = `F1: g0 live | ${OTHERS}`;
const ROTATED = `F1: g0 spent, g1 live | ${OTHERS}`;
const TWICE = `F1: g0 spent, g1 spent, g2 live | ${OTHERS}`;
const FAMILY_GONE = `F1 ended (reuse) | ${OTHERS}`;
const USER_GONE = "F1 ended (reuse) | F2 ended (reuse) | F3: g0 live";

const REVOKED = {
  "a live token after its session was revoked": ["ended", `F1 ended (admin) | ${OTHERS}`],
  "a replay in the grace after every session was ended": ["ended", "F1 ended (theft) | F2 ended (theft) | F3: g0 live"],
} as const;

/** No grace; `one` and `two` are what is left when reuse has been noticed after one rotation, and after two. */
function strict(one: string, two: string, again: "spent" | "ended"): Rows {
  return {
    ...REVOKED,
    "a fresh token": ["g1", ROTATED],
    "two requests at once": ["g1 spent", one],
    "a replay 1 ms before a 3 s grace ends": ["g1 spent", one],
    "a replay when a 3 s grace ends": ["g1 spent", one],
    "a replay 1 ms before a 30 s grace ends": ["g1 spent", one],
    "a replay when a 30 s grace ends": ["g1 spent", one],
    "a replay when the first replay was in the grace": [`g1 spent ${again}`, one],
    "a replay 2 s after a replay 2 s after the first use": [`g1 spent ${again}`, one],
    "a replay after the successor was used": ["g2 spent", two],
    "a grandparent, an hour later": ["g2 spent", two],
    "a live sibling": ["", one],
    "two requests that read before either writes": ["g1 spent", one],
    "a request when another has spent the token and written no successor": ["g1 spent", one],
    "a request when another has written the successor and nothing to replay": ["g1 spent", one],
  };
}

const STRICT = strict(ROTATED, TWICE, "spent");
const STRICT_FAMILY = strict(FAMILY_GONE, FAMILY_GONE, "ended");

/** The token lives on, and every use gives another access token. */
function keeping(token: "g0" | "–"): Rows {
  const [b, c, d] = [`${token}/g0b`, `${token}/g0c`, `${token}/g0d`];
  const twice: Row = [`${b} ${c}`, KEPT];
  const thrice: Row = [`${b} ${c} ${d}`, KEPT];
  return {
    ...REVOKED,
    "a fresh token": [b, KEPT],
    "two requests at once": twice,
    "a replay 1 ms before a 3 s grace ends": twice,
    "a replay when a 3 s grace ends": twice,
    "a replay 1 ms before a 30 s grace ends": twice,
    "a replay when a 30 s grace ends": twice,
    "a replay when the first replay was in the grace": thrice,
    "a replay 2 s after a replay 2 s after the first use": thrice,
    "a replay after the successor was used": [`${c} ${d}`, KEPT],
    "a grandparent, an hour later": [`${c} ${d}`, KEPT],
    "a live sibling": [d, KEPT],
    "two requests that read before either writes": twice,
    "a request when another has spent the token and written no successor": twice,
    "a request when another has written the successor and nothing to replay": twice,
  };
}

const ALWAYS_STATE = `F1: g0 grace, g1 live, g1b live | ${OTHERS}`;
const ALWAYS_STATE_3 = `F1: g0 grace, g1 live, g1b live, g1c live | ${OTHERS}`;
const ALWAYS_TWO: Row = ["g1 g1b", ALWAYS_STATE];

/** Every token works for as long as it lives, and each use gives another one. */
const NEVER_SPENT: Rows = {
  ...REVOKED,
  "a fresh token": ["g1", `F1: g0 grace, g1 live | ${OTHERS}`],
  "two requests at once": ALWAYS_TWO,
  "a replay 1 ms before a 3 s grace ends": ALWAYS_TWO,
  "a replay when a 3 s grace ends": ALWAYS_TWO,
  "a replay 1 ms before a 30 s grace ends": ALWAYS_TWO,
  "a replay when a 30 s grace ends": ALWAYS_TWO,
  "a replay when the first replay was in the grace": ["g1 g1b g1c", ALWAYS_STATE_3],
  "a replay 2 s after a replay 2 s after the first use": ["g1 g1b g1c", ALWAYS_STATE_3],
  "a replay after the successor was used": ["g2 g1b", `F1: g0 grace, g1 grace, g2 live, g1b live | ${OTHERS}`],
  "a grandparent, an hour later": ["g2 g1b", `F1: g0 grace, g1 grace, g2 live, g1b live | ${OTHERS}`],
  "a live sibling": ["g2", `F1: g0 grace, g1 live, g1b grace, g2 live | ${OTHERS}`],
  "two requests that read before either writes": ALWAYS_TWO,
  "a request when another has spent the token and written no successor": ALWAYS_TWO,
  "a request when another has written the successor and nothing to replay": ALWAYS_TWO,
};

const PARENT_OPEN = `F1: g0 grace, g1 live | ${OTHERS}`;

/** The parent of the newest token always gets that one; what comes of the grandparent differs. */
const PARENT_GETS_THE_NEWEST = {
  ...REVOKED,
  "a fresh token": ["g1", PARENT_OPEN],
  "two requests at once": ["g1 g1/g1b", PARENT_OPEN],
  "a replay 1 ms before a 3 s grace ends": ["g1 g1/g1b", PARENT_OPEN],
  "a replay when a 3 s grace ends": ["g1 g1/g1b", PARENT_OPEN],
  "a replay 1 ms before a 30 s grace ends": ["g1 g1/g1b", PARENT_OPEN],
  "a replay when a 30 s grace ends": ["g1 g1/g1b", PARENT_OPEN],
  "a replay when the first replay was in the grace": ["g1 g1/g1b g1/g1c", PARENT_OPEN],
  "a replay 2 s after a replay 2 s after the first use": ["g1 g1/g1b g1/g1c", PARENT_OPEN],
  "a live sibling": ["g2", `F1: g0 spent, g1 grace, g2 live | ${OTHERS}`],
  "two requests that read before either writes": ["g1 g1/g1b", PARENT_OPEN],
  "a request when another has spent the token and written no successor": ["g1 g1/g1b", PARENT_OPEN],
  "a request when another has written the successor and nothing to replay": ["g1 g1/g1b", PARENT_OPEN],
} as const satisfies Partial<Rows>;

/** A 400 `invalid_grant` in the issuer's own words: WorkOS' where they are known. */
const DEFAULT_ERRORS = {
  unknown: '400 {"error":"invalid_grant","error_description":"Invalid refresh token."}',
  spent: '400 {"error":"invalid_grant","error_description":"Refresh token already exchanged."}',
  ended: '400 {"error":"invalid_grant","error_description":"Session has already ended."}',
  expired: '400 {"error":"invalid_grant","error_description":"Refresh token has expired."}',
  foreign: '400 {"error":"invalid_grant","error_description":"Invalid refresh token."}',
  concurrent: '400 {"error":"invalid_grant","error_description":"Refresh token is being exchanged."}',
} as const;

/** One answer to everything. */
function one(text: string): Expected["errors"] {
  return { unknown: text, spent: text, ended: text, expired: text, foreign: text, concurrent: text };
}

const SUPABASE_ERRORS: Expected["errors"] = {
  unknown: '400 {"error":"refresh_token_not_found","error_description":"Invalid Refresh Token: Refresh Token Not Found"}',
  spent: '400 {"error":"refresh_token_already_used","error_description":"Invalid Refresh Token: Already Used"}',
  ended: '400 {"error":"refresh_token_not_found","error_description":"Invalid Refresh Token: Refresh Token Not Found"}',
  expired: '400 {"error":"session_expired","error_description":"Invalid Refresh Token: Session Expired"}',
  foreign: '400 {"error":"invalid_grant","error_description":"Invalid refresh token."}',
  concurrent:
    '409 {"error":"conflict","error_description":"Too many concurrent token refresh requests on the same session or refresh token"}',
};

const FOSITE_GRANT =
  "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";

const KEYCLOAK_ERRORS: Expected["errors"] = {
  ...DEFAULT_ERRORS,
  unknown: '400 {"error":"invalid_grant","error_description":"Invalid refresh token"}',
  ended: '400 {"error":"invalid_grant","error_description":"Session not active"}',
  expired: '400 {"error":"invalid_grant","error_description":"Token is not active"}',
  foreign: '400 {"error":"invalid_grant","error_description":"Invalid refresh token. Token client and authorized client don\'t match"}',
};

const NO_LIFETIME = { unused: null, absolute: null } as const;

/** Half an hour without use is too long for a Keycloak session, and then everybody's is over. */
const KEYCLOAK_AN_HOUR_LATER = "F1 ended (expiry) | F2: g0 expired | F3: g0 expired";

export const EXPECTED: Record<keyof typeof profiles, Expected> = {
  workos: {
    ...NO_LIFETIME,
    errors: DEFAULT_ERRORS,
    rows: {
      ...REVOKED,
      "a fresh token": ["g1", PARENT_OPEN],
      "two requests at once": ["g1 g1", PARENT_OPEN],
      "a replay 1 ms before a 3 s grace ends": ["g1 g1", PARENT_OPEN],
      "a replay when a 3 s grace ends": ["g1 g1", PARENT_OPEN],
      "a replay 1 ms before a 30 s grace ends": ["g1 g1", PARENT_OPEN],
      "a replay when a 30 s grace ends": ["g1 spent", ROTATED],
      "a replay when the first replay was in the grace": ["g1 g1 spent", ROTATED],
      "a replay 2 s after a replay 2 s after the first use": ["g1 g1 g1", PARENT_OPEN],
      "a replay after the successor was used": ["g2 g1", `F1: g0 grace, g1 grace, g2 live | ${OTHERS}`],
      "a grandparent, an hour later": ["g2 spent", TWICE],
      "a live sibling": ["g2", `F1: g0 grace, g1 grace, g2 live | ${OTHERS}`],
      "two requests that read before either writes": ["g1 g1", PARENT_OPEN],
      "a request when another has spent the token and written no successor": ["g1 g1", PARENT_OPEN],
      "a request when another has written the successor and nothing to replay": ["g1 g1", PARENT_OPEN],
    },
  },
  "better-auth": {
    unused: 30 * DAY,
    absolute: null,
    errors: {
      ...one('400 {"error":"invalid_grant","error_description":"invalid refresh token"}'),
      unknown: '400 {"error":"invalid_grant","error_description":"session not found"}',
      ended: '400 {"error":"invalid_grant","error_description":"session not found"}',
    },
    rows: {
      ...strict(USER_GONE, USER_GONE, "ended"),
      // A revoked token that comes back is taken for reuse.
      "a live token after its session was revoked": ["spent", "F1 ended (admin) | F2 ended (reuse) | F3: g0 live"],
      "a replay in the grace after every session was ended": ["spent", "F1 ended (theft) | F2 ended (theft) | F3: g0 live"],
      "two requests that read before either writes": ["g1 concurrent", ROTATED],
      // All that the user has with the client is deleted, but for the successor, which is written afterwards.
      "a request when another has spent the token and written no successor": [
        "g1 spent",
        "F1: g0 revoked, g1 live | F2 ended (reuse) | F3: g0 live",
      ],
    },
  },
  zitadel: { unused: 30 * DAY, absolute: 90 * DAY, errors: DEFAULT_ERRORS, rows: STRICT },
  logto: {
    unused: 14 * DAY,
    absolute: null,
    errors: one('400 {"error":"invalid_grant","error_description":"grant request is invalid"}'),
    rows: {
      ...REVOKED,
      "a fresh token": ["g1", PARENT_OPEN],
      "two requests at once": ALWAYS_TWO,
      "a replay 1 ms before a 3 s grace ends": ALWAYS_TWO,
      "a replay when a 3 s grace ends": ["g1 spent", FAMILY_GONE],
      "a replay 1 ms before a 30 s grace ends": ["g1 spent", FAMILY_GONE],
      "a replay when a 30 s grace ends": ["g1 spent", FAMILY_GONE],
      "a replay when the first replay was in the grace": ["g1 g1b spent", FAMILY_GONE],
      // A replay consumes the token anew, and the three seconds begin again.
      "a replay 2 s after a replay 2 s after the first use": ["g1 g1b g1c", ALWAYS_STATE_3],
      "a replay after the successor was used": ["g2 g1b", `F1: g0 grace, g1 grace, g2 live, g1b live | ${OTHERS}`],
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
      "a live sibling": ["g2", `F1: g0 grace, g1 live, g1b grace, g2 live | ${OTHERS}`],
      "two requests that read before either writes": ALWAYS_TWO,
      "a request when another has spent the token and written no successor": ALWAYS_TWO,
      "a request when another has written the successor and nothing to replay": ALWAYS_TWO,
    },
  },
  auth0: {
    ...NO_LIFETIME,
    errors: one('403 {"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}'),
    rows: STRICT_FAMILY,
  },
  authentik: { unused: 30 * DAY, absolute: 30 * DAY, errors: DEFAULT_ERRORS, rows: keeping("–") },
  cognito: { unused: 30 * DAY, absolute: 30 * DAY, errors: DEFAULT_ERRORS, rows: keeping("–") },
  "convex-auth": {
    unused: 30 * DAY,
    absolute: 30 * DAY,
    errors: DEFAULT_ERRORS,
    rows: {
      ...PARENT_GETS_THE_NEWEST,
      // The grandparent's first use is still within 10 s: another child of it.
      "a replay after the successor was used": ["g2 g1b", `F1: g0 grace, g1 grace, g2 live, g1b live | ${OTHERS}`],
      "a live sibling": ["g2", `F1: g0 grace, g1 grace, g2 live | ${OTHERS}`],
      // All that there is came of the grandparent.
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
    },
  },
  dex: {
    ...NO_LIFETIME,
    errors: {
      ...one(
        '400 {"error":"invalid_request","error_description":"Refresh token is invalid or has already been claimed by another client."}',
      ),
      foreign:
        '400 {"error":"invalid_grant","error_description":"Refresh token is invalid or has already been claimed by another client."}',
      expired: '400 {"error":"invalid_request","error_description":"Refresh token expired."}',
      concurrent: '500 {"error":"invalid_request"}',
    },
    rows: { ...STRICT, "two requests that read before either writes": ["g1 concurrent", ROTATED] },
  },
  "django-oauth-toolkit": {
    ...NO_LIFETIME,
    errors: one('400 {"error":"invalid_grant"}'),
    rows: { ...STRICT, "two requests that read before either writes": ["g1 g1", ROTATED] },
  },
  // No access token is ever shown to this issuer here, so the grace never ends.
  doorkeeper: { ...NO_LIFETIME, errors: DEFAULT_ERRORS, rows: NEVER_SPENT },
  duende: { unused: 30 * DAY, absolute: 30 * DAY, errors: one('400 {"error":"invalid_grant"}'), rows: keeping("g0") },
  entra: { unused: 90 * DAY, absolute: null, errors: DEFAULT_ERRORS, rows: NEVER_SPENT },
  fusionauth: { unused: 30 * DAY, absolute: 30 * DAY, errors: DEFAULT_ERRORS, rows: keeping("g0") },
  google: { unused: 183 * DAY, absolute: null, errors: DEFAULT_ERRORS, rows: keeping("–") },
  hydra: {
    unused: 30 * DAY,
    absolute: null,
    errors: {
      ...DEFAULT_ERRORS,
      unknown: `400 {"error":"invalid_grant","error_description":"${FOSITE_GRANT} The refresh token is malformed or not valid."}`,
      spent: `400 {"error":"invalid_grant","error_description":"${FOSITE_GRANT} The refresh token was already used."}`,
      ended: `400 {"error":"invalid_grant","error_description":"${FOSITE_GRANT} The refresh token is malformed or not valid."}`,
      expired: `400 {"error":"invalid_grant","error_description":"${FOSITE_GRANT} The refresh token expired."}`,
      concurrent:
        '400 {"error":"invalid_request","error_description":"The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Failed to refresh token because of multiple concurrent requests using the same token. Please retry the request."}',
    },
    rows: { ...STRICT_FAMILY, "two requests that read before either writes": ["g1 concurrent", ROTATED] },
  },
  keycloak: {
    unused: 1800,
    absolute: 36_000,
    errors: KEYCLOAK_ERRORS,
    rows: { ...NEVER_SPENT, "a grandparent, an hour later": ["g2 expired", KEYCLOAK_AN_HOUR_LATER] },
  },
  "keycloak-revoking": {
    unused: 1800,
    absolute: 36_000,
    errors: {
      ...KEYCLOAK_ERRORS,
      spent: '400 {"error":"invalid_grant","error_description":"Maximum allowed refresh token reuse exceeded"}',
    },
    rows: { ...STRICT_FAMILY, "a grandparent, an hour later": ["g2 expired", KEYCLOAK_AN_HOUR_LATER] },
  },
  league: {
    unused: 31 * DAY,
    absolute: null,
    errors: DEFAULT_ERRORS,
    rows: {
      ...STRICT,
      "two requests that read before either writes": ["g1 g1b", `F1: g0 spent, g1 live, g1b live | ${OTHERS}`],
    },
  },
  // A client with a secret: nothing rotates before nine days and nineteen hours.
  "node-oidc-provider": {
    unused: 14 * DAY,
    absolute: null,
    errors: one('400 {"error":"invalid_grant","error_description":"grant request is invalid"}'),
    rows: keeping("g0"),
  },
  okta: {
    ...NO_LIFETIME,
    errors: DEFAULT_ERRORS,
    rows: {
      ...NEVER_SPENT,
      "a replay when a 30 s grace ends": ["g1 spent", FAMILY_GONE],
      "a replay when the first replay was in the grace": ["g1 g1b spent", FAMILY_GONE],
      "a replay after the successor was used": ["g2 spent", FAMILY_GONE],
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
      // The newest token came of g1b now, so g0 has no grace any more.
      "a live sibling": ["g2", `F1: g0 spent, g1 live, g1b grace, g2 live | ${OTHERS}`],
    },
  },
  openiddict: {
    unused: 14 * DAY,
    absolute: null,
    errors: DEFAULT_ERRORS,
    rows: {
      ...NEVER_SPENT,
      "a replay when a 30 s grace ends": ["g1 spent", FAMILY_GONE],
      "a replay when the first replay was in the grace": ["g1 g1b spent", FAMILY_GONE],
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
      "two requests that read before either writes": ["g1 concurrent", PARENT_OPEN],
      // The replay's token is written before that of the request which came first.
      "a request when another has spent the token and written no successor": ["g1b g1", ALWAYS_STATE],
    },
  },
  "spring-as": {
    unused: 3600,
    absolute: 3600,
    errors: one('400 {"error":"invalid_grant"}'),
    rows: {
      ...keeping("g0"),
      "a grandparent, an hour later": ["g0/g0c expired", "F1 ended (expiry) | F2: g0 expired | F3: g0 expired"],
    },
  },
  "supabase-v1": {
    ...NO_LIFETIME,
    errors: SUPABASE_ERRORS,
    rows: {
      ...PARENT_GETS_THE_NEWEST,
      "a replay after the successor was used": ["g2 spent", FAMILY_GONE],
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
    },
  },
  "supabase-v2": {
    ...NO_LIFETIME,
    errors: SUPABASE_ERRORS,
    rows: {
      ...PARENT_GETS_THE_NEWEST,
      "a replay after the successor was used": ["g2 spent", FAMILY_GONE],
      "a grandparent, an hour later": ["g2 spent", FAMILY_GONE],
    },
  },
};
