import type { Estimate, Measurement, MeasureResult, TimedStory } from "../model/timed.ts";
import type { TraceEntry } from "../model/trace.ts";

export function estimate(value: number, low: number, high: number): Estimate {
  return { value, low, high };
}

/** A cell in which people are signed out, with whatever a test cares about on top. */
export function measured(over: Partial<Measurement> = {}): Measurement {
  return {
    ...{ scenario: "session-days", target: "reference", strategy: "naive", profile: "better-auth", isolates: 2, page: "document" },
    ...{ accessTokenLifetime: 300_000, latency: "browser=40/400,issuer=60/600,store=1/10,crypto=0", days: 7, seed: 1 },
    worlds: { played: 10, wanted: 10 },
    counts: {
      ...{ virtualTime: 1_158_319_878, sessionDays: 28, loads: 19_763, refreshes: 1_078, redemptions: 1_269 },
      ...{ signIns: 117, logouts: 113, steps: 51_638 },
    },
    refreshesPerSessionDay: estimate(36.6, 35.2, 38.0),
    logoutsPerMillionRefreshes: estimate(104_823.7, 86_389.6, 126_027.1),
    logoutsPerSessionDay: estimate(4.0357, 3.326, 4.852),
    dispersion: 1.1,
    broken: { "no-spurious-logout": 113 },
    story: null,
    digest: "0".repeat(64),
    error: null,
    ...over,
  };
}

export function result(cells: readonly Measurement[]): MeasureResult {
  return { version: 1, interrupted: false, durationMs: 12_345, cells };
}

/** 10:00 of the third day. */
const MORNING = 2 * 86_400_000 + 36_000_000;

function entry(step: number, after: number, from: string | null, to: string, label: string): TraceEntry {
  return { step, at: MORNING + after, kind: from === null ? "time" : "request", from, to, label, choice: 0, of: 1, events: [] };
}

/** Two pages with one token. */
export const STORY: TimedStory = {
  run: 1,
  at: MORNING + 400,
  invariants: ["no-spurious-logout"],
  because: [
    "step 90 · isolate-1 presents RT F1.g3 for ada/load-7",
    "step 91 · isolate-2 presents RT F1.g3 again for ada/load-8",
    "step 95 · ada/load-8 of user_ada is answered signed-out",
  ],
  trace: [
    entry(89, 0, null, "clock", "time passes: 60 s"),
    entry(90, 0, "ada", "isolate-1", "GET / for ada/load-7 [RT F1.g3]"),
    entry(91, 12, "ada", "isolate-2", "GET / for ada/load-8 [RT F1.g3]"),
    entry(92, 80, "isolate-1", "issuer", "POST /user_management/authenticate for ada/load-7 [RT F1.g3]"),
    entry(93, 90, "ben", "isolate-1", "GET / for ben/load-4 [RT F2.g9]"),
    entry(95, 400, "isolate-2", "ada", "302 to GET / for ada/load-8"),
  ],
};
