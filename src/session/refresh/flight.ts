import type { Ports } from "../ports.ts";
import type { Seal } from "../seal.ts";
import { encodeSession, type SessionData } from "../session-data.ts";
import { released, taken } from "../store/lease.ts";
import { type Book, type Page, StoreFault } from "./book.ts";
import { type LedgerRecord, rotated, upTo } from "./ledger-record.ts";
import { type Opener, standing } from "./open-record.ts";
import type { RefreshPolicy } from "./policy.ts";
import type { Present } from "./present.ts";
import type { Revocations } from "./revocations.ts";
import type { Redemption, RefreshOutcome, RefreshWish } from "./strategy.ts";

/** What {@link createFly} needs. */
export interface FlightParts {
  readonly book: Book;
  readonly seal: Seal;
  readonly opener: Opener;
  readonly revocations: Revocations;
  readonly present: Present;
  readonly policy: RefreshPolicy;
  readonly ports: Pick<Ports, "now" | "wait">;
}

/** Refreshes one generation of a session, once among all isolates. Throws a `StoreFault` when the store fails. */
export type Fly = (session: SessionData, page: Page, wish: RefreshWish) => Promise<RefreshOutcome>;

/** The refreshes of one isolate. */
export interface Flights {
  readonly fly: Fly;
  /** The parents, by session and generation, of successors that the store has not taken. */
  stranded(): readonly string[];
}

/** Asks the store this often to take a successor before the answer is that it could not; then it is asked less often. */
const COMMIT_ATTEMPTS = 3;

/** A lease is renewed this often while it lasts: one renewal may fail, or be slow, and the next still comes before the end. */
const RENEWALS = 3;

/** The first pause of a rescue is this part of a lease, and each is twice as long as the one before. */
const FIRST_PAUSE = 100;

/** What has become of a successor, and the name of the entry that says it is to be revoked; null where it is not. */
interface Stored {
  readonly outcome: RefreshOutcome;
  readonly revocation: string | null;
}

const BUSY: RefreshOutcome = { kind: "unavailable", said: "another isolate is refreshing the session", retryAfter: 1 };

/**
 * One refresh among all isolates: take the lease or wait for its holder, present the token, store the successor, and only
 * then let anybody use it.
 *
 * The fence of the lease decides who may present again, renew, release and pass a verdict. A successor is taken from whoever has it as
 * long as its parent stands: to refuse the one of a holder that was thought dead would destroy the only copy there is.
 */
