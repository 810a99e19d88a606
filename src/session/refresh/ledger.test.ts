import { describe, expect, test } from "vitest";
import { referenceTo, type SessionData } from "../session-data.ts";
import { createBook } from "./book.ts";
import { admitted, dump, fault, generation, openStage, REJECTED, refreshing, rotate, type Stage } from "./ledger.testing.ts";
import { decodeRecord, encodeRecord, firstRecord, type LedgerRecord } from "./ledger-record.ts";
import { createRevocations } from "./revocations.ts";
import { serverSession } from "./server-session.ts";

const g0 = generation(0);

async function recordOf(stage: Stage): Promise<LedgerRecord> {
  return decodeRecord((await stage.store.read("session:key_ada_1"))?.value ?? "");
}

/** Somebody takes the lease over, as if its holder had been frozen. */
async function takeOver(stage: Stage, lease: LedgerRecord["lease"]): Promise<void> {
  const version = (await stage.store.read("session:key_ada_1"))?.version ?? 0;
  const record = encodeRecord({ ...(await recordOf(stage)), lease });
  await stage.store.compareAndSet("session:key_ada_1", version, record, stage.clock.now() + 1e6);
}

describe("one refresh a generation", () => {
  test("requests of one isolate share a flight", async () => {
    const stage = openStage();
    const flights = [await refreshing(stage, 1, g0), await refreshing(stage, 1, g0), await refreshing(stage, 1, g0)];
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0"]);
    await stage.presentations[0]?.issue();
    for (const { outcome } of flights) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("requests of one isolate share its statements too", async () => {
    const stage = openStage();
    const flights = [await refreshing(stage, 1, g0), await refreshing(stage, 1, g0)];
    await stage.presentations[0]?.issue();
    await Promise.all(flights.map(({ outcome }) => outcome));
    expect(stage.statements).toEqual(["read", "write", "read", "write"]);
  });

  test("other isolates wait for the holder of the lease and adopt what it stores", async () => {
    const stage = openStage();
    const winner = await refreshing(stage, 1, g0);
    const losers = [await refreshing(stage, 2, g0), await refreshing(stage, 3, g0)];
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    for (const { outcome } of [winner, ...losers]) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.clock.waiting).toBe(0);
  });

  test("of two that want the lease at once, one gets it", async () => {
    const stage = openStage();
    const both = [await admitted(stage, 1, g0), await admitted(stage, 2, g0)];
    const outcomes = both.map((admission) => admission.refresh());
    await stage.clock.settle();
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    for (const outcome of outcomes) expect((await outcome).kind).toBe("rotated");
  });

  test("a request that was admitted before a flight landed adopts its result afterwards", async () => {
    const stage = openStage();
    const early = await admitted(stage, 2, g0);
    await rotate(stage, 1, g0);
    expect(await early.refresh()).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.presentations).toHaveLength(1);
  });

  test("sessions do not wait for each other", async () => {
    const stage = openStage();
    await refreshing(stage, 1, g0);
    await refreshing(stage, 1, generation(0, { key: "key_bob" }));
    expect(stage.presentations).toHaveLength(2);
  });

  test("takes a read, a write for the lease and a write for the successor, and a joiner one read", async () => {
    const stage = openStage();
    await rotate(stage, 1, g0);
    expect(stage.statements).toEqual(["read", "write", "write"]);
    await admitted(stage, 2, generation(1));
    expect(stage.statements.slice(3)).toEqual(["read", "write"]); // It is the first presentation.
    await admitted(stage, 2, generation(1));
    expect(stage.statements.slice(5)).toEqual(["read"]);
  });
});

/** Statements that fail from the commit of a successor on: all before the answer, and then all for as long as a lease lasts. */
const UNTIL_ANSWERED = 3;
const WHILE_LEASED = UNTIL_ANSWERED + 6;

/** Isolate 1 is given a successor that the store does not take, and has answered. No replay is forgiven. */
async function stranding(failures: number, data?: Partial<SessionData>) {
  const stage = openStage({ grace: null });
  const { outcome } = await refreshing(stage, 1, g0);
  stage.failStore(failures);
  await stage.presentations[0]?.issue(data);
  return { stage, outcome: await outcome };
}

