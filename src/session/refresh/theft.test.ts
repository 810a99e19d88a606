import { beforeEach, describe, expect, test } from "vitest";
import { START } from "../session.testing.ts";
import type { SessionReference } from "../session-data.ts";
import { dump, generation, openStage, REJECTED, refreshing, rotate, type Stage } from "./ledger.testing.ts";

const WINDOW = 60_000;
const [g0, g1, g2] = [generation(0), generation(1), generation(2)];
const ENDED = { kind: "signed-out", reason: "session_ended" };
const STOLEN = { kind: "signed-out", reason: "cookie_stolen" };

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});

/** What a cookie is worth: the generation that it is answered with, or why it is not. */
async function worth(cookie: SessionReference, isolate = 1): Promise<number | string> {
  const admission = await stage.isolate(isolate).admit(cookie);
  if (admission.kind === "admitted") return admission.session.generation;
  return admission.kind === "signed-out" ? admission.reason : admission.kind;
}

describe("the adoption window", () => {
  test("is open as long as the newer generation was not presented, however long that is", async () => {
    await rotate(stage, 1, g0);
    await stage.clock.advance(10 * WINDOW);
    expect(await worth(g0)).toBe(1);
  });

  test("closes one minute after the newer generation was first presented", async () => {
    await rotate(stage, 1, g0);
    await stage.clock.advance(5_000);
    expect(await worth(g1)).toBe(1);
    await stage.clock.advance(WINDOW - 1);
    expect(await worth(g0, 2)).toBe(1);
    await stage.clock.advance(1);
    expect(await worth(g0, 2)).toBe("cookie_stolen");
  });

  test("is counted from the first presentation, not from later ones", async () => {
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.clock.advance(WINDOW - 1);
    await worth(g1);
    await stage.clock.advance(1);
    expect(await worth(g0)).toBe("cookie_stolen");
  });

  test("is not extended by a further rotation", async () => {
    await rotate(stage, 1, g0);
    await rotate(stage, 1, g1);
    await worth(g2);
    await stage.clock.advance(WINDOW - 1);
    expect(await worth(g0)).toBe(2);
    expect(await worth(g1)).toBe(2);
    await stage.clock.advance(1);
    expect(await worth(g0)).toBe("cookie_stolen");
  });

  test("of a generation closes when any newer one is presented: the browser never got the next", async () => {
    await rotate(stage, 1, g0);
    await rotate(stage, 1, g0);
    await worth(g2);
    await stage.clock.advance(WINDOW);
    expect(await worth(g1)).toBe("cookie_stolen");
  });

  test("of a generation stays open while those of older ones are closed", async () => {
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.clock.advance(WINDOW);
    await rotate(stage, 1, g1);
    expect(await worth(g1)).toBe(2);
    await worth(g2);
    // The window of g0 is closed, and now remembered as a number alone.
    expect(JSON.parse((await stage.store.read("session:key_ada_1"))?.value ?? "")).toMatchObject({
      presented: [[2, stage.clock.now()]],
      closedBelow: 1,
    });
    expect(await worth(g1)).toBe(2);
    expect(await worth(g0)).toBe("cookie_stolen");
  });

  test("that is closed stays so while a later one is still open", async () => {
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.clock.advance(WINDOW - 10_000);
    await rotate(stage, 1, g1);
    await worth(g2);
    await stage.clock.advance(10_000);
    await rotate(stage, 1, g2);
    await worth(generation(3));
    expect(await worth(g1)).toBe(3);
    expect(await worth(g0)).toBe("cookie_stolen");
  });

  test("is no matter of a session that its user has ended", async () => {
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.isolate(1).end(g1, "session_ended");
    await stage.clock.advance(WINDOW);
    expect(await worth(g0)).toBe("session_ended");
  });

  test("presenting an old generation again, within its window, opens nothing", async () => {
    await rotate(stage, 1, g0);
    await rotate(stage, 1, g1);
    await worth(g2);
    await stage.clock.advance(WINDOW - 1);
    await worth(g1);
    await stage.clock.advance(1);
    expect(await worth(g1)).toBe("cookie_stolen");
  });

  test("can be made longer or shorter", async () => {
    stage = openStage({ window: 1_000 });
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.clock.advance(999);
    expect(await worth(g0)).toBe(1);
    await stage.clock.advance(1);
    expect(await worth(g0)).toBe("cookie_stolen");
  });

  test("a presentation that could not be noted is noted by the next request", async () => {
    await rotate(stage, 1, g0);
    stage.failStore(1, 1);
    expect(await worth(g1)).toBe("unavailable");
    await stage.clock.advance(WINDOW);
    expect(await worth(g1)).toBe(1);
    expect(await worth(g0)).toBe(1);
  });
});