export function createFlights(parts: FlightParts): Flights {
  const { book, seal, opener, revocations, present, policy, ports } = parts;
  /** Successors that the store did not take, by their parents. They must not get lost: the issuer has spent the parents. */
  const stranded = new Map<string, SessionData>();

  async function fly(session: SessionData, page: Page, wish: RefreshWish): Promise<RefreshOutcome> {
    const deadline = ports.now() + policy.patience;
    for (let known = page; ; ) {
      const settled = await standing(opener, known.record, session);
      if (settled !== null) {
        const kept = stranded.get(parentOf(session));
        // The only copy of a successor: it is stored after all where its parent was only rejected, and revoked where the session has ended.
        if (kept !== undefined && settled.kind === "signed-out") return commit(session, known, kept);
        stranded.delete(parentOf(session));
        return settled;
      }
      if (ports.now() >= deadline) return BUSY;
      const record = upTo(known.record, session);
      const lease = taken(record.lease, ports.now(), policy.lease);
      if (lease === null) {
        known = await book.wait(session.key, known, Math.min(record.lease.until, deadline));
        continue;
      }
      const written = await book.write(session.key, known, { ...record, lease });
      known = written.page;
      // A write that took longer than the lease has brought one that may already be somebody else's.
      if (!written.won || ports.now() >= lease.until) continue;
      const outcome = await hold(session, known, lease.fence, wish);
      if (outcome !== null) return outcome;
      known = await book.read(session.key);
    }
  }

  /** Null when another holder has taken over and has the say. */
  async function hold(session: SessionData, page: Page, fence: number, wish: RefreshWish): Promise<RefreshOutcome | null> {
    const done = new AbortController();
    void keepLease(session, page, fence, done.signal);
    try {
      return await settle(session, page, fence, wish);
    } finally {
      // Not before the outcome is stored: a slow statement would let the lease lapse, and another present a spent token.
      done.abort();
    }
  }

  async function settle(session: SessionData, page: Page, fence: number, wish: RefreshWish): Promise<RefreshOutcome | null> {
    const redemption = await presented(session, page, fence, wish);
    switch (redemption.kind) {
      case "issued":
        return commit(session, page, redemption.successor);
      case "rejected":
        return believe(session, page, fence, redemption.said);
      case "unavailable": {
        const release = mine(session, fence, (record) => ({ ...record, lease: released(record.lease) }));
        const written = await book.update(session.key, page, release);
        if (!written.won) return standing(opener, written.page.record, session);
        return { kind: "unavailable", said: redemption.said, retryAfter: redemption.retryAfter };
      }
    }
  }

  async function presented(session: SessionData, page: Page, fence: number, wish: RefreshWish): Promise<Redemption> {
    const successor = stranded.get(parentOf(session));
    if (successor !== undefined) return { kind: "issued", successor };
    // Whoever was taken for dead meanwhile must not present what another may have spent.
    return present(session, wish, async () => {
      const { won, page: known } = await book.update(session.key, page, renewed(session, fence));
      // As when it was taken: a renewal that was slower than the lease has come too late.
      return won && ports.now() < (known.record?.lease.until ?? 0);
    });
  }

  /** Renews the lease for as long as somebody waits for the issuer or the store: a slow holder must not be taken for a dead one. */
  async function keepLease(session: SessionData, page: Page, fence: number, done: AbortSignal): Promise<void> {
    const pause = Math.ceil(policy.lease / RENEWALS);
    const taken = (page.record?.lease.until ?? 0) - policy.lease;
    let known = page;
    // Counted from when the lease was taken, which may be a while ago in a slow store.
    for (let due = taken + pause; ; due = ports.now() + pause) {
      await ports.wait(Math.max(0, due - ports.now()), done);
      if (done.aborted) return;
      // Nobody waits for it: a statement that hangs must not keep the next renewal from its turn. One that fails is no reason to
      // give up: the answer may still come, and the successor will be taken.
      book.update(session.key, known, renewed(session, fence)).then(
        (written) => {
          known = written.page;
        },
        () => {},
      );
    }
  }

  function renewed(session: SessionData, fence: number) {
    return mine(session, fence, (record) => {
      // What was released meanwhile stays so: a renewal that was on its way would keep everybody waiting for nobody.
      const isHeld = record.lease.until > 0;
      return isHeld ? { ...record, lease: { fence, until: ports.now() + policy.lease } } : null;
    });
  }

  async function commit(session: SessionData, page: Page, successor: SessionData): Promise<RefreshOutcome> {
    const sealed = await seal.seal(encodeSession(successor));
    const succeed = (record: LedgerRecord | null) => {
      const parent = upTo(record, session);
      return parent.epoch > session.epoch || parent.generation !== session.generation ? null : rotated(parent, successor, sealed);
    };
    const store = async () => {
      const written = await book.update(session.key, page, succeed);
      if (written.won) return { outcome: { kind: "rotated", session: successor } as const, revocation: null };
      const outcome = (await standing(opener, written.page.record, session)) ?? BUSY;
      return { outcome, revocation: outcome.kind === "signed-out" ? await revocations.add(successor) : null };
    };
    stranded.set(parentOf(session), successor);
    try {
      return await conclude(session, await insist(store));
    } catch (error) {
      if (stranded.has(parentOf(session))) void rescue(session, store);
      throw error;
    }
  }

  /** Nobody has to keep a successor any more that is stored, or of which it is written down that it is to be revoked. */
  async function conclude(session: SessionData, { outcome, revocation }: Stored): Promise<RefreshOutcome> {
    stranded.delete(parentOf(session));
    // What cannot be told to the issuer now stays written down.
    if (revocation !== null) await revocations.attempt(revocation).catch(unlessStoreFault);
    return outcome;
  }

  /**
   * Goes on trying for as long as a lease lasts, when nobody waits for an answer any more: until then the others wait for this isolate, and
   * after it they present the parent again, which not every issuer forgives. Soon at first: much of the lease may be over.
   */
  async function rescue(session: SessionData, store: () => Promise<Stored>): Promise<void> {
    let pause = Math.max(1, Math.floor(policy.lease / FIRST_PAUSE));
    for (let passed = pause; passed <= policy.lease; passed += pause) {
      await ports.wait(pause);
      // The next request of this isolate may have done it.
      if (!stranded.has(parentOf(session))) return;
      try {
        await conclude(session, await store());
        return;
      } catch (error) {
        unlessStoreFault(error);
      }
      pause *= 2;
    }
  }

  /** A rejection counts only if nobody has stored a successor meanwhile: the write itself reads the ledger again. */
  async function believe(session: SessionData, page: Page, fence: number, said: string): Promise<RefreshOutcome | null> {
    const reject = mine(session, fence, (record) => ({ ...record, rejected: said, lease: released(record.lease) }));
    const written = await book.update(session.key, page, reject);
    return written.won ? { kind: "signed-out", reason: "refresh_rejected", said } : standing(opener, written.page.record, session);
  }

  return { fly, stranded: () => [...stranded.keys()] };
}

/** A change that only the present holder of this generation's lease makes. */
function mine(session: SessionData, fence: number, change: (record: LedgerRecord) => LedgerRecord | null) {
  return (record: LedgerRecord | null): LedgerRecord | null =>
    record === null || record.epoch > session.epoch || record.generation !== session.generation || record.lease.fence !== fence
      ? null
      : change(record);
}

function unlessStoreFault(error: unknown): void {
  if (!(error instanceof StoreFault)) throw error;
}

async function insist<T>(statement: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (attempt === COMMIT_ATTEMPTS) throw error;
    }
  }
}

function parentOf({ key, generation }: SessionData): string {
  return `${key} ${generation}`;
}
