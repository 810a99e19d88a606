import type { Profile } from "../profile.ts";
import type { AccessToken } from "./records.ts";
import { graceEnd } from "./rotation.ts";

/** So many are kept in any case: nothing is forgotten in a test, even one that moves its clock back. */
const KEPT = 1_000;

/** The access tokens of one issuer by their bytes. */
export interface AccessTokens {
  /** Remembers one once it is signed. */
  add(accessToken: AccessToken): void;
  find(jwt: string): AccessToken | undefined;
}

/**
 * Remembers access tokens for as long as an answer can depend on them. One that has expired is as good as unknown, unless a replay is
 * still answered with it; it is forgotten in time, so that an issuer that refreshes all day does not grow by each token's bytes.
 *
 * @param forgets false where nothing may be forgotten: a request that waits for its storage may still ask for it
 */
export function createAccessTokens(profile: Profile, now: () => number, forgets: boolean): AccessTokens {
  const known = new Map<string, AccessToken>();
  let limit = KEPT;

  /** Costs one look at each token for as many that have come. */
  function forgetExpired(): void {
    for (const [jwt, accessToken] of known) {
      if (accessToken.expiresAt > now() || mayBeReplayed(profile, accessToken, now())) continue;
      known.delete(jwt);
      detach(accessToken);
    }
    limit = Math.max(KEPT, known.size * 2);
  }

  return {
    add(accessToken) {
      accessToken.jwt.then(
        (jwt) => {
          known.set(jwt, accessToken);
          if (forgets && known.size > limit) forgetExpired();
        },
        // Whoever asked for the token is told.
        () => {},
      );
    },
    find: (jwt) => known.get(jwt),
  };
}

function mayBeReplayed({ grace }: Profile, accessToken: AccessToken, now: number): boolean {
  const { parent } = accessToken.token;
  const spent = parent?.spent;
  if (!parent || !spent || spent.answer?.accessToken !== accessToken) return false;
  return grace.some((rule) => {
    if (rule.answer !== "same-pair") return false;
    const end = graceEnd(rule, parent, spent);
    // An end that is counted from something else than the first redemption can still move.
    return end === null || end > now || rule.since !== "first-redemption";
  });
}

/** Lets go of it where its refresh token and that one's parent hold it. */
function detach(accessToken: AccessToken): void {
  const { token } = accessToken;
  token.accessTokens.splice(token.accessTokens.indexOf(accessToken), 1);
  const spent = token.parent?.spent;
  if (spent?.answer?.accessToken === accessToken) spent.answer = null;
}
