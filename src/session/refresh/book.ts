import type { Ports } from "../ports.ts";
import type { Store, StoredRecord } from "../store/store.ts";
import { decodeRecord, encodeRecord, type LedgerRecord } from "./ledger-record.ts";

/** A session's record as it was last seen. */
export interface Page {
  /** Null when there is none yet. */
  readonly record: LedgerRecord | null;
  readonly version: number;
}

/** The store could not be reached, or holds what nobody can read. Never a statement about a session. */
export class StoreFault extends Error {
  constructor(cause: unknown) {
    // The cause may quote a value.
    super("the session store cannot be reached or read", { cause });
    this.name = "StoreFault";
  }
}

/** The ledger's records in the store. Every method throws a {@link StoreFault} when the store fails. */
export interface Book {
  read(key: string): Promise<Page>;
  /** @returns The new page when it was written; otherwise the page as somebody else has left it. */
  write(key: string, page: Page, record: LedgerRecord): Promise<{ readonly won: boolean; readonly page: Page }>;
  /**
   * Changes the record, however often it changes meanwhile.
   *
   * @param change the new record; null leaves it as it is.
   */
  update(
    key: string,
    page: Page,
    change: (record: LedgerRecord | null) => LedgerRecord | null,
  ): Promise<{ readonly won: boolean; readonly page: Page }>;
  /** Until the page is another, or a moment (ms since the epoch). */
  wait(key: string, page: Page, deadline: number): Promise<Page>;
}

/**
 * The ledger's records in a store.
 *
 * @param options.retention Milliseconds for which a record is kept beyond the end of its last cookie.
 */
export function createBook(options: { readonly store: Store; readonly retention: number; readonly ports: Pick<Ports, "now"> }): Book {
  const { store, retention, ports } = options;

  function keptUntil({ until }: LedgerRecord): number {
    return Math.max(until, ports.now()) + retention;
  }

  async function write(key: string, page: Page, record: LedgerRecord) {
    const value = encodeRecord(record);
    const written = await guarded(() => store.compareAndSet(nameOf(key), page.version, value, keptUntil(record)));
    if (written.kind === "written") return { won: true, page: { record, version: written.version } };
    return { won: false, page: pageOf(written.record) };
  }

  return {
    read: async (key) => pageOf(await guarded(() => store.read(nameOf(key)))),
    write,
    async update(key, page, change) {
      for (let known = page; ; ) {
        const record = change(known.record);
        if (record === null) return { won: false, page: known };
        const written = await write(key, known, record);
        if (written.won) return written;
        known = written.page;
      }
    },
    wait: async (key, page, deadline) => pageOf(await guarded(() => store.wait(nameOf(key), page.version, deadline))),
  };
}

function nameOf(key: string): string {
  return `session:${key}`;
}

function pageOf(stored: StoredRecord | null): Page {
  if (stored === null) return { record: null, version: 0 };
  try {
    return { record: decodeRecord(stored.value), version: stored.version };
  } catch (error) {
    throw new StoreFault(error);
  }
}

/** Every rejection of the store becomes a {@link StoreFault}. */
export async function guarded<T>(statement: () => Promise<T>): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    throw new StoreFault(error);
  }
}
