import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "./store.ts";

/** A store to be tested, with its clock in the hands of the test. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The same records through another door, as another isolate has them. */
  readonly other: Store;
  now(): number;
  /** Moves the clock and lets everything happen that is due. */
  advance(milliseconds: number): Promise<void>;
  /** Lets everything happen that can happen without time passing. */
  settle(): Promise<void>;
}

/** What every store must do, whatever it is made of. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let store: Store;
  let other: Store;
  let later: number;
  beforeEach(async () => {
    under = await open();
    ({ store, other } = under);
    later = under.now() + 60_000;
  });

  async function put(key: string, version: number, value: string | null, expiresAt = later): Promise<number> {
    const written = await store.compareAndSet(key, version, value, expiresAt);
    if (written.kind !== "written") throw new Error(`expected to write ${key}, found ${JSON.stringify(written)}`);
    return written.version;
  }

  describe("compare-and-set", () => {
    test("creates a record that was not there, and everybody reads it", async () => {
      expect(await store.read("a")).toBeNull();
      const version = await put("a", 0, "one");
      expect(version).toBeGreaterThan(0);
      expect(await store.read("a")).toEqual({ value: "one", version });
      expect(await other.read("a")).toEqual({ value: "one", version });
      expect(await store.read("b")).toBeNull();
    });

    test("replaces the version that the writer knows, and versions grow", async () => {
      const first = await put("a", 0, "one");
      const second = await put("a", first, "two");
      expect(second).toBeGreaterThan(first);
      expect(await other.read("a")).toEqual({ value: "two", version: second });
    });

    test("refuses another version, shows the record and changes nothing", async () => {
      const version = await put("a", 0, "one");
      const conflict = { kind: "conflict", record: { value: "one", version } };
      expect(await other.compareAndSet("a", 0, "mine", later)).toEqual(conflict);
      expect(await other.compareAndSet("a", version + 1, "mine", later)).toEqual(conflict);
      expect(await other.compareAndSet("a", version + 1, null, later)).toEqual(conflict);
      expect(await store.read("a")).toEqual({ value: "one", version });
      expect(await other.compareAndSet("b", 7, "mine", later)).toEqual({ kind: "conflict", record: null });
      expect(await store.read("b")).toBeNull();
    });

    test("of many at once lets one through", async () => {
      const writers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other).compareAndSet("a", 0, `${index}`, later));
      const written = await Promise.all(writers);
      expect(written.filter(({ kind }) => kind === "written")).toHaveLength(1);
      const winner = written.findIndex(({ kind }) => kind === "written");
      expect((await store.read("a"))?.value).toBe(`${winner}`);
    });

    test("deletes, and the key never has an old version again", async () => {
      const first = await put("a", 0, "one");
      await put("a", first, null);
      expect(await other.read("a")).toBeNull();
      expect(await other.compareAndSet("a", first, "late", later)).toEqual({ kind: "conflict", record: null });
      expect(await put("a", 0, "again")).toBeGreaterThan(first);
      expect(await other.compareAndSet("b", 0, null, later)).toEqual({ kind: "conflict", record: null });
    });

    test("keeps any text as it is", async () => {
      const text = JSON.stringify({ quote: "'\"\\", unicode: "é🔒", empty: "" });
      await put("key with 'quotes' and %", 0, text);
      expect((await other.read("key with 'quotes' and %"))?.value).toBe(text);
    });
  });

  describe("expiry", () => {
    test("makes a record absent from its moment on, for reading, writing and listing", async () => {
      await put("a", 0, "one", under.now() + 1_000);
      await under.advance(999);
      expect((await store.read("a"))?.value).toBe("one");
      await under.advance(1);
      expect(await store.read("a")).toBeNull();
      expect(await other.list("a", 10)).toEqual([]);
      await put("a", 0, "two");
      expect((await store.read("a"))?.value).toBe("two");
    });

    test("counts a conflict with an expired record as no record", async () => {
      const version = await put("a", 0, "one", under.now() + 1_000);
      await under.advance(1_000);
      expect(await other.compareAndSet("a", version, "late", later)).toEqual({ kind: "conflict", record: null });
    });

    test("a sweep deletes what has expired and nothing else", async () => {
      await put("short", 0, "s", under.now() + 1_000);
      await put("long", 0, "l", under.now() + 2_000);
      expect(await store.sweep()).toBe(0);
      await under.advance(1_000);
      expect(await store.sweep()).toBe(1);
      expect(await store.sweep()).toBe(0);
      expect((await store.read("long"))?.value).toBe("l");
    });
  });

  describe("wait", () => {
    /** Whether a promise has settled once everything has happened that can. */
    async function isOver(promise: Promise<unknown>): Promise<boolean> {
      let over = false;
      void promise.finally(() => {
        over = true;
      });
      await under.settle();
      return over;
    }

    test("returns at once when the version is already another", async () => {
      const version = await put("a", 0, "one");
      expect(await store.wait("a", 0, later)).toEqual({ value: "one", version });
      expect(await store.wait("b", 9, later)).toBeNull();
    });

    test("is enabled by a change that somebody else makes", async () => {
      const first = await put("a", 0, "one");
      const waiting = store.wait("a", first, later);
      expect(await isOver(waiting)).toBe(false);
      const written = await other.compareAndSet("a", first, "two", later);
      expect(await waiting).toEqual({ value: "two", version: written.kind === "written" ? written.version : 0 });
    });

    test("is enabled by the creation and by the deletion of the record", async () => {
      const created = store.wait("a", 0, later);
      await under.settle();
      const version = await put("a", 0, "one");
      expect(await created).toEqual({ value: "one", version });
      const deleted = other.wait("a", version, later);
      await under.settle();
      await put("a", version, null);
      expect(await deleted).toBeNull();
    });

    test("is not enabled by other keys", async () => {
      const version = await put("a", 0, "one");
      const waiting = store.wait("a", version, later);
      await put("aa", 0, "other");
      await put("A", 0, "other");
      expect(await isOver(waiting)).toBe(false);
      await put("a", version, "two");
      await waiting;
    });

    test("ends at the deadline with the record as it is", async () => {
      const version = await put("a", 0, "one");
      const waiting = store.wait("a", version, under.now() + 1_000);
      const absent = store.wait("b", 0, under.now() + 1_000);
      await under.advance(999);
      expect(await isOver(waiting)).toBe(false);
      await under.advance(1);
      expect(await waiting).toEqual({ value: "one", version });
      expect(await absent).toBeNull();
      expect(await store.wait("a", version, under.now() - 1)).toEqual({ value: "one", version });
    });

    test("that ends leaves the others waiting for the same record", async () => {
      const version = await put("a", 0, "one");
      const short = store.wait("a", version, under.now() + 1_000);
      const long = store.wait("a", version, later);
      await under.advance(1_000);
      await short;
      await put("a", version, "two");
      expect((await long)?.value).toBe("two");
    });

    test("lets many wait for one change", async () => {
      const version = await put("a", 0, "one");
      const waiting = [store, other, store].map((door) => door.wait("a", version, later));
      await under.settle();
      await put("a", version, "two");
      for (const record of await Promise.all(waiting)) expect(record?.value).toBe("two");
    });
  });

  describe("list", () => {
    test("finds keys by their beginning, oldest first, up to a limit", async () => {
      for (const key of ["revocation:b", "revocation:a", "session:a", "revocation:c"]) await put(key, 0, "x");
      expect(await other.list("revocation:", 10)).toEqual(["revocation:b", "revocation:a", "revocation:c"]);
      expect(await store.list("revocation:", 2)).toEqual(["revocation:b", "revocation:a"]);
      expect(await store.list("nothing", 2)).toEqual([]);
      await put("revocation:b", (await store.read("revocation:b"))?.version ?? 0, "y");
      expect(await store.list("revocation:", 10)).toEqual(["revocation:a", "revocation:c", "revocation:b"]);
    });

    test("takes the prefix for what it is, and not for a pattern", async () => {
      for (const key of ["a_b", "axb", "a%b", "a\\b"]) await put(key, 0, "x");
      expect(await store.list("a_", 10)).toEqual(["a_b"]);
      expect(await store.list("a%", 10)).toEqual(["a%b"]);
      expect(await store.list("a\\", 10)).toEqual(["a\\b"]);
    });
  });
}