describe("the successor", () => {
  test("is stored before anybody uses it, and sealed", async () => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0);
    stage.failStore(1, 0);
    let settled = false;
    void outcome.then(() => {
      settled = true;
    });
    expect(settled).toBe(false);
    await stage.presentations[0]?.issue();
    await outcome;
    const text = await dump(stage.store);
    expect(text).toContain('\\"generation\\":1');
    expect(text).not.toMatch(/rt_|at_\d/);
  });

  test("goes to a later request with the old cookie, on any isolate, and the cookie is replaced", async () => {
    const stage = openStage();
    await rotate(stage, 1, g0);
    expect(await admitted(stage, 2, g0)).toMatchObject({ session: generation(1), adopted: true });
    expect(await admitted(stage, 2, generation(1))).toMatchObject({ session: generation(1), adopted: false });
  });

  test("is refreshed from wherever the browser was left: the newest token is presented, never a spent one", async () => {
    const stage = openStage();
    await rotate(stage, 1, g0);
    await rotate(stage, 2, g0);
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0", "rt_1"]);
    expect(await admitted(stage, 3, g0)).toMatchObject({ session: generation(2), adopted: true });
  });

  test("is taken when the store fails twice, before the answer", async () => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0);
    stage.failStore(2);
    await stage.presentations[0]?.issue();
    expect((await outcome).kind).toBe("rotated");
    expect(await admitted(stage, 2, g0)).toMatchObject({ session: generation(1) });
  });

  test("that the store did not take is stored as soon as it does, before anybody else may present the parent", async () => {
    const { stage, outcome } = await stranding(UNTIL_ANSWERED);
    expect(outcome).toMatchObject({ kind: "unavailable", said: "the session store cannot be reached or read" });
    // Another isolate waits for the lease, which could not be released.
    const second = await refreshing(stage, 2, g0);
    stage.failStore(1);
    await stage.clock.advance(9_999);
    expect(await second.outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.presentations).toHaveLength(1);
  });

  test("that the store has not taken for as long as the lease lasts is stored by the isolate's next request, without asking the issuer", async () => {
    const { stage, outcome } = await stranding(WHILE_LEASED);
    expect(outcome.kind).toBe("unavailable");
    await stage.clock.advance(10_000);
    const second = await refreshing(stage, 1, g0);
    expect(await second.outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.presentations).toHaveLength(1);
    expect(await rotate(stage, 1, generation(1))).toEqual(generation(2));
  });

  test("that the store takes again late in the lease is stored before another isolate takes over", async () => {
    const stage = openStage({ grace: null });
    const first = await refreshing(stage, 1, g0);
    // Both renewals, and what is tried before the answer.
    stage.failStore(2 + 3);
    await stage.clock.advance(9_000);
    await stage.presentations[0]?.issue();
    expect((await first.outcome).kind).toBe("unavailable");
    const second = await refreshing(stage, 2, g0);
    await stage.clock.advance(5_000);
    expect(await second.outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.presentations).toHaveLength(1);
  });

  test("that the store did not take is revoked where the session has ended meanwhile, whichever request finds that out", async () => {
    const { stage } = await stranding(UNTIL_ANSWERED);
    const second = await refreshing(stage, 1, g0);
    await stage.isolate(2).end(g0, "session_ended");
    await stage.clock.advance(9_999);
    expect((await second.outcome).kind).toBe("signed-out");
    expect(stage.revoked.toSorted()).toEqual(["rt_0", "rt_1"]);
  });

  test("that the store did not take outlives a rejection of its parent, which another isolate was told", async () => {
    const { stage } = await stranding(WHILE_LEASED);
    await stage.clock.advance(10_000);
    const other = await refreshing(stage, 2, g0);
    await stage.presentations[1]?.answer(REJECTED);
    expect((await other.outcome).kind).toBe("signed-out");
    const third = await refreshing(stage, 1, g0);
    expect(await third.outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("that the store did not take is nobody else's", async () => {
    const { stage } = await stranding(UNTIL_ANSWERED);
    const bob = await refreshing(stage, 1, generation(0, { key: "key_bob", refreshToken: "rt_bob" }));
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0", "rt_bob"]);
    await stage.presentations[1]?.issue({ key: "key_bob" });
    expect(await bob.outcome).toMatchObject({ kind: "rotated", session: { key: "key_bob" } });
  });

  test("is forgotten by the isolate when another has stored one meanwhile", async () => {
    const { stage } = await stranding(WHILE_LEASED, { refreshToken: "rt_kept" });
    await stage.clock.advance(10_000);
    await rotate(stage, 2, g0);
    const late = await admitted(stage, 1, g0);
    expect(late.session.refreshToken).toBe("rt_1");
  });
});

describe("a holder that does not come back", () => {
  test.each([
    [{ duration: 30_000 }, 10_000],
    [{ duration: 3_000 }, 1_000],
    [null, 10_000],
  ])("with a grace of %j is succeeded after %d ms, inside of the grace", async (grace, lease) => {
    const stage = openStage({ grace });
    // Killed: its lease stands in the store, and nothing else is left of it.
    const { store } = stage;
    await rotate(stage, 1, generation(0, { key: "other" }));
    const record = { v: 1, epoch: 0, endedBy: null, generation: 0, organizationId: null, until: g0.expiresAt, sealed: null };
    const held = { ...record, lease: { fence: 4, until: stage.clock.now() + lease }, rejected: null, presented: [], closedBelow: 0 };
    await store.compareAndSet("session:key_ada_1", 0, JSON.stringify(held), stage.clock.now() + 1e6);

    const { outcome } = await refreshing(stage, 2, g0);
    await stage.clock.advance(lease - 1);
    expect(stage.presentations).toHaveLength(1);
    await stage.clock.advance(1);
    expect(stage.presentations).toHaveLength(2);
    await stage.presentations[1]?.issue();
    expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect((await recordOf(stage)).lease).toEqual({ fence: 5, until: 0 });
  });

  test("that is only slow renews its lease, and the others say later instead of asking too", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const other = await refreshing(stage, 2, g0);
    await stage.clock.advance(29_999);
    expect(stage.presentations.map(({ isolate }) => isolate)).toEqual([1, 1]);
    await stage.clock.advance(1);
    expect(await other.outcome).toEqual({ kind: "unavailable", said: "another isolate is refreshing the session", retryAfter: 1 });
    expect(await holder.outcome).toEqual({ kind: "unavailable", said: "silence", retryAfter: null });
    expect(stage.clock.waiting).toBe(0);
  });

  test.each([{ duration: 30_000 }, null])(
    "that gave up on a silent issuer leaves nothing behind with a grace of %j, and the next request presents",
    async (grace) => {
      const stage = openStage({ grace });
      const holder = await refreshing(stage, 1, g0);
      await stage.clock.advance(30_000);
      expect((await holder.outcome).kind).toBe("unavailable");
      expect(stage.clock.waiting).toBe(0);
      expect(await rotate(stage, 2, g0)).toEqual(generation(1));
    },
  );

  test("that released its lease does not take it back with a renewal that was on its way", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const slow = stage.slowWrite();
    await stage.clock.advance(5_000);
    await stage.presentations[0]?.answer(fault("declined"));
    expect((await holder.outcome).kind).toBe("unavailable");
    slow();
    await stage.clock.settle();
    expect((await recordOf(stage)).lease).toEqual({ fence: 1, until: 0 });
  });

  test("keeps its lease until the successor is stored, however slow the store is", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const slow = stage.slowWrite();
    await stage.presentations[0]?.issue();
    const other = await refreshing(stage, 2, g0);
    await stage.clock.advance(25_000);
    expect(stage.presentations).toHaveLength(1);
    slow();
    for (const { outcome } of [holder, other]) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.clock.waiting).toBe(0);
  });

  test("keeps its lease although the store does not take a renewal, and nobody else presents the token", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const other = await refreshing(stage, 2, g0);
    stage.failStore(1);
    await stage.clock.advance(5_000);
    await stage.clock.advance(14_999);
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0"]);
    await stage.presentations[0]?.issue();
    for (const { outcome } of [holder, other]) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(stage.clock.waiting).toBe(0);
  });

  test("keeps its lease although a renewal hangs in the store", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    await refreshing(stage, 2, g0);
    const slow = stage.slowWrite();
    await stage.clock.advance(19_999);
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    expect(await holder.outcome).toEqual({ kind: "rotated", session: generation(1) });
    slow();
    await stage.clock.settle();
    expect(await recordOf(stage)).toMatchObject({ generation: 1, lease: { fence: 1, until: 0 } });
  });

  test("renews its lease three times while it lasts", async () => {
    const stage = openStage({ grace: { duration: 9_000 } });
    await refreshing(stage, 1, g0);
    const start = stage.clock.now();
    const untils: number[] = [];
    for (let second = 0; second < 3; second++) {
      await stage.clock.advance(1_000);
      untils.push((await recordOf(stage)).lease.until - start);
    }
    expect(untils).toEqual([4_000, 5_000, 6_000]);
  });

  test("that got its lease slowly renews it at once, before it ends", async () => {
    const stage = openStage({ grace: null });
    const slow = stage.slowWrite();
    const late = await refreshing(stage, 1, g0);
    await stage.clock.advance(9_000);
    slow();
    await stage.clock.settle();
    const other = await refreshing(stage, 2, g0);
    expect((await recordOf(stage)).lease).toEqual({ fence: 1, until: stage.clock.now() + 10_000 });
    await stage.clock.advance(2_000);
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    for (const { outcome } of [late, other]) expect((await outcome).kind).toBe("rotated");
  });

  test("does not present again when the store was slower than the lease to say that it may", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const slow = stage.slowWrite();
    await stage.presentations[0]?.answer(fault("unknown"));
    stage.failStore(100);
    await stage.clock.advance(10_000);
    stage.failStore(0);
    slow();
    expect(await holder.outcome).toMatchObject({ kind: "unavailable", said: "fault: unknown" });
    expect(stage.presentations).toHaveLength(1);
  });

  test("whose record is gone by the time of the verdict starts over", async () => {
    const stage = openStage({ grace: null });
    const holder = await refreshing(stage, 1, g0);
    const stored = await stage.store.read("session:key_ada_1");
    await stage.store.compareAndSet("session:key_ada_1", stored?.version ?? 0, null, 0);
    await stage.presentations[0]?.answer(REJECTED);
    expect(stage.presentations).toHaveLength(2);
    await stage.presentations[1]?.issue();
    expect(await holder.outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("and whose successor comes after another's was stored changes nothing, and ends nothing at the issuer", async () => {
    const stage = openStage({ grace: null });
    const slow = await refreshing(stage, 1, g0);
    await stage.clock.advance(30_000);
    await slow.outcome;
    await rotate(stage, 2, g0);
    await stage.presentations[0]?.issue({ refreshToken: "rt_sibling" });
    expect((await admitted(stage, 3, g0)).session).toEqual(generation(1));
    expect(stage.revoked).toEqual([]);
  });

  test("that got its lease too late takes it again before it asks", async () => {
    const stage = openStage({ grace: null });
    const slow = stage.slowWrite();
    const late = await refreshing(stage, 1, g0);
    await stage.clock.advance(10_000);
    slow();
    await stage.clock.settle();
    expect(stage.presentations).toHaveLength(1);
    expect((await recordOf(stage)).lease).toEqual({ fence: 2, until: stage.clock.now() + 10_000 });
    await stage.presentations[0]?.issue();
    expect((await late.outcome).kind).toBe("rotated");
  });

  test("and was succeeded: its late successor is taken while the parent stands, and the other adopts it over its own rejection", async () => {
    const stage = openStage({ grace: null });
    const first = await refreshing(stage, 1, g0);
    await takeOver(stage, { fence: 2, until: 0 });
    const second = await refreshing(stage, 2, g0);
    await stage.presentations[0]?.issue();
    await stage.presentations[1]?.answer(REJECTED);
    for (const { outcome } of [first, second]) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test.each([
    ["a rejection", REJECTED],
    ["an answer that leaves all open", fault("unknown")],
    ["no connection", fault("unreached")],
  ])("and was succeeded: after %s it does not present again, passes no verdict, and follows the one who has the say", async (_, answer) => {
    const stage = openStage({ grace: null });
    const first = await refreshing(stage, 1, g0);
    await takeOver(stage, { fence: 2, until: stage.clock.now() + 5_000 });
    await stage.presentations[0]?.answer(answer);
    expect(await admitted(stage, 3, g0)).toMatchObject({ session: g0 });
    expect(stage.presentations).toHaveLength(1);
    await stage.clock.advance(5_000);
    expect(stage.presentations).toHaveLength(2);
    await stage.presentations[1]?.issue();
    expect(await first.outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("and was succeeded: it stops renewing what is not its lease any more", async () => {
    const stage = openStage({ grace: null });
    await refreshing(stage, 1, g0);
    const lease = { fence: 2, until: stage.clock.now() + 60_000 };
    await takeOver(stage, lease);
    await stage.clock.advance(10_000);
    expect((await recordOf(stage)).lease).toEqual(lease);
  });
});

describe("a rejection", () => {
  test("of the newest generation is the verdict, for everybody, and is asked for once", async () => {
    const stage = openStage();
    const flights = [await refreshing(stage, 1, g0), await refreshing(stage, 2, g0)];
    await stage.presentations[0]?.answer(REJECTED);
    const verdict = { kind: "signed-out", reason: "refresh_rejected", said: "invalid_grant" };
    for (const { outcome } of flights) expect(await outcome).toEqual(verdict);
    expect(await (await admitted(stage, 3, g0)).refresh()).toEqual(verdict);
    expect(stage.presentations).toHaveLength(1);
  });

  test("is not believed when a successor stands in the ledger", async () => {
    const stage = openStage({ grace: null });
    const slow = await refreshing(stage, 1, g0);
    await takeOver(stage, { fence: 2, until: 0 });
    await rotate(stage, 2, g0);
    await stage.presentations[0]?.answer(REJECTED);
    expect(await slow.outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("of an older generation says nothing about a newer cookie than the ledger knows", async () => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0);
    await stage.presentations[0]?.answer(REJECTED);
    await outcome;
    expect(await admitted(stage, 1, generation(1))).toMatchObject({ session: generation(1), adopted: false });
    expect(await rotate(stage, 1, generation(1))).toEqual(generation(2));
  });
});

describe("no verdict", () => {
  test.each([
    ["declined", 1],
    ["unreached", 3],
    ["unknown", 3],
  ] as const)("the issuer's %s ends the flight after %d presentations, releases the lease and keeps the session", async (issuer, times) => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0);
    for (let n = 0; n < times; n++) await stage.presentations[n]?.answer(fault(issuer, 7));
    expect(await outcome).toEqual({ kind: "unavailable", said: `fault: ${issuer}`, retryAfter: 7 });
    expect(stage.presentations).toHaveLength(times);
    expect(await rotate(stage, 2, g0)).toEqual(generation(1));
  });

  test.each([1, 2, 3, 4])("a store that fails at statement %d is no verdict, and the next request works", async (statement) => {
    const stage = openStage();
    stage.failStore(statement === 3 ? 3 : 1, statement - 1);
    const admission = await stage.isolate(1).admit(g0);
    const outcome = admission.kind === "admitted" ? admission.refresh() : Promise.resolve(admission);
    await stage.clock.settle();
    await stage.presentations[0]?.issue();
    if (statement < 4)
      expect(await outcome).toEqual({ kind: "unavailable", said: "the session store cannot be reached or read", retryAfter: null });
    else expect((await outcome).kind).toBe("rotated");
    stage.failStore(0);
    await stage.clock.advance(10_000);
    const next = await refreshing(stage, 1, g0);
    await stage.presentations.at(-1)?.issue();
    expect((await next.outcome).kind).toBe("rotated");
  });

  test("a record of another version of the software is none either", async () => {
    const stage = openStage();
    await stage.store.compareAndSet("session:key_ada_1", 0, '{"v":2}', stage.clock.now() + 1e6);
    expect(await stage.isolate(1).admit(g0)).toMatchObject({ kind: "unavailable" });
  });

  test("a record that this deployment cannot open is none for a cookie without tokens either", async () => {
    const stage = openStage({ strategy: serverSession });
    await stage.isolate(1).begin(g0);
    const stored = await stage.store.read("session:key_ada_1");
    const record = { ...JSON.parse(stored?.value ?? ""), sealed: "sealed-by-somebody-else" };
    await stage.store.compareAndSet("session:key_ada_1", stored?.version ?? 0, JSON.stringify(record), stage.clock.now() + 1e6);
    expect(await stage.isolate(1).admit(referenceTo(g0))).toEqual({
      kind: "unavailable",
      said: "the stored session was sealed with a key that this deployment does not have: add it to the ring",
      retryAfter: null,
    });
  });

  test("a fault that is not the store's comes through", async () => {
    const stage = openStage();
    await rotate(stage, 1, g0);
    Object.assign(stage.seal, { open: () => Promise.reject(new Error("no crypto")) });
    await expect(stage.isolate(1).admit(g0)).rejects.toThrow("no crypto");
  });

  test("the store's own error is told to whoever debugs, in the cause", async () => {
    const down = new Error("down");
    const { store, clock } = openStage();
    const book = createBook({ store: { ...store, read: () => Promise.reject(down) }, retention: 1, ports: clock });
    await expect(book.read("a")).rejects.toMatchObject({ name: "StoreFault", cause: down });
  });

  test("a record that this deployment cannot open is none: the cookie's own token still serves", async () => {
    const stage = openStage();
    await rotate(stage, 1, g0);
    const stored = await stage.store.read("session:key_ada_1");
    const record = { ...JSON.parse(stored?.value ?? ""), sealed: "sealed-by-somebody-else" };
    await stage.store.compareAndSet("session:key_ada_1", stored?.version ?? 0, JSON.stringify(record), stage.clock.now() + 1e6);
    const admission = await admitted(stage, 2, g0);
    expect(admission).toMatchObject({ session: g0, adopted: false });
    expect(await admission.refresh()).toMatchObject({ kind: "unavailable", said: expect.stringContaining("add it to the ring") });
    expect(stage.presentations).toHaveLength(1);
  });
});

test("a revocation that another isolate has settled meanwhile is left alone", async () => {
  const { store, seal, clock } = openStage();
  const revoke = () => Promise.reject(new Error("nobody is to be told"));
  const revocations = createRevocations({ store, seal, revoke, retention: 1_000, ports: clock });
  await expect(revocations.attempt("revocation:key_ada_1.0")).resolves.toBeUndefined();
});

test("revocations that the issuer never takes keep no other from its turn", async () => {
  const { store, seal, clock } = openStage();
  const told: string[] = [];
  const revoke = async ({ refreshToken }: { readonly refreshToken: string }) => {
    if (refreshToken === "rt_stuck") return false;
    told.push(refreshToken);
    return true;
  };
  const revocations = createRevocations({ store, seal, revoke, retention: 1_000, ports: clock });
  for (let n = 0; n < 20; n++) await revocations.add(generation(0, { key: `stuck_${n}`, refreshToken: "rt_stuck" }));
  await revocations.add(generation(0, { refreshToken: "rt_good" }));
  await revocations.settle();
  await revocations.settle();
  expect(told).toEqual(["rt_good"]);
  const left = await store.list("revocation:", 100);
  expect(left).toHaveLength(20);
  // Put back, and for no longer than before.
  await clock.advance(generation(0).expiresAt + 999 - clock.now());
  expect(await store.list("revocation:", 100)).toHaveLength(20);
  await clock.advance(1);
  expect(await store.list("revocation:", 100)).toEqual([]);
});

describe("a record", () => {
  test("of a session that was never refreshed says no more than the cookie", () => {
    expect(firstRecord(referenceTo(g0))).toEqual({
      epoch: 0,
      endedBy: null,
      generation: 0,
      organizationId: null,
      until: g0.expiresAt,
      sealed: null,
      lease: { fence: 0, until: 0 },
      rejected: null,
      presented: [],
      closedBelow: 0,
    });
  });

  test("of another version is refused with what to do", () => {
    expect(() => decodeRecord('{"v":2}')).toThrow(
      new Error("expected a ledger record of version 1, found version 2: deploy one version at a time"),
    );
  });

  test("of an end without a reason is that of a session somebody ended", async () => {
    const stage = openStage();
    const value = encodeRecord({ ...firstRecord(g0), epoch: 1 });
    await stage.store.compareAndSet("session:key_ada_1", 0, value, stage.clock.now() + 1e6);
    expect(await stage.isolate(1).admit(g0)).toEqual({
      kind: "signed-out",
      reason: "session_ended",
      said: "the session has been ended",
    });
  });
});

describe("organizations", () => {
  test("a refresh without a wish keeps the one there is, and is made once", async () => {
    const stage = openStage();
    const inOne = generation(0, { organizationId: "org_1" });
    const { outcome } = await refreshing(stage, 1, inOne);
    await stage.presentations[0]?.issue({ organizationId: "org_1" });
    expect(await outcome).toMatchObject({ kind: "rotated", session: { generation: 1, organizationId: "org_1" } });
    expect(stage.presentations).toHaveLength(1);
  });

  test("a switch that the issuer declines is no verdict", async () => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0, "org_2");
    await stage.presentations[0]?.answer(fault("declined"));
    expect(await outcome).toMatchObject({ kind: "unavailable", said: "fault: declined" });
    expect(stage.presentations).toHaveLength(1);
  });

  test("a switch is asked of the issuer, and the older cookie of the other organization adopts nothing", async () => {
    const stage = openStage();
    const { outcome } = await refreshing(stage, 1, g0, "org_2");
    expect(stage.presentations[0]?.organizationId).toBe("org_2");
    await stage.presentations[0]?.issue({ organizationId: "org_2" });
    expect(await outcome).toMatchObject({ kind: "rotated", session: { organizationId: "org_2" } });
    const late = await admitted(stage, 2, g0);
    expect(late).toMatchObject({ session: g0, adopted: false });
    expect(await late.refresh()).toEqual({ kind: "stale", because: "organization" });
  });

  test("a switch that meets another's refresh is made of what that has left", async () => {
    const stage = openStage();
    const plain = await refreshing(stage, 1, g0);
    const change = await refreshing(stage, 2, g0, "org_2");
    await stage.presentations[0]?.issue();
    await plain.outcome;
    await stage.clock.settle();
    expect(stage.presentations.slice(1)).toMatchObject([{ token: "rt_1", organizationId: "org_2" }]);
    await stage.presentations[1]?.issue({ organizationId: "org_2" });
    expect(await change.outcome).toMatchObject({ kind: "rotated", session: { generation: 2, organizationId: "org_2" } });
  });

  test("a switch and a refresh of one isolate do not share a flight", async () => {
    const stage = openStage();
    await refreshing(stage, 1, g0);
    const change = await refreshing(stage, 1, g0, "org_2");
    await stage.presentations[0]?.issue();
    await stage.clock.settle();
    await stage.presentations[1]?.issue({ organizationId: "org_2" });
    expect(await change.outcome).toMatchObject({ session: { organizationId: "org_2" } });
  });
});

describe("a cookie without tokens", () => {
  test("stands for what the record holds, and is unknown without one", async () => {
    const stage = openStage();
    const said = "there is no record of this session";
    expect(await stage.isolate(1).admit(referenceTo(g0))).toEqual({ kind: "signed-out", reason: "session_unknown", said });
    await rotate(stage, 1, g0);
    expect(await admitted(stage, 1, referenceTo(generation(1)))).toMatchObject({ session: generation(1), adopted: false });
    expect(await admitted(stage, 1, referenceTo(g0))).toMatchObject({ session: generation(1), adopted: true });
  });
});
