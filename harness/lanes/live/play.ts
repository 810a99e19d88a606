import { graceOf } from "../../issuer/profile.ts";
import type { CellReport, CellResult, Observations, Verdict } from "../../model/cell.ts";
import { HoldfastError } from "../../model/error.ts";
import { type InvariantId, OF_EVERYONE } from "../../model/invariant.ts";
import { monitorContext } from "../monitor-context.ts";
import { Monitors } from "../monitors.ts";
import type { LiveApp } from "./app.ts";
import type { Calibration } from "./calibrate.ts";
import type { VerifyConfig } from "./config.ts";
import type { LiveIssuer } from "./issuer.ts";
import { isBelievable, observations } from "./observed.ts";
import type { People } from "./people.ts";
import type { PlanItem } from "./plan/item.ts";
import { Recording } from "./recording.ts";
import { Scene, type SceneParts } from "./scene.ts";
import { LiveStage } from "./stage.ts";

/** What all items of a verification share. */
export interface Verification extends Pick<SceneParts, "config" | "app" | "issuer" | "everybody" | "signal"> {
  readonly config: VerifyConfig;
  readonly app: LiveApp;
  readonly issuer: LiveIssuer;
  /** How an item is played again, for instance `verify --only race`. */
  playAgain(item: PlanItem): string;
}

/** Plays one item of the plan, and says what came of it. Whatever goes wrong is in the report. */
export async function playItem(
  item: PlanItem,
  people: People,
  known: Calibration & { readonly readsTokens: boolean },
  verification: Verification,
): Promise<CellReport> {
  const { config, app, issuer } = verification;
  const began = performance.now();
  const demanded = [...new Set<InvariantId>([...OF_EVERYONE, ...item.invariants(config), ...(config.promises ?? [])])];
  const monitors = monitorsFor(demanded, known.readsTokens, config, issuer);
  const recording = new Recording(monitors, Date.now());
  const scene = new Scene({ ...verification, people, recording, isSession: () => known.isSession });
  const stage = new LiveStage(scene, known.latency);
  let error: CellResult["error"] = null;
  let interrupted = false as boolean;
  try {
    await item.play(stage);
    recording.moment({ kind: "task", from: null, to: "script", label: "the end" });
    scene.emit({ type: "run-ended" });
    error = vacuous(item.invariants(config), recording, known.readsTokens);
  } catch (thrown) {
    interrupted = verification.signal.aborted;
    if (!interrupted) error = errorOf(thrown);
  }
  const violations = monitors.violations().map(({ invariant, because }) => ({ invariant, because, replay: verification.playAgain(item) }));
  const verdict: Verdict = error !== null && violations.length === 0 ? "error" : monitors.verdict();
  const result: CellResult = {
    ...{ scenario: item.name, target: config.name, profile: issuer.facts.profile, strategy: config.strategy ?? "live" },
    ...{ isolates: app.instances, loads: stage.tabs, page: "request", faults: "", timeSteps: 0, lane: "live", explore: "verify" },
    ...{ granularity: "real time", expect: null, verdict, completeness: "bounded", bound: "1 run", interrupted, schedules: 1 },
    ...{ states: 0, growth: [], transitions: null, interleavings: null },
    steps: { min: recording.steps, mean: recording.steps, max: recording.steps },
    ...{ traceHash: recording.hash(), violations, shrunk: null, error: violations.length === 0 ? error : null },
    observations: observed(
      demanded,
      recording,
      known.readsTokens,
      violations.map(({ invariant }) => invariant),
    ),
    durationMs: Math.round(performance.now() - began),
  };
  return { result, counterexample: violations.length > 0 ? recording.upTo(lastStepOf(violations)) : null };
}

/** The monitors of what can be seen. */
export function monitorsFor(
  demanded: readonly InvariantId[],
  readsTokens: boolean,
  { promises = [] }: VerifyConfig,
  { profile, accessTokenLifetime }: Pick<LiveIssuer, "profile" | "accessTokenLifetime">,
): Monitors {
  const context = { ...monitorContext(profile, accessTokenLifetime, promises), storageIsHidden: true as const };
  return new Monitors(
    demanded.filter((id) => isBelievable(id, readsTokens)),
    context,
    graceOf(profile),
  );
}

/** The last step that a *because* tells of. */
function lastStepOf(violations: CellResult["violations"]): number {
  const steps = violations.flatMap(({ because }) => because.map((sentence) => Number(/^step (\d+) ·/.exec(sentence)?.[1] ?? 0)));
  return Math.max(...steps);
}

/** What was broken was seen, whatever else is missing. */
function observed(
  demanded: readonly InvariantId[],
  { seen }: Recording,
  readsTokens: boolean,
  broken: readonly InvariantId[],
): Observations {
  const { observed: ids, notObserved } = observations(demanded, { seen, readsTokens });
  return { observed: [...new Set([...ids, ...broken])], notObserved: notObserved.filter(({ invariant }) => !broken.includes(invariant)) };
}

/** An item in which nothing was renewed, or its own point was never reached, has shown nothing. */
function vacuous(own: readonly InvariantId[], { seen }: Recording, readsTokens: boolean): CellResult["error"] {
  const said = (message: string, hint: string) => ({ code: "VACUOUS" as const, message, hint });
  if (!seen.some(({ type }) => type === "token-redeemed")) {
    const hint = "the app must renew its session when its access token is over, at the issuer that it is told";
    return said("expected the app to redeem a refresh token, and it never did", hint);
  }
  const [missing] = observations(own, { seen, readsTokens }).notObserved;
  if (missing === undefined) return null;
  return said(
    `expected ${missing.invariant} to be put to the test, but ${missing.why}`,
    "see what the app has answered, or skip this item in the configuration",
  );
}

function errorOf(thrown: unknown): NonNullable<CellResult["error"]> {
  if (!(thrown instanceof HoldfastError)) throw thrown;
  const { code, message, hint } = thrown;
  return { code, message, hint };
}
