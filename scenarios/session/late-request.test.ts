import { describe, expect, it } from "vitest";
import { runCell } from "../../harness/lanes/cell.ts";
import type { CellResult, CellSpec } from "../../harness/model/cell.ts";
import type { Choice } from "../../harness/model/program.ts";
import { cellOf } from "../cells.testing.ts";
import { directed, type Matcher, to } from "./directed.testing.ts";
import { AFTER_TAKEOVER, BEFORE_TAKEOVER, KILLED, LATE_REQUEST, ORPHAN, TAKEOVER } from "./late-request.testing.ts";

/**
 * A request that outlives its sender: isolate-2 is killed while its refresh request is on the wire, and isolate-1 takes over when the
 * lease has lapsed. Whoever has no grace loses the session, whenever the request comes: docs/design.md, "Limits that are known".
 */
const STRATEGIES = ["ledger", "server-session"] as const;

async function played(order: readonly Matcher[], held: readonly Matcher[], change: Partial<CellSpec>): Promise<CellResult> {
  const cell = await cellOf({ ...LATE_REQUEST, ...change });
  const { result } = await runCell({ ...cell, explorer: directed(order, held) });
  expect(result.error).toBeNull();
  return result;
}

describe.each(STRATEGIES)("%s, when a request comes whose sender was killed", (strategy) => {
  it("after somebody has taken over: the issuer takes it for theft, and what it revokes cannot be had", async () => {
    const { verdict, violations } = await played(AFTER_TAKEOVER, [ORPHAN], { strategy, profile: "better-auth" });
    expect([verdict, violations.map(({ invariant }) => invariant)]).toEqual(["cannot-be-had", ["no-spurious-logout"]]);
    expect(violations[0]?.because.map((line) => line.replace(/^step \d+ · /, "").replace(/ \(.*/, ""))).toEqual([
      "isolate-1 presents RT F1.g0 again for ada/load-1",
      "the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "the issuer rejects RT F1.g0: already exchanged, no grace",
      "session of user_ada ended: reuse",
      "isolate-1 presents RT F1.g1 for ada/load-3",
      "the issuer rejects RT F1.g1: its session has ended",
      "ada/load-3 clears RT F1.g1 from jar ada",
      "ada/load-3 of user_ada is answered signed-out",
    ]);
  });

  it.each(["better-auth", "zitadel"])(
    "before anybody has, under %s: it spends the token, and its successor finds nobody",
    async (profile) => {
      const { verdict } = await played(BEFORE_TAKEOVER, [ORPHAN, TAKEOVER], { strategy, profile });
      expect(verdict).toBe("cannot-be-had");
    },
  );

  it.each(["workos", "logto", "zitadel"])("after somebody has taken over, under %s: it does no harm", async (profile) => {
    expect((await played(AFTER_TAKEOVER, [ORPHAN], { strategy, profile })).verdict).toBe("holds");
  });

  it.each(["workos", "logto"])("before anybody has, under %s: whoever takes over is answered all the same", async (profile) => {
    expect((await played(BEFORE_TAKEOVER, [ORPHAN, TAKEOVER], { strategy, profile })).verdict).toBe("holds");
  });

  it("or never: then nothing is lost, so nothing but this request did it", async () => {
    const swallowed = (choice: Choice) => choice.kind === "fault:issuer-503" && choice.label.includes("ada/load-2");
    const order = [...AFTER_TAKEOVER.slice(0, -1), swallowed];
    expect((await played(order, [ORPHAN], { strategy, profile: "better-auth" })).verdict).toBe("holds");
  });

  it("and in any other order: what is lost while time passes and isolates die cannot be had, and without a death nothing is", async () => {
    const cell = { strategy, profile: "better-auth", isolates: 2, loads: 4, timeSteps: 1, schedules: 150 };
    const faults = { "browser-response-lost": 1 };
    const { result } = await runCell(await cellOf({ ...cell, faults: { ...faults, "isolate-killed": 1 } }));
    expect([result.verdict, result.error, result.schedules]).toEqual(["cannot-be-had", null, 150]);
    expect((await runCell(await cellOf({ ...cell, faults }))).result).toMatchObject({ verdict: "holds", schedules: 150 });
  });
});

describe("the same request is no excuse", () => {
  it("for a client two of whose isolates presented the token before one was killed", async () => {
    const both = [to("request", "isolate-2", "ada/load-2"), to("request", "isolate-1", "ada/load-1")];
    const order = [...both, KILLED, TAKEOVER, to("response", "isolate-1", "ada/load-1"), ORPHAN];
    const { verdict } = await played(order, [ORPHAN, TAKEOVER], { strategy: "single-flight", profile: "better-auth" });
    expect(verdict).toBe("violated");
  });

  it("for a client that presents a token again which somebody has spent since", async () => {
    const cell = { strategy: "single-flight", profile: "better-auth", isolates: 2, loads: 4, timeSteps: 1, schedules: 100 };
    expect((await runCell(await cellOf({ ...cell, faults: { "isolate-killed": 1 } }))).result.verdict).toBe("violated");
  });
});
