import { ISSUER_CLIENT } from "../../fixtures/issuer-client.ts";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import type { IssuerEvent } from "../issuer/issuer.ts";
import type { SeededUser } from "../issuer/options.ts";
import { type Profile, policyOf } from "../issuer/profile.ts";
import { profileNamed } from "../issuer/profiles.ts";
import { type IssuerServer, type IssuerServerOptions, startIssuerServer } from "../issuer/server.ts";
import type { IssuerSettings } from "../model/target.ts";

/** What may be chosen of an issuer beside an app. */
export interface LoopbackIssuerOptions extends Partial<Pick<IssuerServerOptions, "organizations" | "memberships" | "customClaims">> {
  /** A profile's name. */
  readonly profile: string;
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  /** Milliseconds since the epoch; default the real time. */
  readonly now?: () => number;
  readonly journal?: (entry: IssuerEvent) => void;
}

/** The fake issuer on this machine, with the seeded users and the test keys. */
export interface LoopbackIssuer extends Pick<IssuerServer, "close"> {
  readonly profile: Profile;
  readonly users: readonly SeededUser[];
  /** What an app must know of it. It has no key set of deploy time: the keys are fetched. */
  readonly settings: Omit<IssuerSettings, "jwks">;
}

/**
 * Starts the fake issuer on a free loopback port, for a process that runs beside it.
 *
 * @throws HoldfastError `BAD_USAGE` for a profile that does not exist.
 *
 * @example
 * ```ts
 * const issuer = await startLoopbackIssuer({ profile: "logto", accessTokenLifetime: 5_000 });
 * issuer.settings.grace; // 3000
 * await issuer.close();
 * ```
 */
export async function startLoopbackIssuer(options: LoopbackIssuerOptions): Promise<LoopbackIssuer> {
  const profile = profileNamed(options.profile);
  const { origin, close } = await startIssuerServer({ ...options, profile, ...ISSUER_CLIENT, users, keys: signingKeys });
  return { profile, users, settings: { origin, issuer: origin, ...ISSUER_CLIENT, ...policyOf(profile) }, close };
}
