import type { Client, IssuerOptions } from "../options.ts";
import type { User } from "./directory.ts";
import { secretSource } from "./secrets.ts";

/** Ten minutes in milliseconds. WorkOS does not say for how long; as long as its codes. */
export const PENDING_LIFETIME = 600_000;

/** A sign-in that lacks one more step. */
export interface Pending {
  readonly lacks: "organization" | "verified-email";
  readonly user: User;
  readonly client: Client;
  readonly method: string;
}

/** Sign-ins that wait for one more step, by the token that continues them. */
export interface Pendings {
  begin(pending: Pending): string;
  /** What a token continues, if it is still good for this step. */
  find(token: string, lacks: Pending["lacks"]): Pending | undefined;
  /** The step was taken. */
  spend(token: string): void;
  /** When the tokens that are still good expire. */
  deadlines(): number[];
  state(): unknown;
}

export function createPendings({ now, randomBytes, name }: Pick<IssuerOptions, "now" | "randomBytes" | "name">): Pendings {
  const pendings = new Map<string, Pending & { readonly label: string; readonly expiresAt: number }>();
  const newSecret = secretSource(randomBytes);
  let issued = 0;
  const live = () => [...pendings.values()].filter(({ expiresAt }) => expiresAt > now());

  return {
    begin(pending) {
      const token = newSecret();
      const label = `pending authentication P${++issued}`;
      pendings.set(token, { ...pending, label, expiresAt: now() + PENDING_LIFETIME });
      name(token, label);
      return token;
    },
    find(token, lacks) {
      const found = pendings.get(token);
      return found !== undefined && found.lacks === lacks && found.expiresAt > now() ? found : undefined;
    },
    spend(token) {
      pendings.delete(token);
    },
    deadlines: () => live().map(({ expiresAt }) => expiresAt),
    state: () => live().map(({ label, lacks, user, client, expiresAt }) => [label, lacks, user.id, client.secret === null, expiresAt]),
  };
}
