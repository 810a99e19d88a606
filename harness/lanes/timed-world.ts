import type { Browser } from "../browser/browser.ts";
import { graceOf, type Profile } from "../issuer/profile.ts";
import type { HoldfastError } from "../model/error.ts";
import type { Event, EventBody } from "../model/event.ts";
import type { Target } from "../model/target.ts";
import type { TimedScenario, TimedSpec } from "../model/timed.ts";
import { Chance } from "../sim/chance.ts";
import { drawLatencies, parseLatencies } from "../sim/latency.ts";
import { Network } from "../sim/network.ts";
import { SharedStore } from "../sim/shared-store.ts";
import { World } from "../sim/world.ts";
import { AnswerCheck } from "./answer-check.ts";
import { openBrowsers } from "./browsers.ts";
import { DailyMonitors } from "./daily-monitors.ts";
import { openIsolates } from "./isolates.ts";
import { monitorContext } from "./monitor-context.ts";
import { openIssuer, settingsOf } from "./simulated-issuer.ts";
import { EPOCH } from "./simulation.ts";
import { TimedTally } from "./timed-tally.ts";
import { Turns } from "./turns.ts";
import { refreshTokenIn, Wiretap } from "./wiretap.ts";

/** A person who loads a page every second of the day, with all that comes of each, takes fewer steps. */
const STEPS_A_DAY = 5_000_000;
/** Enough for several races beside each other, from their beginning to their end. */
const TRACE_WINDOW = 200;
/** Milliseconds: Node takes a timer of more than 31 bits for one of a millisecond. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A timed cell with its names resolved. */
export interface TimedSetting {
  readonly spec: TimedSpec;
  readonly scenario: TimedScenario;
  readonly target: Target;
  readonly profile: Profile;
}

/** A run, ready to be played. */
export interface TimedWorld {
  readonly world: World;
  readonly tally: TimedTally;
  readonly monitors: DailyMonitors;
  readonly browsers: readonly Browser[];
}

/**
 * Opens one world of a timed cell: the issuer, the isolates, a browser for each seeded user, and their days about to begin.
 *
 * @param run which world of the cell, from 0
 * @param onEvent returns an error that ends the run
 */
export function openTimed(
  { spec, scenario, target, profile }: TimedSetting,
  run: number,
  onEvent: (event: Event) => HoldfastError | null,
): TimedWorld {
  const seed = `${spec.seed}/${run}`;
  const latencies = parseLatencies(spec.latency);
  const world = new World({
    seed,
    epoch: EPOCH,
    // What takes no time needs no step of its own.
    crypto: latencies.crypto.median > 0 ? "interleaved" : "inline",
    stepLimit: STEPS_A_DAY * spec.days,
    timeSteps: 0,
    faults: {},
    timing: { latency: drawLatencies(latencies, seed), traceWindow: TRACE_WINDOW },
  });
  const { accessTokenLifetime } = spec;
  const tally = new TimedTally(EPOCH);
  const promised = target.promises[spec.strategy] ?? [];
  const monitors = new DailyMonitors(
    [...scenario.invariants, ...promised],
    monitorContext(profile, accessTokenLifetime, promised),
    graceOf(profile),
  );
  const check = new AnswerCheck(target);
  const emit = (body: EventBody) => {
    const event = { ...body, step: world.steps, at: world.now() };
    tally.on(event);
    const sentence = monitors.on(event, tally.dayOf(event.at));
    if (sentence !== null) world.trace.note(sentence);
    const wrong = check.on(event) ?? onEvent(event);
    if (wrong !== null) world.fail(wrong.code, wrong.message, wrong.hint, wrong.cause);
  };
  const network = new Network(world, [], new Wiretap(world.names, emit, (isolate, error) => check.threw(isolate, error)));
  const issuer = openIssuer(world, network, profile, accessTokenLifetime, emit);
  const store = new SharedStore(world, (actor, key, value) => {
    const token = value === null ? null : refreshTokenIn(world.names, value);
    if (token !== null) emit({ type: "token-stored", token, isolate: actor.name, record: key.slice(0, key.indexOf(":")) });
  });
  const parts = { world, target, strategy: spec.strategy, issuer: settingsOf(issuer, profile), store };
  openIsolates(parts, network, new Turns(spec.isolates), emit);
  const { people: browsers } = openBrowsers(world, network, check, { page: spec.page, routes: target.routes ?? {} }, store, emit);
  const script = world.actor("script", "script");
  world.play(script, async () => {
    const now = () => world.now();
    const until = async (moment: number) => {
      while (world.now() < moment) await world.until(Math.min(moment, world.now() + LONGEST_TIMER), script);
    };
    const lives = browsers.map((browser) => {
      const draws = new Chance(`${seed}/${browser.user}`);
      return scenario.live(browser, { days: spec.days, begins: EPOCH, now, until, draws });
    });
    await Promise.all(lives);
  });
  return { world, tally, monitors, browsers };
}
