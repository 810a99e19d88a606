import { HoldfastError } from "../model/error.ts";
import { type Answer, asFetched } from "./answer.ts";
import { type Address, addressOf } from "./control/address.ts";
import { type Control, createControl } from "./control/control.ts";
import { createFaults, type Outcome } from "./control/faults.ts";
import { createJournal } from "./control/journal.ts";
import { type Core, createCore } from "./core.ts";
import { readFetched } from "./fetched.ts";
import { Refusal } from "./http.ts";
import type { IssuerRequest } from "./message.ts";
import { oidcRoutes } from "./oidc/surface.ts";
import type { IssuerOptions, Surface } from "./options.ts";
import { pageRoutes } from "./pages/routes.ts";
import { createRouter, type Route } from "./router.ts";
import { workosRoutes } from "./workos/surface.ts";

export type { IssuerEvent, IssuerOptions } from "./options.ts";

/** What each surface answers. The first publishes its keys where the other does too, and to browsers of any origin. */
const SURFACES: Readonly<Record<Surface, (core: Core) => readonly Route[]>> = { oidc: oidcRoutes, workos: workosRoutes };

/** For whoever looks on from outside of the state machine. */
export interface Watched {
  /**
   * Told of each request as it arrives, before any fault strikes it. What it returns is told what came of the request; null where
   * the issuer itself failed.
   */
  watch?(address: Address): (outcome: Outcome | null) => void;
}

/** A running issuer: one state machine behind its surfaces. */
export interface Issuer {
  /**
   * Answers one request. What a client does wrong is an error answer, never a rejection; an error of the given ports does reject.
   *
   * @throws {TypeError} where a fault breaks the connection, as fetch does
   */
  fetch(request: Request): Promise<Response>;
  /** Answers one request for a face that can break a connection itself. */
  answer(request: Request): Promise<Answer>;
  /** The same for a face that has read the request's body already. */
  answerRead(request: IssuerRequest): Promise<Answer>;
  /** What its operator can do: keys, faults, revocation, theft, changes, the journal. */
  readonly control: Control;
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
export function createIssuer(options: IssuerOptions & Watched): Issuer {
  const journal = options.journalSize === undefined ? null : createJournal(options.journalSize, options.now);
  const core = createCore(journal === null ? options : { ...options, journal: told });
  const { machine, codes, magicAuths, deviceCodes, pendings, directory, keys, interactions, signOns, consents } = core;
  const timed = [machine, codes, magicAuths, deviceCodes, pendings, interactions, keys];
  const { interactive = true } = options;
  const route = createRouter(core.origin, routesOf(core));
  const faults = createFaults(options.now, options.wait);

  function told(...[event]: Parameters<IssuerOptions["journal"]>): void {
    journal?.event(event);
    options.journal(event);
  }

  async function answerRead(request: IssuerRequest): Promise<Answer> {
    // Looked at on its way only where somebody wants that.
    if (journal === null && !faults.active && options.watch === undefined) return { kind: "reply", reply: await route(request) };
    const address = addressOf(core, request);
    const answered = options.watch?.(address);
    const run = () => faults.apply(address, () => route(request), request.signal);
    try {
      const outcome = await (journal === null ? run() : journal.request(address, run));
      answered?.(outcome);
      return outcome.answer;
    } catch (error) {
      answered?.(null);
      throw error;
    }
  }

  async function answer(request: Request): Promise<Answer> {
    try {
      return await answerRead(await readFetched(request));
    } catch (error) {
      if (error instanceof Refusal) return { kind: "reply", reply: error.reply };
      throw error;
    }
  }

  return {
    fetch: async (request) => asFetched(await answer(request)),
    answer,
    answerRead,
    control: createControl(core, faults, journal),
    deadlines: () => [...new Set(timed.flatMap((part) => part.deadlines()))].sort((a, b) => a - b),
    state: () => ({
      ...{ directory: directory.state(), codes: codes.state(), sessions: machine.state(), keys: keys.state() },
      ...{ magicAuths: magicAuths.state(), deviceCodes: deviceCodes.state(), pendings: pendings.state() },
      ...(interactive ? { signOns: signOns.state(), interactions: interactions.state(), consents: consents.state() } : {}),
      ...(faults.active ? { faults: faults.state() } : {}),
    }),
    get jwks() {
      return keys.published();
    },
  };
}

/** @throws {HoldfastError} `BAD_USAGE` for a surface that there is not */
function routesOf(core: Core): readonly Route[] {
  const known = Object.keys(SURFACES) as Surface[];
  const { surfaces = known, interactive = true } = core.options;
  const unknown = surfaces.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new HoldfastError("BAD_USAGE", `expected a surface, got "${unknown}"`, `known: ${known.join(", ")}`);
  const routes = known.filter((name) => surfaces.includes(name)).flatMap((name) => SURFACES[name](core));
  return interactive ? [...routes, ...pageRoutes(core)] : routes;
}
