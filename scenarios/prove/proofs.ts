import type { CellResult, CellSpec } from "../../harness/model/cell.ts";

const PROFILES = ["workos", "better-auth", "zitadel", "logto"] as const;

type Choice = Pick<CellSpec, "strategy" | "isolates" | "loads"> & Partial<CellSpec>;

/**
 * What can be proved in full with real RS256 tokens: `ledger`, whose requests share nothing but what it declares, under each of the
 * profiles that every client should meet first.
 */
export function proofs(): readonly CellSpec[] {
  const choices: readonly Choice[] = [
    { strategy: "ledger", isolates: 1, loads: 8 },
    { strategy: "ledger", isolates: 8, loads: 8 },
    { strategy: "ledger", isolates: 2, loads: 4, faults: { "browser-response-lost": 1 } },
    { strategy: "ledger", isolates: 2, loads: 3, faults: { "isolate-killed": 1 } },
    { strategy: "ledger", isolates: 1, loads: 2, crypto: "interleaved" },
    { strategy: "ledger", isolates: 2, loads: 2, crypto: "interleaved" },
  ];
  return choices.flatMap((choice) =>
    PROFILES.map((profile): CellSpec => {
      // The successor that only a dead isolate had been issued is gone where the issuer replays nothing.
      const isLimit = choice.faults?.["isolate-killed"] !== undefined && (profile === "better-auth" || profile === "zitadel");
      return {
        ...{ scenario: "page-loads-at-expiry", target: "reference", profile, page: "request", faults: {}, timeSteps: 0 },
        ...{ crypto: "inline", lane: "simulation", explore: "exhaustive", schedules: 1_000_000, seed: 1 },
        expect: isLimit ? "cannot-be-had" : "holds",
        ...choice,
      };
    }),
  );
}

/** Where the results stand, for all to read: it is committed. */
export const PROOFS_FILE = "reports/proofs.json";

/** What a proof came to, without what differs from one machine to the next. */
export type Proof = Pick<
  CellResult,
  | "scenario"
  | "target"
  | "strategy"
  | "profile"
  | "isolates"
  | "loads"
  | "faults"
  | "granularity"
  | "verdict"
  | "completeness"
  | "states"
  | "transitions"
  | "interleavings"
  | "schedules"
>;

export function proofOf(result: CellResult): Proof {
  const { scenario, target, strategy, profile, isolates, loads, faults, granularity } = result;
  const { verdict, completeness, states, transitions, interleavings, schedules } = result;
  return {
    ...{ scenario, target, strategy, profile, isolates, loads, faults, granularity },
    ...{ verdict, completeness, states, transitions, interleavings, schedules },
  };
}
