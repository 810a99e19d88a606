import { hasTokens, type SessionData, type SessionReference } from "../session-data.ts";
import { createBook, guarded, type Page, StoreFault } from "./book.ts";
import { createFlights } from "./flight.ts";
import { ended, isAdoptable, presented, upTo } from "./ledger-record.ts";
import { createOpener, newest, standing } from "./open-record.ts";
import { createPresent } from "./present.ts";
import { AS_IT_IS } from "./redemption.ts";
import { createRevocations } from "./revocations.ts";
import type { Admission, Ending, RefreshOutcome, RefreshWish, SessionStrategy, StrategyParts, Unavailable } from "./strategy.ts";

const UNKNOWN: Admission = { kind: "signed-out", reason: "session_unknown", said: "there is no record of this session" };

/**
 * The default strategy: what all isolates know of a session stands in a ledger, one record each, and every request reads it.
 *
 * - One refresh a generation: a single flight inside of the isolate, a fenced lease across isolates.
 * - The successor is stored, sealed, before anybody uses it; losers and older cookies adopt it.
 * - Nothing ends a session but its user, a stolen cookie, or the issuer's rejection of the newest generation.
 *
 * The design is DESIGN §5, "Refresh" and "Both sides of the coin"; the failures that it answers are field notes §3, classes A to H.
 *
 * @example
 * ```ts
 * createSession({ ...options, store: createMemoryStore(ports), strategy: ledger });
 * ```
 */
export function ledger(parts: StrategyParts): SessionStrategy {
  const { store, seal, policy, ports, retention } = parts;
  const book = createBook({ store, retention, ports });
  const opener = createOpener(seal);
  const revocations = createRevocations({ store, seal, revoke: parts.revoke, retention, ports });
  const present = createPresent({ redeem: parts.redeem, policy, ports });
  const { fly, stranded } = createFlights({ book, seal, opener, revocations, present, policy, ports });
  const flights = new Map<string, Promise<RefreshOutcome>>();

  /** Requests of this isolate that want the same share one flight. */
  function share(session: SessionData, page: Page, wish: RefreshWish): Promise<RefreshOutcome> {
    const name = JSON.stringify([session.key, session.generation, wish.organizationId]);
    const pending = flights.get(name);
    if (pending !== undefined) return pending;
    const flight = safely(() => fly(session, page, wish)).finally(() => flights.delete(name));
    flights.set(name, flight);
    return flight;
  }

  async function refresh(session: SessionData, page: Page, wish: RefreshWish = AS_IT_IS): Promise<RefreshOutcome> {
    const outcome = await share(session, page, wish);
    if (outcome.kind !== "rotated" || wish.organizationId === null || outcome.session.organizationId === wish.organizationId)
      return outcome;
    // Somebody else's refresh came first, without the wish: it is made once more, of what that has left.
    return safely(async () => share(outcome.session, await book.read(session.key), wish));
  }

  function admitted(session: SessionData, page: Page, adopted: boolean): Admission {
    return { kind: "admitted", session, adopted, refresh: (wish) => refresh(session, page, wish) };
  }

  async function judge(cookie: SessionReference, wish?: RefreshWish): Promise<Admission> {
    let page = await book.read(cookie.key);
    const { record } = page;
    if (record !== null && record.epoch <= cookie.epoch) {
      if (!isAdoptable(record, cookie.generation, ports.now(), policy.window)) {
        await finish(cookie, page, "cookie_stolen");
        return { kind: "signed-out", reason: "cookie_stolen", said: "a cookie came back after its window: the session has been ended" };
      }
      const noted = presented(record, cookie.generation, ports.now(), policy.window);
      // Who loses this write leaves the presentation to be noted by the next request.
      if (noted !== record) page = (await book.write(cookie.key, page, noted)).page;
    }
    const { record: current } = page;
    if (wish === undefined || current === null || current.generation <= cookie.generation) return admit(cookie, page);
    // Wherever the session is by now: a switch whose answer was lost would leave the browser between two organizations for good.
    return admit({ ...cookie, organizationId: current.organizationId }, page);
  }

  async function admit(cookie: SessionReference, page: Page): Promise<Admission> {
    const { record } = page;
    const settled = await standing(opener, record, cookie);
    if (settled?.kind === "rotated") return admitted(settled.session, page, true);
    // A rejected generation's access token still serves to its end; the refresh, when it comes to that, will say so.
    if (settled?.kind === "signed-out" && settled.reason !== "refresh_rejected") return settled;
    // No browser keeps a cookie for so long, and what would have been known of it is forgotten: perhaps that it was ended.
    if (record === null && cookie.expiresAt + retention <= ports.now()) return UNKNOWN;
    if (hasTokens(cookie)) return admitted(cookie, page, false);
    if (record === null) return UNKNOWN;
    const own = await newest(opener, record, cookie);
    return own.kind === "rotated" ? admitted(own.session, page, false) : own;
  }

  /** First what is to be told to the issuer, then the end: whoever dies in between has ended no session that its user wanted to keep. */
  async function finish(cookie: SessionReference, from: Page, reason: "session_ended" | "cookie_stolen"): Promise<void> {
    const pending = new Set<string>();
    for (let page = from; (page.record?.epoch ?? 0) <= cookie.epoch; ) {
      const record = upTo(page.record, cookie);
      const stored = await opener(record);
      const session = stored ?? (hasTokens(cookie) ? cookie : null);
      if (session !== null) pending.add(await revocations.add(session));
      page = (await book.write(cookie.key, page, ended(record, reason))).page;
    }
    for (const name of pending) await safely(() => revocations.attempt(name));
  }

  return {
    cookieOf: (session) => session,
    begin: async () => ({ kind: "begun" }),
    admit: (cookie, wish) => safely(() => judge(cookie, wish)),
    end: (cookie, reason) =>
      safely(async (): Promise<Ending> => {
        await finish(cookie, await book.read(cookie.key), reason);
        return { kind: "ended" };
      }),
    underWay: () => [...[...flights.keys()].map((name) => `flight ${name}`), ...stranded().map((parent) => `stranded ${parent}`)].sort(),
    maintain: async () => {
      await safely(() => revocations.settle());
      await safely(() => guarded(() => store.sweep()));
    },
  };
}

/** A fault of the store is no statement about a session. Anything else is a bug, and comes through. */
async function safely<T>(work: () => Promise<T>): Promise<T | Unavailable> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreFault) return { kind: "unavailable", said: error.message, retryAfter: null };
    throw error;
  }
}
