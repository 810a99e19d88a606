import { graceOf, type Profile } from "../issuer/profile.ts";
import type { CellSpec } from "../model/cell.ts";
import type { EventBody } from "../model/event.ts";
import type { Violation } from "../model/invariant.ts";
import type { Program } from "../model/program.ts";
import { REDEMPTION, type Scenario } from "../model/scenario.ts";
import type { StateView } from "../model/state-view.ts";
import type { Target } from "../model/target.ts";
import { Network } from "../sim/network.ts";
import { SharedStore } from "../sim/shared-store.ts";
import type { Trace } from "../sim/trace.ts";
import { World } from "../sim/world.ts";
import { AnswerCheck } from "./answer-check.ts";
import { openBrowsers, waitingFor } from "./browsers.ts";
import { NETWORK_FAULTS } from "./faults.ts";
import { openIsolates } from "./isolates.ts";
import { look } from "./look.ts";
import { monitorContext } from "./monitor-context.ts";
import { Monitors } from "./monitors.ts";
import type { OpenStore, RunStore } from "./run-store.ts";
import { openIssuer, settingsOf } from "./simulated-issuer.ts";
import { play } from "./stage.ts";
import { Turns } from "./turns.ts";
import { refreshTokenIn, Wiretap } from "./wiretap.ts";

/** 2026-01-01T00:00:00Z: any fixed moment does. */
export const EPOCH = 1_767_225_600_000;
/** Milliseconds, where a scenario says nothing: WorkOS' default, and the lifetime of the five-minute logout. */
const ACCESS_TOKEN_LIFETIME = 300_000;
/** Far beyond any scenario: a run that takes this many steps has lost its way. */
const STEP_LIMIT = 10_000;

/** What a run is made of. */
export interface Setting {
  readonly spec: CellSpec;
  readonly scenario: Scenario;
  readonly target: Target;
  readonly profile: Profile;
  /** Somebody compares states: see `WorldOptions.canonicalKeys`. */
  readonly canonicalKeys?: boolean;
  /** Others work in this thread, too: what keeps the process busy after a run says nothing of the target. */
  readonly sharesThread?: true;
  /** How a lane opens its runs that is not the simulation. */
  readonly open?: (setting: Setting) => Promise<Simulation>;
  /** Where isolates meet; a store in memory where nothing is said. */
  readonly openStore?: OpenStore;
}

/** One run of a cell, opened and ready to step. */
export interface Simulation {
  readonly program: Program;
  /** Steps until nothing is enabled any more or `done` says so: what a loop over `program.step` does, but faster. */
  walk(choose: () => number | null, done: () => boolean, withStacks?: boolean): Promise<void>;
  /** The walk was stopped before anything had ended. */
  isCut(): boolean;
  readonly trace: Trace;
  /** The invariants found broken so far. */
  violations(): readonly Violation[];
  /** What they amount to. */
  verdict(): "holds" | "violated" | "cannot-be-had";
  /** How things stand right now, for people. */
  look(): StateView;
  /** The marks reached so far. */
  readonly reached: ReadonlySet<string>;
  /**
   * Ends the run once nothing is enabled any more.
   * @throws HoldfastError `DEADLOCK` when the scenario still waits.
   */
  finish(): void;
  close(): void;
}

const inMemory: OpenStore = (world, { written }) => new SharedStore(world, written);

/**
 * Opens one run: a world with the issuer, the isolates of the target, a browser for each seeded user, the monitors,
 * and the scenario about to play.
 */