describe("a stolen cookie", () => {
  beforeEach(async () => {
    await rotate(stage, 1, g0);
    await worth(g1);
    await stage.clock.advance(WINDOW);
  });

  test("ends the session for thief and owner, and the issuer is told with the newest token", async () => {
    const said = "a cookie came back after its window: the session has been ended";
    expect(await stage.isolate(2).admit(g0)).toEqual({ ...STOLEN, said });
    expect(await stage.isolate(1).admit(g1)).toMatchObject(STOLEN);
    expect(await stage.isolate(3).admit(g0)).toMatchObject(STOLEN);
    expect(stage.revoked).toEqual(["rt_1"]);
    expect(await dump(stage.store)).not.toContain("revocation:");
  });

  test("leaves a pending revocation when the issuer does not answer, and the token in it sealed", async () => {
    stage.revoking = false;
    expect(await stage.isolate(2).admit(g0)).toMatchObject(STOLEN);
    const text = await dump(stage.store);
    expect(text).toContain("revocation:key_ada_1.1");
    expect(text).not.toContain("rt_");
    stage.revoking = true;
    await stage.isolate(3).maintain();
    expect(stage.revoked).toEqual(["rt_1"]);
    expect(await dump(stage.store)).not.toContain("revocation:");
  });

  test("does not end another session", async () => {
    const bob = generation(0, { key: "key_bob", userId: "user_bob" });
    await stage.isolate(2).admit(g0);
    expect(await worth(bob)).toBe(0);
  });

  test("cannot be used in a flight that began before: its successor is not handed out and is revoked", async () => {
    const { outcome } = await refreshing(stage, 1, g1);
    await stage.isolate(2).admit(g0);
    await stage.presentations.at(-1)?.issue();
    expect(await outcome).toMatchObject(STOLEN);
    expect(stage.revoked).toEqual(["rt_1", "rt_2"]);
  });
});

describe("signing out", () => {
  test("is final for every generation of the session, on every isolate", async () => {
    await rotate(stage, 1, g0);
    expect(await stage.isolate(1).end(g1, "session_ended")).toEqual({ kind: "ended" });
    for (const cookie of [g0, g1, g2]) expect(await stage.isolate(2).admit(cookie)).toMatchObject(ENDED);
    expect(stage.revoked).toEqual(["rt_1"]);
  });

  test("works where there is no record yet, and from a cookie that is behind", async () => {
    expect(await stage.isolate(1).end(g0, "session_ended")).toEqual({ kind: "ended" });
    expect(await stage.isolate(2).admit(g0)).toMatchObject(ENDED);
    expect(stage.revoked).toEqual(["rt_0"]);
    const other = generation(0, { key: "other" });
    await rotate(stage, 1, other);
    await stage.isolate(1).end(other, "session_ended");
    expect(stage.revoked).toEqual(["rt_0", "rt_1"]);
  });

  test("twice changes nothing", async () => {
    await stage.isolate(1).end(g0, "session_ended");
    const before = await dump(stage.store);
    expect(await stage.isolate(2).end(g0, "cookie_stolen")).toEqual({ kind: "ended" });
    expect(await dump(stage.store)).toBe(before);
    expect(stage.revoked).toEqual(["rt_0"]);
  });

  test("revokes the late successor of a refresh in flight, and nobody gets it", async () => {
    const flights = [await refreshing(stage, 1, g0), await refreshing(stage, 2, g0)];
    await stage.isolate(3).end(g0, "session_ended");
    await stage.presentations[0]?.issue();
    for (const { outcome } of flights) expect(await outcome).toMatchObject(ENDED);
    expect(stage.revoked).toEqual(["rt_0", "rt_1"]);
    expect(await stage.isolate(1).admit(g1)).toMatchObject(ENDED);
    expect(await dump(stage.store)).not.toContain("revocation:");
  });

  test("meets a rejection in flight, and is what the session ended of", async () => {
    const { outcome } = await refreshing(stage, 1, g0);
    await stage.isolate(2).end(g0, "session_ended");
    await stage.presentations[0]?.answer(REJECTED);
    expect(await outcome).toMatchObject(ENDED);
  });

  test("while a rotation is being stored ends what came of it: both tokens are revoked", async () => {
    const { outcome } = await refreshing(stage, 1, g0);
    // The end reads the record; then the rotation is stored, so the end has to look again.
    const { store } = stage;
    const write = store.compareAndSet.bind(store);
    let once = true;
    Object.assign(store, {
      async compareAndSet(...all: Parameters<typeof write>) {
        if (once && all[0].startsWith("revocation:")) {
          once = false;
          await stage.presentations[0]?.issue();
          await outcome;
        }
        return write(...all);
      },
    });
    await stage.isolate(2).end(g0, "session_ended");
    expect(stage.revoked.sort()).toEqual(["rt_0", "rt_1"]);
    expect(await stage.isolate(1).admit(g1)).toMatchObject(ENDED);
  });

  test.each([
    [1, "unavailable"],
    [2, "unavailable"],
    [3, "unavailable"],
    [4, "ended"],
    [5, "ended"],
  ])("when the store fails at statement %d is %s", async (statement, kind) => {
    stage.failStore(1, statement - 1);
    expect((await stage.isolate(1).end(g0, "session_ended")).kind).toBe(kind);
    const outcome = await worth(g0);
    expect(outcome).toBe(kind === "ended" ? "session_ended" : 0);
    // Whatever came of it, the issuer learns of it, and the end can be asked for again.
    await stage.isolate(2).end(g0, "session_ended");
    await stage.isolate(2).maintain();
    expect(new Set(stage.revoked)).toEqual(new Set(["rt_0"]));
    expect(await worth(g0)).toBe("session_ended");
  });
});

