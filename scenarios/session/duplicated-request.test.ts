import { describe, expect, it } from "vitest";
import { runCell } from "../../harness/lanes/cell.ts";
import type { CellResult, CellSpec } from "../../harness/model/cell.ts";
import { cellOf } from "../cells.testing.ts";
import { directed, type Matcher, to } from "./directed.testing.ts";

/**
 * A proxy between app and issuer delivers one refresh request twice, which is what reuse looks like: no client can tell, and none can
 * help it. What comes of it is the issuer's rule, and which of the two answers the proxy hands on.
 */
const STRATEGIES = ["ledger", "server-session"] as const;

const TWICE = to("fault:issuer-request-duplicated", "issuer", "ada/load-1");
const COPY = to("request", "issuer", "copy of", "ada/load-1");
const SUCCESSOR = to("response", "isolate-1", "200", "ada/load-1");
const REFUSAL = to("response", "isolate-1", "400", "ada/load-1");

async function played(order: readonly Matcher[], held: readonly Matcher[], change: Partial<CellSpec>): Promise<CellResult> {
  const faults = { "issuer-request-duplicated": 1 };
  const cell = await cellOf({ isolates: 2, loads: 2, faults, ...change });
  const { result } = await runCell({ ...cell, explorer: directed(order, held) });
  expect(result.error).toBeNull();
  return result;
}

/** A *because* without its steps and without the issuer's reasons. */
function told({ violations }: CellResult): readonly string[] {
  return (violations[0]?.because ?? []).map((line) => line.replace(/^step \d+ · /, "").replace(/ \(.*/, ""));
}

describe.each(STRATEGIES)("%s, when its refresh request comes twice", (strategy) => {
  it("and the issuer takes the copy for theft: what it revokes cannot be had, whatever the client was given", async () => {
    const result = await played([TWICE, SUCCESSOR, COPY], [COPY], { strategy, profile: "better-auth" });
    expect(result.verdict).toBe("cannot-be-had");
    expect(told(result)).toEqual([
      "isolate-1 presents RT F1.g0 for ada/load-1",
      "the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "the wire presents RT F1.g0 of isolate-1 once more for ada/load-1",
      "the issuer rejects RT F1.g0: already exchanged, no grace",
      "session of user_ada ended: reuse",
      expect.stringMatching(/presents RT F1\.g1 for ada\/load-3$/),
      "the issuer rejects RT F1.g1: its session has ended",
      "ada/load-3 clears RT F1.g1 from jar ada",
      "ada/load-3 of user_ada is answered signed-out",
    ]);
  });

  it("and the issuer only refuses the copy, but the refusal is what the client gets: the successor is lost with the other answer", async () => {
    const result = await played([TWICE, COPY, REFUSAL], [COPY, SUCCESSOR], { strategy, profile: "zitadel" });
    expect(result.verdict).toBe("cannot-be-had");
    expect(told(result)).toEqual([
      "the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "the wire presents RT F1.g0 of isolate-1 once more for ada/load-1",
      "the issuer rejects RT F1.g0: already exchanged, no grace",
      "the other answer to isolate-1 for ada/load-1 finds nobody: RT F1.g1 is lost",
    ]);
  });

  it("and the issuer only refuses the copy, whose refusal finds nobody: nothing is lost", async () => {
    expect((await played([TWICE, COPY, SUCCESSOR], [COPY, REFUSAL], { strategy, profile: "zitadel" })).verdict).toBe("holds");
  });

  it.each(["workos", "logto"])("and the issuer forgives it, as %s does: nothing is lost", async (profile) => {
    expect((await played([TWICE, SUCCESSOR, COPY], [COPY], { strategy, profile })).verdict).toBe("holds");
    expect((await played([TWICE, COPY], [SUCCESSOR], { strategy, profile })).verdict).toBe("holds");
  });
});

describe("the same copy is no excuse", () => {
  it("for a client two of whose isolates presented the token while it came", async () => {
    const other = to("request", "isolate-2", "ada/load-2");
    const rival = to("request", "issuer", "ada/load-2");
    const order = [other, TWICE, COPY];
    const result = await played(order, [rival, SUCCESSOR, COPY], { strategy: "single-flight", profile: "better-auth" });
    expect(result.verdict).toBe("violated");
  });
});

describe("a browser's request that comes twice", () => {
  const faults = { "browser-request-duplicated": 1 };
  const answer = to("response", "ada", "200", "ada/load-1");
  const copy = to("request", "isolate-2", "copy of", "ada/load-1");

  /** The copy goes to isolate-2, and comes when the page has been answered and the cookie is another. */
  async function late(strategy: string): Promise<CellResult> {
    let offers = 0;
    // Offered once for each isolate that the copy may go to.
    const twice: Matcher = (choice) => choice.kind === "fault:browser-request-duplicated" && choice.task === "ada/load-1" && ++offers === 2;
    const cell = await cellOf({ strategy, profile: "zitadel", isolates: 2, loads: 2, faults });
    const { result } = await runCell({ ...cell, explorer: directed([twice, answer, copy], [copy]) });
    return result;
  }

  it.each(STRATEGIES)("is answered by %s with the successor that is there by then", async (strategy) => {
    expect(await late(strategy)).toMatchObject({ verdict: "holds", error: null });
  });

  it("makes a client that does not coordinate present a spent token", async () => {
    expect((await late("single-flight")).verdict).toBe("violated");
  });
});
