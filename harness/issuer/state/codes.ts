import type { Client, IssuerOptions, Surface } from "../options.ts";
import type { User } from "./directory.ts";
import type { Family, Session } from "./records.ts";
import { s256, sameSecret, secretSource } from "./secrets.ts";

/** Ten minutes in milliseconds, as WorkOS documents for its authorization codes. */
export const CODE_LIFETIME = 600_000;

/** What a person approved, and what the code is good for. */
export interface Approval {
  /** Where it was approved, and where alone it can be exchanged. */
  readonly surface: Surface;
  readonly user: User;
  readonly client: Client;
  /** How the person proved who they are. */
  readonly method: string;
  /** The S256 challenge, when the sign-in began with one. */
  readonly challenge: string | null;
  /** That the code must be exchanged with, where the surface compares it (RFC 6749 §4.1.3). */
  readonly redirectUri: string;
  readonly organizationId: string | null;
  readonly scope: string | null;
  readonly nonce: string | null;
  /** The session at the issuer that the approval continues. */
  readonly session: Session | null;
}

interface Code {
  readonly label: string;
  readonly approval: Approval;
  /** Milliseconds since the epoch; the moment itself is too late. */
  readonly expiresAt: number;
}

/** What came of a presented code. */
export type CodeExchange =
  | { readonly kind: "accepted"; readonly approval: Approval }
  /** Unknown, expired, spent and outlived by its session are one case for whoever presents it. `began` is what a spent one had begun, while that is remembered. */
  | { readonly kind: "invalid"; readonly began: Family | null }
  | { readonly kind: "wrong-verifier" };

/** Authorization codes: single use, ten minutes, PKCE where the sign-in asked for it. */
export interface Codes {
  issue(approval: Approval): string;
  /** Spends the code, right verifier or wrong: whoever presents it has had the one try. */
  exchange(code: string, client: Client, verifier: string | null): CodeExchange;
  /** Remembers for another ten minutes what the exchange of a code began, so that its reuse can end it (RFC 6749 §4.1.2). */
  remember(code: string, began: Family): void;
  /** When the codes that are still good expire. */
  deadlines(): number[];
  state(): unknown;
}

/** The codes of one issuer. */
export function createCodes(options: Pick<IssuerOptions, "now" | "randomBytes" | "name">): Codes {
  const codes = new Map<string, Code>();
  const spent = new Map<string, { readonly began: Family; readonly expiresAt: number }>();
  const newSecret = secretSource(options.randomBytes);
  let issued = 0;

  function live<T extends { readonly expiresAt: number }>(records: Map<string, T>): T[] {
    const now = options.now();
    for (const [secret, { expiresAt }] of records) if (expiresAt <= now) records.delete(secret);
    return [...records.values()];
  }

  return {
    issue(approval) {
      const secret = newSecret();
      const code = { label: `code C${++issued}`, approval, expiresAt: options.now() + CODE_LIFETIME };
      codes.set(secret, code);
      options.name(secret, code.label);
      return secret;
    },
    exchange(secret, client, verifier) {
      const code = codes.get(secret);
      codes.delete(secret);
      if (code === undefined || code.expiresAt <= options.now() || code.approval.client !== client) {
        live(spent);
        const began = spent.get(secret)?.began ?? null;
        return { kind: "invalid", began: began?.client === client ? began : null };
      }
      // Whoever was signed out in between gets nothing more of that session.
      if (code.approval.session?.ended) return { kind: "invalid", began: null };
      return verifies(code.approval.challenge, verifier) ? { kind: "accepted", approval: code.approval } : { kind: "wrong-verifier" };
    },
    remember(secret, began) {
      spent.set(secret, { began, expiresAt: options.now() + CODE_LIFETIME });
    },
    deadlines: () => [...live(codes), ...live(spent)].map(({ expiresAt }) => expiresAt),
    state: () => ({
      issued,
      live: live(codes).map(({ label, approval: { user, challenge }, expiresAt }) => [label, user.id, challenge !== null, expiresAt]),
      ...(live(spent).length === 0 ? {} : { spent: live(spent).map(({ began, expiresAt }) => [began.name, expiresAt]) }),
    }),
  };
}

function verifies(challenge: string | null, verifier: string | null): boolean {
  // A verifier without a challenge means that somebody took the challenge away on its way here (RFC 9700 §2.1.1).
  if (challenge === null || verifier === null) return challenge === null && verifier === null;
  return sameSecret(s256(verifier), challenge);
}
