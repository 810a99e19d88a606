import type { Client } from "../options.ts";
import type { User } from "./directory.ts";

/** What people have allowed clients to know. */
export interface Consents {
  /** Whether all of these scopes have been allowed before. */
  covers(user: User, client: Client, scopes: readonly string[]): boolean;
  allow(user: User, client: Client, scopes: readonly string[]): void;
  state(): readonly unknown[];
}

/** The consents given to one issuer. */
export function createConsents(): Consents {
  const allowed = new Map<string, Set<string>>();
  const place = (user: User, client: Client) => JSON.stringify([user.id, client.id]);

  return {
    covers(user, client, scopes) {
      const known = allowed.get(place(user, client));
      return known !== undefined && scopes.every((scope) => known.has(scope));
    },
    allow(user, client, scopes) {
      const at = place(user, client);
      allowed.set(at, new Set([...(allowed.get(at) ?? []), ...scopes]));
    },
    state: () => [...allowed].map(([at, scopes]) => [at, [...scopes].sort()]),
  };
}
