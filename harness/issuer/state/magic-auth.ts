import type { IssuerOptions } from "../options.ts";
import type { User } from "./directory.ts";
import { sameSecret } from "./secrets.ts";

/** Ten minutes in milliseconds: `POST /user_management/magic_auth` in WorkOS' OpenAPI. */
export const MAGIC_AUTH_LIFETIME = 600_000;

/** Every one-time code of this issuer, so that a test knows it without a mailbox. */
export const ONE_TIME_CODE = "424242";

/** A one-time code that a person could have found in their mail. Moments in milliseconds since the epoch. */
export interface MagicAuth {
  readonly id: string;
  readonly user: User;
  /** Where it was sent. */
  readonly email: string;
  readonly createdAt: number;
  /** The moment itself is too late. */
  readonly expiresAt: number;
  used: boolean;
}

/** What came of a presented one-time code. */
export type MagicAuthRedemption =
  | { readonly kind: "accepted"; readonly user: User }
  | { readonly kind: "invalid" }
  | { readonly kind: "expired" }
  | { readonly kind: "used" };

/** One-time codes by mail. The newest one of an address is the one that counts. */
export interface MagicAuths {
  create(user: User): MagicAuth;
  get(id: string): MagicAuth | undefined;
  /** Spends the code if it is the right one. */
  redeem(email: string, code: string): MagicAuthRedemption;
  /** When the codes that are still good expire. */
  deadlines(): number[];
  state(): unknown;
}

export function createMagicAuths({ now }: Pick<IssuerOptions, "now">): MagicAuths {
  const byId = new Map<string, MagicAuth>();
  const byEmail = new Map<string, MagicAuth>();
  const good = () => [...byEmail.values()].filter((one) => !one.used && one.expiresAt > now());

  return {
    create(user) {
      const id = `magic_auth_01${String(byId.size + 1).padStart(24, "0")}`;
      const made: MagicAuth = { id, user, email: user.email, createdAt: now(), expiresAt: now() + MAGIC_AUTH_LIFETIME, used: false };
      byId.set(id, made);
      byEmail.set(user.email.toLowerCase(), made);
      return made;
    },
    get: (id) => byId.get(id),
    redeem(email, code) {
      const found = byEmail.get(email.toLowerCase());
      if (found === undefined || !sameSecret(code, ONE_TIME_CODE)) return { kind: "invalid" };
      if (found.used) return { kind: "used" };
      if (found.expiresAt <= now()) return { kind: "expired" };
      found.used = true;
      return { kind: "accepted", user: found.user };
    },
    deadlines: () => good().map(({ expiresAt }) => expiresAt),
    state: () => good().map(({ user, expiresAt }) => [user.id, expiresAt]),
  };
}
