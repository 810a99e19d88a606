import { errors, type JSONWebKeySet } from "jose";
import { type FetchPorts, fetchJson } from "./fetch-json.ts";
import { type KeySet, KeySetUnavailable } from "./key-set.ts";
import { createStaticKeySet } from "./static.ts";

/** Milliseconds, as all here. The first three are jose's defaults for `createRemoteJWKSet`. */
const DEFAULTS = { maxAge: 600_000, cooldown: 30_000, timeout: 5_000, staleIfError: 3_600_000 };
/** The shortest and the longest pause after a failed fetch, whatever `Retry-After` asks for. */
const FAILURE_PAUSE = { least: 1_000, most: 30_000 };
/** Seconds that a client is asked to wait when the issuer named no time. */
const DEFAULT_RETRY_AFTER = 5;

export interface RemoteKeySetOptions {
  /** For instance `https://api.workos.com/sso/jwks/client_1`. */
  readonly url: string;
  readonly ports: FetchPorts;
  /** Milliseconds after which the set is fetched again; default 10 minutes. */
  readonly maxAge?: number;
  /** Milliseconds for which an unknown key does not make the set be fetched again; default 30 s. */
  readonly cooldown?: number;
  /** Milliseconds beyond `maxAge` for which the old set serves while it cannot be fetched; default 1 hour. */
  readonly staleIfError?: number;
  /** Milliseconds that one fetch may take; default 5 s. */
  readonly timeout?: number;
}

interface Fetched {
  readonly find: KeySet;
  /** When the fetch began: the set may be as old as that. Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The issuer's own key set, fetched when it is first needed, when it is older than `maxAge`, and when a token names a key that
 * it does not have. Concurrent callers share one fetch.
 *
 * jose's `createRemoteJWKSet` is not used: it reads the global clock and timers, drops a set that it cannot renew, and after a
 * failure lets every unknown key fetch again.
 *
 * @example
 * ```ts
 * const keys = createRemoteKeySet({ url: "https://api.workos.com/sso/jwks/client_1", ports });
 * await jwtVerify(token, keys);
 * ```
 */
export function createRemoteKeySet(options: RemoteKeySetOptions): KeySet {
  const { url, ports } = options;
  const { maxAge = DEFAULTS.maxAge, cooldown = DEFAULTS.cooldown } = options;
  const { staleIfError = DEFAULTS.staleIfError, timeout = DEFAULTS.timeout } = options;
  let current: Fetched | null = null;
  let failure: { readonly error: KeySetUnavailable; readonly at: number; readonly pause: number } | null = null;
  let flight: Promise<Fetched | KeySetUnavailable> | null = null;

  /** A clock that was set back must not keep a set for ever. */
  function isWithin(since: number, duration: number): boolean {
    const age = ports.now() - since;
    return age >= 0 && age < duration;
  }

  async function load(): Promise<Fetched | KeySetUnavailable> {
    const since = ports.now();
    const answer = await fetchJson(ports, { url, timeout });
    const find = answer.kind === "answered" ? usable(answer.status, answer.body) : null;
    if (find !== null) {
      failure = null;
      current = { find, since };
      return current;
    }
    const retryAfter = answer.kind === "unavailable" ? answer.retryAfter : null;
    const said = answer.kind === "unavailable" ? answer.said : `the answer was ${answer.status} without a key set`;
    const error = new KeySetUnavailable(`the key set: ${said}`, retryAfter ?? DEFAULT_RETRY_AFTER);
    const pause = Math.min(Math.max((retryAfter ?? 0) * 1000, FAILURE_PAUSE.least), FAILURE_PAUSE.most);
    failure = { error, at: ports.now(), pause };
    return error;
  }

  /** The set as it is now at the issuer, or why it cannot be had. */
  async function reload(): Promise<Fetched | KeySetUnavailable> {
    // An issuer that is down is not asked again by every request that waits for it.
    if (failure !== null && isWithin(failure.at, failure.pause)) return failure.error;
    flight ??= load().finally(() => {
      flight = null;
    });
    return flight;
  }

  return async (header, token) => {
    let known: Fetched | null = current;
    if (known === null || !isWithin(known.since, maxAge)) {
      const loaded = await reload();
      if (!(loaded instanceof KeySetUnavailable)) known = loaded;
      else if (known === null || !isWithin(known.since, maxAge + staleIfError)) throw loaded;
    }
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || isWithin(known.since, cooldown)) throw error;
    }
    const renewed = await reload();
    // Without a newer set nobody can say that there is no such key.
    if (renewed instanceof KeySetUnavailable) throw renewed;
    return renewed.find(header, token);
  };
}

/** Null for anything but a set with keys in it: an empty one would turn every session away. */
function usable(status: number, body: unknown): KeySet | null {
  if (status !== 200) return null;
  try {
    const jwks = body as JSONWebKeySet;
    const find = createStaticKeySet(jwks);
    return jwks.keys.length === 0 ? null : find;
  } catch {
    return null;
  }
}
