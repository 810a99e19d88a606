import type { ReliabilityCell, ReliabilityResult } from "../model/reliability.ts";

/** A cell that is proved, with whatever a test cares about on top. */
export function reliabilityCell(over: Partial<ReliabilityCell> = {}): ReliabilityCell {
  return {
    ...{ target: "reference", strategy: "naive", profile: "workos", faults: "", timeSteps: 0 },
    ...{ outcome: "proved", complete: true, schedules: 12, states: 34, counterexample: null, error: null },
    ...over,
  };
}

/** A matrix of one client under two issuers, alone and beside one fault, with whatever a test cares about on top. */
export function reliability(over: Partial<ReliabilityResult> = {}): ReliabilityResult {
  return {
    ...{ version: 1, scenario: "page-loads-at-expiry", isolates: 2, loads: 2, crypto: "inline", schedules: 1_000, seed: 1, notEnded: 0 },
    clients: [{ target: "reference", strategy: "naive", about: null }],
    profiles: ["workos", "better-auth"],
    circumstances: [
      { faults: "", timeSteps: 0 },
      { faults: "issuer-503:1", timeSteps: 0 },
    ],
    cells: [
      reliabilityCell(),
      reliabilityCell({ faults: "issuer-503:1", outcome: "held", complete: false, schedules: 1_000 }),
      reliabilityCell({ profile: "better-auth", outcome: "broken", complete: false, counterexample: "counterexample-1" }),
      reliabilityCell({
        profile: "better-auth",
        faults: "issuer-503:1",
        outcome: "broken",
        complete: false,
        counterexample: "counterexample-1",
      }),
    ],
    counterexamples: [
      {
        ...{ id: "counterexample-1", target: "reference", strategy: "naive", profile: "better-auth", faults: "", timeSteps: 0 },
        ...{ invariants: ["no-spurious-logout"], because: ["step 5 · ada/load-2 is answered signed-out"], steps: 5, replay: "hf1_x" },
      },
    ],
    durationMs: 1_234,
    ...over,
  };
}
