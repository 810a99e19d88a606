import { describe, expect, it } from "vitest";
import { estimate, measured, result, STORY } from "./measured.testing.ts";
import { renderMeasurements } from "./terminal-measure.ts";

const linesOf = (...cells: Parameters<typeof result>[0]) => renderMeasurements(result(cells)).split("\n");

describe("a measurement as text", () => {
  it("says under what circumstances it was made", () => {
    const [title, latency] = linesOf(measured({ worlds: { played: 10, wanted: 10 }, days: 7, isolates: 2 }));
    expect(title).toBe("session-days (reference on 2 isolates, 20 people, 7 days each, a page is a document and its fetches, seed 1)");
    expect(latency).toBe("  latency, one way, median/p99 in ms: browser 40/400, issuer 60/600, store 1/10, crypto 0");
  });

  it("has a line for each cell, with intervals, and an upper bound where nothing was seen", () => {
    const table = linesOf(
      measured({ strategy: "naive" }),
      measured({
        ...{ strategy: "ledger", accessTokenLifetime: 45_000, counts: { ...measured().counts, logouts: 0 } },
        ...{ logoutsPerMillionRefreshes: estimate(0, 0, 1_234.5), logoutsPerSessionDay: estimate(0, 0, 0.02612) },
      }),
    ).slice(3, 6);
    expect(table).toEqual([
      "  strategy  profile      token  refreshes a day  logouts  per million refreshes     a day",
      "  naive     better-auth  5 min  36.6 ± 1.4           113  105,000 (86,400–126,000)  4.04 (3.33–4.85)",
      "  ledger    better-auth   45 s  36.6 ± 1.4             0  < 1,230                   < 0.0261",
    ]);
  });

  it("says what a single world has seen, without an interval", () => {
    const alone = measured({ worlds: { played: 1, wanted: 1 }, refreshesPerSessionDay: null });
    expect(linesOf(alone)[4]).toMatch(/better-auth {2}5 min {2}38\.5 +113 /);
  });

  it("says where there is nothing to say", () => {
    const counts = { ...measured().counts, refreshes: 0, sessionDays: 0, logouts: 0 };
    const idle = measured({ counts, refreshesPerSessionDay: null, logoutsPerMillionRefreshes: null, logoutsPerSessionDay: null });
    expect(linesOf(idle)[4]).toMatch(/better-auth {2}5 min {2}– +0 {2}– +–$/);
  });

  it("warns of logouts that come in bunches, and only where that is no chance", () => {
    const of = (dispersion: number, played: number) =>
      renderMeasurements(result([measured({ strategy: "naive", dispersion, worlds: { played, wanted: played } })]));
    // Three standard deviations above 1: 5.24 of two worlds, 1.43 of a hundred.
    expect(of(5.2, 2)).not.toContain("bunches");
    expect(of(1.4, 100)).not.toContain("bunches");
    expect(of(1.5, 100)).toContain("by variance and mean of a\nworld: naive under better-auth 1.5.");
  });

  it("names other invariants that were broken", () => {
    const text = renderMeasurements(result([measured({ strategy: "naive", broken: { "no-spurious-logout": 5, "no-token-reuse": 2 } })]));
    expect(text).toContain("Also broken: no-token-reuse (naive, better-auth: 2 times).");
  });

  it("tells one story, and none where nothing was broken", () => {
    const two = renderMeasurements(result([measured({ strategy: "naive", story: STORY }), measured({ strategy: "hope", story: STORY })]));
    expect(two.match(/For instance/g)).toHaveLength(1);
    expect(two).toContain("For instance no-spurious-logout: naive under better-auth, world 2, day 3");
    expect(renderMeasurements(result([measured()]))).not.toContain("For instance");
  });

  it("says what went wrong with the harness itself, and what to do", () => {
    const error = { code: "ESCAPED", message: "isolate-1 called net.connect", hint: "go through fetch" } as const;
    const text = renderMeasurements(result([measured({ strategy: "naive", error, worlds: { played: 0, wanted: 10 } })]));
    expect(text).toContain("error ESCAPED in naive, better-auth\n  isolate-1 called net.connect\n  next: go through fetch\n");
    expect(text).not.toContain("105,000");
  });

  it("sums up what was played, and says what is missing of it", () => {
    const cells = [measured({ worlds: { played: 3, wanted: 10 } }), measured({ worlds: { played: 10, wanted: 10 } })];
    expect(renderMeasurements(result(cells))).toMatch(
      /\n13 worlds of two people, 3\.8 weeks of virtual time, 39,526 page requests in 12 s\.\n$/,
    );
    expect(renderMeasurements({ ...result(cells), interrupted: true })).toMatch(/\nInterrupted: 7 worlds of 20 are missing\.\n$/);
  });

  it("lets no escape sequence of a target through, and keeps its lines within the width", () => {
    const text = renderMeasurements(result([measured({ strategy: "na\u001b[2Jive", broken: { "no-token-reuse": 1 }, story: STORY })]));
    expect(text).not.toContain("\u001b");
    for (const line of text.split("\n").slice(7)) expect(line.length).toBeLessThanOrEqual(100);
  });
});