export async function openSimulation({
  spec,
  scenario,
  target,
  profile,
  canonicalKeys = false,
  openStore = inMemory,
}: Setting): Promise<Simulation> {
  const world = new World({
    seed: "holdfast",
    epoch: EPOCH,
    crypto: spec.crypto,
    stepLimit: STEP_LIMIT,
    timeSteps: spec.timeSteps,
    faults: spec.faults,
    canonicalKeys,
  });
  const { accessTokenLifetime = ACCESS_TOKEN_LIFETIME } = scenario;
  const promised = target.promises[spec.strategy] ?? [];
  const monitors = new Monitors(
    [...scenario.invariants, ...promised],
    monitorContext(profile, accessTokenLifetime, promised),
    graceOf(profile),
  );
  const reached = new Set<string>();
  const answers: string[] = [];
  const notes: string[] = [];
  /** Somebody has come to load a page, so the target has answered a sign-in. */
  let hasServed = false;
  const alike = new Map<string, { actor: string; class: string }>();
  const turns = new Turns(spec.isolates);
  const check = new AnswerCheck(target);
  const emit = (body: EventBody) => {
    const event = { ...body, step: world.steps, at: world.now() };
    world.footprints.tell();
    const sentence = monitors.on(event);
    if (sentence !== null) world.trace.note(sentence);
    if (event.type === "token-redeemed") reached.add(REDEMPTION);
    if (event.type === "load-answered") answers.push(`${event.load} ${event.answer}`);
    if (event.type === "load-sent") hasServed = true;
    if (event.type === "load-lost") answers.push(`${event.load} lost`);
    // A document's fetches are sent one after the other, so which isolate they meet is no property of the load.
    if (event.type === "load-sent" && spec.page === "request") alike.set(event.load, { actor: event.isolate, class: event.jar });
    const meaningless = check.on(event);
    if (meaningless !== null) world.fail(meaningless.code, meaningless.message, meaningless.hint, meaningless.cause);
  };
  const faults = NETWORK_FAULTS.filter(({ name }) => spec.faults[name] !== undefined);
  const network = new Network(world, faults, new Wiretap(world.names, emit, (isolate, error) => check.threw(isolate, error)));

  const issuer = openIssuer(world, network, profile, accessTokenLifetime, emit, scenario.issuerAhead);
  const store: RunStore = openStore(world, {
    written(actor, key, value, task = null) {
      const token = value === null ? null : refreshTokenIn(world.names, value);
      if (token !== null) emit({ type: "token-stored", token, isolate: actor.name, record: key.slice(0, key.indexOf(":")) });
      if (scenario.stored === undefined) return;
      emit({ type: "committed", isolate: actor.name, request: task, stored: scenario.stored(store.peek()), exposed: [] });
    },
    kill: (actor, fault) => isolates.kill(actor, fault),
  });
  const parts = { world, target, strategy: spec.strategy, issuer: settingsOf(issuer, profile), store };
  const isolates = openIsolates(parts, network, turns, emit);
  const browsers = openBrowsers(world, network, check, { page: spec.page, routes: target.routes ?? {} }, store, emit);
  play({
    world,
    scenario,
    spec,
    accessTokenLifetime,
    issuer,
    settings: parts.issuer,
    browsers,
    turns,
    network,
    routes: target.routes ?? {},
    seen: notes,
    reached,
    emit,
  });

  world.watchState(() => issuer.state());
  world.watchState(() => browsers.all.map((browser) => browser.state()));
  world.watchState(() => monitors.state());
  world.watchState(() => world.randomness.numbers());
  // What the scenario has seen stands for its own heap; of loads that are alike only how many there were, in whichever order they came.
  world.watchState(() => notes);
  if (scenario.loadsAreAlike === true) {
    world.watchSymmetry(() => ({ tasks: alike, actors: isolates.all.map(({ actor }) => actor.name) }));
    world.watchState(() => browsers.all.map(({ asked }) => asked));
  } else world.watchState(() => answers);
  await world.open();
  return {
    program: world,
    walk: (choose, done, withStacks) => world.walk(choose, done, withStacks),
    isCut: () => monitors.violations().length === 0 && world.enabled().length > 0,
    trace: world.trace,
    violations: () => monitors.violations(),
    verdict: () => monitors.verdict(),
    look: () => look({ world, began: EPOCH, issuer, browsers: browsers.all, isolates: isolates.all, store }),
    reached,
    finish() {
      if (!world.ended) {
        const waiting = waitingFor(browsers.all);
        // A target that has signed somebody in owes the rest; of one that never answers nothing is known but that it hangs.
        const loads = browsers.all.flatMap((browser) => [...browser.inFlight.keys()]);
        if (hasServed && loads.length > 0) emit({ type: "loads-stuck", loads });
        if (monitors.violations().length > 0) return;
        throw world.deadlock(waiting.length > 0 ? waiting : isolates.all.map(({ actor }) => `something that ${actor.name} should do`));
      }
      emit({ type: "run-ended" });
    },
    close: () => world.close(),
  };
}