describe("maintenance", () => {
  test("tries what is pending, oldest first, and keeps what the issuer does not take", async () => {
    stage.revoking = false;
    for (const key of ["one", "two"]) await stage.isolate(1).end(generation(0, { key, refreshToken: `rt_${key}` }), "session_ended");
    await stage.isolate(2).maintain();
    stage.revoking = true;
    await stage.isolate(2).maintain();
    expect(stage.revoked).toEqual(["rt_one", "rt_two"]);
    await stage.isolate(1).maintain();
    expect(stage.revoked).toHaveLength(2);
  });

  test("leaves alone what it cannot open, and never rejects", async () => {
    const foreign = openStage();
    const sealed = await foreign.seal.seal("{}");
    for (const [key, value] of [
      ["revocation:a", "sealed by somebody else"],
      ["revocation:b", sealed],
    ] as const) {
      await stage.store.compareAndSet(key, 0, value, stage.clock.now() + 1e6);
    }
    await stage.isolate(1).maintain();
    expect(await stage.store.list("revocation:", 9)).toHaveLength(2);
    expect(stage.revoked).toEqual([]);
    stage.failStore(9);
    await expect(stage.isolate(1).maintain()).resolves.toBeUndefined();
  });

  test("sweeps what has expired", async () => {
    await stage.store.compareAndSet("old", 0, "x", stage.clock.now() + 10);
    await stage.clock.advance(10);
    await stage.isolate(1).maintain();
    expect(stage.statements).toContain("sweep");
    expect(await stage.store.sweep()).toBe(0);
  });

  const RETENTION = 24 * 60 * 60 * 1000;

  test.each([
    ["longer", 7_200_000, 7_200_000],
    ["shorter", 60_000, 3_600_000],
  ])("records are kept for the retention beyond the latest end of a refresh token, when the next lives %s", async (_, lifetime, latest) => {
    await rotate(stage, 1, g0, { expiresAt: START + lifetime });
    await stage.clock.advance(latest + RETENTION - 1);
    expect(await stage.store.read("session:key_ada_1")).not.toBeNull();
    await stage.clock.advance(1);
    expect(await stage.store.read("session:key_ada_1")).toBeNull();
  });

  test("and for the retention beyond their last change when that is later", async () => {
    await stage.clock.advance(7_200_000);
    await rotate(stage, 1, g0);
    await stage.clock.advance(RETENTION - 1);
    expect(await stage.store.read("session:key_ada_1")).not.toBeNull();
    await stage.clock.advance(1);
    expect(await stage.store.read("session:key_ada_1")).toBeNull();
  });

  test("a cookie that is older than all that is remembered is not taken: it may have been ended", async () => {
    await stage.isolate(1).end(g0, "session_ended");
    await stage.clock.advance(3_600_000 + RETENTION - 1);
    expect(await stage.isolate(2).admit(g0)).toMatchObject(ENDED);
    await stage.clock.advance(1);
    expect(await stage.isolate(2).admit(g0)).toMatchObject({ kind: "signed-out", reason: "session_unknown" });
  });

  test("what the issuer is still to be told is kept as long as its refresh token lives", async () => {
    stage.revoking = false;
    await stage.isolate(1).end(g0, "session_ended");
    await stage.clock.advance(3_600_000 + RETENTION - 1);
    expect(await stage.store.list("revocation:", 9)).toHaveLength(1);
    await stage.clock.advance(1);
    expect(await stage.store.list("revocation:", 9)).toHaveLength(0);
  });
});
