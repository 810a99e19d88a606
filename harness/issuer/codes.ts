import type { IssuerOptions, SeededUser } from "./options.ts";
import { s256, sameSecret, secretSource } from "./secrets.ts";

/** Ten minutes in milliseconds, as WorkOS documents for its authorization codes. */
export const CODE_LIFETIME = 600_000;

interface Code {
  readonly label: string;
  readonly user: SeededUser;
  /** The S256 challenge, when the sign-in began with one. */
  readonly challenge: string | null;
  /** Milliseconds since the epoch; the moment itself is too late. */
  readonly expiresAt: number;
}

/** What came of a presented code. */
export type CodeExchange =
  | { readonly kind: "accepted"; readonly user: SeededUser }
  /** Unknown, expired and spent are one case: the record is gone in each. */
  | { readonly kind: "invalid" }
  | { readonly kind: "wrong-verifier" };

/** Authorization codes: single use, ten minutes, PKCE where the sign-in asked for it. */
export interface Codes {
  issue(user: SeededUser, challenge: string | null): string;
  /** Spends the code, right verifier or wrong: whoever presents it has had the one try. */
  exchange(code: string, verifier: string | null): CodeExchange;
  /** When the codes that are still good expire. */
  deadlines(): number[];
  state(): unknown;
}

/** The codes of one issuer. */
export function createCodes(options: Pick<IssuerOptions, "now" | "randomBytes" | "name">): Codes {
  const codes = new Map<string, Code>();
  const newSecret = secretSource(options.randomBytes);
  let issued = 0;

  function live(): Code[] {
    const now = options.now();
    for (const [secret, code] of codes) if (code.expiresAt <= now) codes.delete(secret);
    return [...codes.values()];
  }

  return {
    issue(user, challenge) {
      const secret = newSecret();
      const code = { label: `code C${++issued}`, user, challenge, expiresAt: options.now() + CODE_LIFETIME };
      codes.set(secret, code);
      options.name(secret, code.label);
      return secret;
    },
    exchange(secret, verifier) {
      const code = codes.get(secret);
      codes.delete(secret);
      if (code === undefined || code.expiresAt <= options.now()) return { kind: "invalid" };
      return verifies(code.challenge, verifier) ? { kind: "accepted", user: code.user } : { kind: "wrong-verifier" };
    },
    deadlines: () => live().map((code) => code.expiresAt),
    state: () => ({ issued, live: live().map(({ label, user, challenge, expiresAt }) => [label, user.id, challenge !== null, expiresAt]) }),
  };
}

function verifies(challenge: string | null, verifier: string | null): boolean {
  // A verifier without a challenge means that somebody took the challenge away on its way here (RFC 9700 §2.1.1).
  if (challenge === null || verifier === null) return challenge === null && verifier === null;
  return sameSecret(s256(verifier), challenge);
}
