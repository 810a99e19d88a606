import { HoldfastError } from "../model/error.ts";
import { type Answer, asFetched } from "./answer.ts";
import { addressOf } from "./control/address.ts";
import { type Control, createControl } from "./control/control.ts";
import { createFaults } from "./control/faults.ts";
import { createJournal } from "./control/journal.ts";
import { type Core, createCore } from "./core.ts";
import type { IssuerOptions } from "./options.ts";
import { createRouter, type Route } from "./router.ts";
import { workosRoutes } from "./workos/surface.ts";

export type { IssuerEvent, IssuerOptions } from "./options.ts";

/** What each surface answers. */
const SURFACES: Readonly<Record<string, (core: Core) => readonly Route[]>> = { workos: workosRoutes };

/** A running issuer: one state machine behind its surfaces. */
export interface Issuer {
  /**
   * Answers one request. What a client does wrong is a JSON error, never a rejection; an error of the given ports does reject.
   *
   * @throws {TypeError} where a fault breaks the connection, as fetch does
   */
  fetch(request: Request): Promise<Response>;
  /**
   * Answers one request for a face that can break a connection itself.
   *
   * @param body the text of the request's body, where the face has it already
   */
  answer(request: Request, body?: string): Promise<Answer>;
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
export function createIssuer(options: IssuerOptions): Issuer {
  const journal = options.journalSize === undefined ? null : createJournal(options.journalSize, options.now);
  const core = createCore(journal === null ? options : { ...options, journal: told });
  const { machine, codes, directory, keys } = core;
  const route = createRouter(core.origin, routesOf(core));
  const faults = createFaults(options.now, options.wait);

  function told(...[event]: Parameters<IssuerOptions["journal"]>): void {
    journal?.event(event);
    options.journal(event);
  }

  /** Looks at a request on its way. Only where somebody wants that, for it has to read the body. */
  async function watched(request: Request, given: string | undefined): Promise<Answer> {
    const body = given ?? (request.body === null ? null : await request.text());
    const seen = given === undefined && body !== null ? withBody(request, body) : request;
    const address = addressOf(core, seen, body);
    const run = () => faults.apply(address, () => route(seen), request.signal);
    return (await (journal === null ? run() : journal.request(address, run))).answer;
  }

  const isWatched = () => journal !== null || faults.active;

  return {
    fetch: async (request) => (isWatched() ? asFetched(await watched(request, undefined)) : route(request)),
    answer: async (request, body) => (isWatched() ? watched(request, body) : { kind: "response", response: await route(request) }),
    control: createControl(core, faults, journal),
    deadlines: () => [...new Set([...machine.deadlines(), ...codes.deadlines(), ...keys.deadlines()])].sort((a, b) => a - b),
    state: () => ({
      ...{ codes: codes.state(), sessions: machine.state(), keys: keys.state(), directory: directory.state() },
      ...(faults.active ? { faults: faults.state() } : {}),
    }),
    get jwks() {
      return keys.published();
    },
  };
}

/** @throws {HoldfastError} `BAD_USAGE` for a surface that there is not */
function routesOf(core: Core): readonly Route[] {
  const known = Object.keys(SURFACES);
  const { surfaces = known } = core.options;
  return surfaces.flatMap((name) => {
    const routes = Object.hasOwn(SURFACES, name) ? SURFACES[name] : undefined;
    if (routes === undefined) throw new HoldfastError("BAD_USAGE", `expected a surface, got "${name}"`, `known: ${known.join(", ")}`);
    return routes(core);
  });
}

/** The same request, whose body can be read once more. */
function withBody({ url, method, headers, signal }: Request, body: string): Request {
  return new Request(url, { method, headers, signal, body });
}
