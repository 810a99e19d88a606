import type { CellReport, CellResult } from "../model/cell.ts";
import type { TraceEntry } from "../model/trace.ts";

/** A cell's result that holds, with whatever a test cares about on top. */
export function cellResult(over: Partial<CellResult> = {}): CellResult {
  return {
    scenario: "page-loads-at-expiry",
    target: "reference",
    profile: "better-auth",
    strategy: "naive",
    isolates: 1,
    loads: 2,
    faults: "",
    page: "request",
    timeSteps: 0,
    lane: "simulation",
    explore: "fifo",
    granularity: "crypto=inline",
    expect: null,
    verdict: "holds",
    completeness: "bounded",
    bound: "1 schedule",
    interrupted: false,
    schedules: 1,
    transitions: null,
    interleavings: null,
    states: 12,
    growth: [[1, 12]],
    steps: { min: 12, mean: 12, max: 12 },
    traceHash: "0".repeat(64),
    violations: [],
    shrunk: null,
    error: null,
    durationMs: 3,
    ...over,
  };
}

/** A report without a counterexample. */
export function holding(over: Partial<CellResult> = {}): CellReport {
  return { result: cellResult(over), counterexample: null };
}

/** A step of a trace; FIFO unless it says otherwise. */
export function entry(over: Partial<TraceEntry> & Pick<TraceEntry, "step">): TraceEntry {
  return { at: 301_000, kind: "request", from: "ada", to: "isolate-1", label: "GET /", choice: 0, of: 2, events: [], ...over };
}

const REFRESH = "POST /user_management/authenticate";

/** Two page loads present the same refresh token: the shortest five-minute logout. */
export const LOGOUT_TRACE: readonly TraceEntry[] = [
  entry({ step: 1, at: 0, label: "GET /login for ada/sign-in" }),
  entry({ step: 2, at: 0, kind: "response", from: "isolate-1", to: "ada", label: "302 to GET /login for ada/sign-in" }),
  entry({ step: 3, at: 0, kind: "time", from: null, to: "clock", label: "time passes: 301 s" }),
  entry({ step: 4, kind: "timer", from: null, to: "script", label: "a timer of 301000 ms" }),
  entry({ step: 5, label: "GET / for ada/load-1 [AT F1.g0, RT F1.g0]" }),
  entry({ step: 6, label: "GET / for ada/load-2 [AT F1.g0, RT F1.g0]" }),
  entry({
    step: 7,
    from: "isolate-1",
    to: "issuer",
    label: `${REFRESH} for ada/load-2 [RT F1.g0]`,
    choice: 1,
    events: ["step 7 · the issuer redeems RT F1.g0: rotated to RT F1.g1"],
  }),
  entry({
    step: 8,
    from: "isolate-1",
    to: "issuer",
    label: `${REFRESH} for ada/load-1 [RT F1.g0]`,
    events: ["step 8 · the issuer rejects RT F1.g0: already exchanged, no grace"],
  }),
  entry({ step: 9, kind: "response", from: "issuer", to: "isolate-1", label: `400 to ${REFRESH} for ada/load-1` }),
  entry({
    step: 10,
    kind: "response",
    from: "isolate-1",
    to: "ada",
    label: "302 to GET / for ada/load-1",
    events: ["step 10 · ada/load-1 of user_ada is answered signed-out"],
  }),
];

const LOGOUT: CellResult = cellResult({
  verdict: "violated",
  violations: [
    {
      invariant: "no-spurious-logout",
      because: [
        "step 5 · isolate-1 presents RT F1.g0 for ada/load-1",
        "step 6 · isolate-1 presents RT F1.g0 again for ada/load-2",
        "step 7 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
        "step 8 · the issuer rejects RT F1.g0: already exchanged, no grace",
        "step 10 · ada/load-1 of user_ada is answered signed-out",
      ],
      replay: "hf1_abc_01234567",
    },
  ],
});

/** The report of a cell that {@link LOGOUT_TRACE} breaks. */
export function violated(over: Partial<CellResult> = {}, trace: readonly TraceEntry[] = LOGOUT_TRACE): CellReport {
  return { result: { ...LOGOUT, ...over }, counterexample: trace };
}

/** The report of a cell in which a fault took the live refresh token, and the issuer has no way to give it again. */
export function limited(over: Partial<CellResult> = {}): CellReport {
  const lost = entry({
    step: 8,
    kind: "fault:issuer-response-lost",
    from: "issuer",
    to: "isolate-1",
    label: `200 to ${REFRESH} for ada/load-2 [AT F1.g1, RT F1.g1]`,
    events: ["step 8 · fault issuer-response-lost"],
  });
  const later = LOGOUT_TRACE.slice(7).map((each) => ({ ...each, step: each.step + 1, events: [] }));
  return violated({ verdict: "cannot-be-had", schedules: 500, ...over }, [...LOGOUT_TRACE.slice(0, 7), lost, ...later]);
}

/** The report of a cell whose target escaped the world. */
export function failed(over: Partial<CellResult> = {}): CellReport {
  const error = { code: "ESCAPED", message: "the target opened a socket", hint: "go through fetch" } as const;
  return holding({ verdict: "error", schedules: 0, error, ...over });
}
