import { HoldfastError } from "../model/error.ts";
import type { EndCause } from "../model/event.ts";
import { createCore } from "./core.ts";
import { oidcRoutes } from "./oidc/surface.ts";
import type { IssuerOptions } from "./options.ts";
import { pageRoutes } from "./pages/routes.ts";
import { createRouter } from "./router.ts";
import { workosRoutes } from "./workos/surface.ts";

export type { IssuerEvent, IssuerOptions } from "./options.ts";

/** A running issuer: one state machine behind its surfaces. */
export interface Issuer {
  /** Answers one request. What a client does wrong is an error answer, never a rejection; an error of the given ports does reject. */
  fetch(request: Request): Promise<Response>;
  /**
   * Ends every session of a user.
   *
   * @throws {HoldfastError} `BAD_USAGE` for a user who was not seeded: ending nothing must not look like success
   */
  endSessions(user: string, cause: EndCause): void;
  /** Moments (ms) in the future, ascending, at which the meaning of a stored thing changes: a grace ends, a code expires. */
  deadlines(): readonly number[];
  /** Canonical plain-JSON state for state keys: tokens by label, never bytes. */
  state(): unknown;
  /** The public keys, as `GET /sso/jwks/{clientId}` answers them. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

/**
 * Makes an issuer that rotates refresh tokens as its profile says.
 *
 * Each request changes the state in one synchronous step before anything is signed, so concurrent requests are answered in the
 * order in which their bodies were read.
 *
 * @param options profile, identity, lifetimes (ms), users, keys, and the ports for time, randomness, naming and the journal
 * @throws {HoldfastError} `BAD_USAGE` without a key, or with an access-token lifetime below one second
 *
 * @example
 * ```ts
 * const issuer = createIssuer({
 *   profile: profiles.workos,
 *   origin: "https://api.workos.test",
 *   issuer: "https://api.workos.com",
 *   clientId: "client_test",
 *   apiKey: "sk_test",
 *   accessTokenLifetime: 300_000,
 *   users,
 *   keys: signingKeys,
 *   now: () => 0,
 *   randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
 *   name: () => {},
 *   journal: () => {},
 * });
 * (await issuer.fetch(new Request("https://api.workos.test/sso/jwks/client_test"))).status; // 200
 * ```
 */
export function createIssuer(options: IssuerOptions): Issuer {
  const core = createCore(options);
  const { machine, codes, magicAuths, deviceCodes, pendings, directory, interactions, signOns, consents } = core;
  const timed = [machine, codes, magicAuths, deviceCodes, pendings, interactions];
  const { surfaces = ["workos", "oidc"], interactive = true } = options;
  const routes = [
    // First, since both publish the keys at /oauth2/jwks, and this one to browsers too.
    ...(surfaces.includes("oidc") ? oidcRoutes(core) : []),
    ...(surfaces.includes("workos") ? workosRoutes(core) : []),
    ...(interactive ? pageRoutes(core) : []),
  ];

  return {
    fetch: createRouter(core.origin, routes),
    endSessions(id, cause) {
      if (directory.user(id) === undefined) {
        const known = directory.users.map((one) => one.id).join(", ");
        throw new HoldfastError("BAD_USAGE", `expected a user of this issuer, got "${id}"`, `its users are: ${known}`);
      }
      machine.end({ user: id }, cause, `every session of ${id} was ended (${cause})`);
    },
    deadlines: () => [...new Set(timed.flatMap((part) => part.deadlines()))].sort((a, b) => a - b),
    state: () => ({
      ...{ directory: directory.state(), codes: codes.state(), sessions: machine.state() },
      ...{ magicAuths: magicAuths.state(), deviceCodes: deviceCodes.state(), pendings: pendings.state() },
      ...(interactive ? { signOns: signOns.state(), interactions: interactions.state(), consents: consents.state() } : {}),
    }),
    get jwks() {
      return core.keys.published();
    },
  };
}
