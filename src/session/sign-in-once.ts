import type { Ports } from "./ports.ts";
import { guarded, StoreFault } from "./refresh/book.ts";
import type { Seal } from "./seal.ts";
import { decodeSession, encodeSession, hasTokens, type SessionData } from "./session-data.ts";
import type { SignInAttempt, SignInFailure } from "./sign-in-outcome.ts";
import type { Store } from "./store/store.ts";
import type { Transaction } from "./transaction.ts";

/** Milliseconds for which a second request of the same callback is answered like the first. */
export const REPLAY = 60_000;
/** Milliseconds after which whoever exchanges the code is taken for dead: discovery, the exchange and the key set, each at its slowest. */
const LEASE = 30_000;
/** Milliseconds that a second request waits for the first. */
const PATIENCE = 20_000;

type Result = { readonly kind: "session"; readonly session: SessionData; readonly replayed: boolean } | SignInFailure;

/** Exchanges the code of a sign-in once, however often its callback is requested. */
export type SignInOnce = (transaction: Transaction, code: string, exchange: () => Promise<SignInAttempt>) => Promise<Result>;

/** What stands in the store: who is at it until when, or what came of it. */
interface Entry {
  readonly busyUntil: number;
  /** The code and the session, sealed. */
  readonly done: string | null;
}

const OTHER_CODE: SignInFailure = {
  kind: "refused",
  said: "expected the code that this sign-in has already been finished with: sign in again",
};
const STILL_BUSY: SignInFailure = { kind: "unavailable", said: "the same sign-in is still being finished", retryAfter: 1 };
const NO_STORE: SignInFailure = { kind: "unavailable", said: "the session store cannot be reached", retryAfter: 5 };

/**
 * A code works once, and browsers ask twice: a double click, a reload, a prefetch. The first request exchanges the code and leaves the
 * session, sealed, for a minute; the second waits for it. Whoever asks has already shown the cookie of the sign-in.
 */
export function createSignInOnce(parts: { readonly store: Store; readonly seal: Seal; readonly ports: Pick<Ports, "now"> }): SignInOnce {
  const { store, seal, ports } = parts;

  async function replay(done: string, code: string): Promise<Result> {
    const opened = await seal.open(done);
    if (opened.kind !== "opened") return STILL_BUSY;
    const { code: used, session: encoded } = JSON.parse(opened.text);
    const session = used === code ? decodeSession(encoded) : null;
    return session !== null && hasTokens(session) ? { kind: "session", session, replayed: true } : OTHER_CODE;
  }

  async function run(name: string, code: string, exchange: () => Promise<SignInAttempt>): Promise<Result> {
    const deadline = ports.now() + PATIENCE;
    for (let version = 0; ; ) {
      const busy: Entry = { busyUntil: ports.now() + LEASE, done: null };
      const claimed = await guarded(() => store.compareAndSet(name, version, JSON.stringify(busy), ports.now() + REPLAY));
      if (claimed.kind === "written") return finish(name, claimed.version, code, await exchange());
      let record = claimed.record;
      while (record !== null) {
        const { busyUntil, done }: Entry = JSON.parse(record.value);
        if (done !== null) return replay(done, code);
        if (busyUntil <= ports.now()) break;
        if (ports.now() >= deadline) return STILL_BUSY;
        const { version: known } = record;
        record = await guarded(() => store.wait(name, known, Math.min(busyUntil, deadline)));
      }
      version = record?.version ?? 0;
    }
  }

  async function finish(name: string, version: number, code: string, attempt: SignInAttempt): Promise<Result> {
    const isDone = attempt.kind === "session";
    const sealed = isDone ? await seal.seal(JSON.stringify({ code, session: encodeSession(attempt.session) })) : null;
    const value = sealed === null ? null : JSON.stringify({ busyUntil: 0, done: sealed } satisfies Entry);
    // The sign-in itself has succeeded: without the store only its replay has not.
    await store.compareAndSet(name, version, value, ports.now() + REPLAY).catch(() => {});
    return isDone ? { kind: "session", session: attempt.session, replayed: false } : attempt;
  }

  return async ({ state }, code, exchange) => {
    try {
      return await run(`sign-in:${state}`, code, exchange);
    } catch (error) {
      if (error instanceof StoreFault) return NO_STORE;
      throw error;
    }
  };
}
