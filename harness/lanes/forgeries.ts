import { createPublicKey } from "node:crypto";
import { encode, hmac, KEYS, token, unsigned } from "../../fixtures/tokens/forge.ts";
import { unknownName } from "../model/error.ts";
import type { TokenIds } from "../model/scenario.ts";

/** Whose token is forged, and when. */
export interface Victim {
  /** The user that it claims to be of. */
  readonly user: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of which sign-in it is; a made-up one unless given. */
  readonly ids?: TokenIds;
}

/** Seconds. */
const LIFETIME = 300;
const FORGED: TokenIds = { sid: "session_forged", jti: "jti_forged" };

/** The one token that is good: whatever the others change is the only thing that is wrong with them. */
export const GOOD = "a good token";

const TOKENS: Readonly<Record<string, (victim: Victim) => string>> = {
  [GOOD]: (victim) => token(claimsOf(victim)),
  "no signature": (victim) => `${unsigned({ alg: "none", typ: "JWT" }, claimsOf(victim))}.`,
  "an HMAC with the public key": (victim) => {
    const data = unsigned({ alg: "HS256", kid: "test-key-1", typ: "JWT" }, claimsOf(victim));
    const key = createPublicKey(KEYS.first).export({ type: "spki", format: "pem" }).toString();
    return `${data}.${hmac("sha256", data, key)}`;
  },
  "a stranger's signature": (victim) => token(claimsOf(victim), {}, KEYS.attacker),
  "a stranger's key by name": (victim) => token(claimsOf(victim), { kid: "attacker", jku: "https://evil.test/jwks" }, KEYS.attacker),
  "another user's name under a good signature": (victim) => {
    const [head = "", , signature = ""] = token(claimsOf({ ...victim, user: "user_mallory" })).split(".");
    return [head, encode(JSON.stringify(claimsOf(victim))), signature].join(".");
  },
  "expired long ago": (victim) => token(claimsOf({ ...victim, now: victim.now - 3_600_000 })),
  "not valid yet": (victim) => token({ ...claimsOf(victim), nbf: victim.now / 1_000 + 3_600 }),
  "of another client": (victim) => token(claimsOf({ ...victim, clientId: "client_other" })),
  "of another issuer": (victim) => token(claimsOf({ ...victim, issuer: "https://evil.test" })),
  "of nobody": (victim) => token(claimsOf({ ...victim, user: " " })),
  "of no sign-in": (victim) => token({ ...claimsOf(victim), sid: "", jti: " " }),
};

/** What is wrong with each of the forged tokens: their names. */
export const FORGERIES: readonly string[] = Object.keys(TOKENS).filter((name) => name !== GOOD);

/**
 * An access token by what is wrong with it.
 *
 * @param name one of {@link FORGERIES}, or {@link GOOD}
 */
export function accessToken(name: string, victim: Victim): string {
  const forge = TOKENS[name];
  if (forge === undefined) throw unknownName("forgery", name, Object.keys(TOKENS));
  return forge(victim);
}

function claimsOf({ user, issuer, clientId, now, ids = FORGED }: Victim): Record<string, unknown> {
  const iat = Math.floor(now / 1_000);
  const [sid, jti] = [ids.sid ?? undefined, ids.jti ?? undefined];
  return { iss: issuer, sub: user, sid, jti, client_id: clientId, iat, exp: iat + LIFETIME };
}
