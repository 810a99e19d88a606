import type { Ports } from "../ports.ts";
import type { Seal } from "../seal.ts";
import { decodeSession, encodeSession, hasTokens, type SessionData } from "../session-data.ts";
import type { Store } from "../store/store.ts";
import { guarded } from "./book.ts";
import type { Revoke } from "./strategy.ts";

/** How many are tried in one round of `settle`. */
const ROUND = 20;
const PREFIX = "revocation:";

/** What the issuer is still to be told, kept until it has taken it. */
export interface Revocations {
  /** Stores that a session is to be revoked, and names the entry. Throws a `StoreFault` when it cannot be stored. */
  add(session: SessionData): Promise<string>;
  /** Tries one entry now; what the issuer does not take stays stored. Throws a `StoreFault` when the store fails. */
  attempt(name: string): Promise<void>;
  /** Tries the oldest entries. Throws a `StoreFault` when the store fails. */
  settle(): Promise<void>;
}

/**
 * Pending revocations in a store, their tokens sealed.
 *
 * @param options.retention Milliseconds for which one is kept beyond the end of its refresh token.
 */
export function createRevocations(options: {
  readonly store: Store;
  readonly seal: Seal;
  readonly revoke: Revoke;
  readonly retention: number;
  readonly ports: Pick<Ports, "now">;
}): Revocations {
  const { store, seal, revoke, retention, ports } = options;

  async function attempt(name: string): Promise<void> {
    const record = await guarded(() => store.read(name));
    if (record === null) return;
    const opened = await seal.open(record.value);
    const session = opened.kind === "opened" ? decodeSession(opened.text) : null;
    // What a newer deployment has sealed, a newer deployment will settle.
    if (session === null || !hasTokens(session) || !(await revoke(session))) return;
    await guarded(() => store.compareAndSet(name, record.version, null, 0));
  }

  return {
    async add(session) {
      const sealed = await seal.seal(encodeSession(session));
      const name = `${PREFIX}${session.key}.${session.generation}`;
      // A conflict means that it is already known.
      const keptUntil = Math.max(session.expiresAt, ports.now()) + retention;
      await guarded(() => store.compareAndSet(name, 0, sealed, keptUntil));
      return name;
    },

    attempt,

    async settle() {
      for (const name of await guarded(() => store.list(PREFIX, ROUND))) await attempt(name);
    },
  };
}
