import { crc32 } from "node:zlib";
import type { Browser } from "../browser/browser.ts";
import { clause } from "../invariants/because.ts";
import { graceOf, type Profile } from "../issuer/profile.ts";
import { HoldfastError } from "../model/error.ts";
import type { Event, EventBody } from "../model/event.ts";
import type { Target } from "../model/target.ts";
import type { TimedCounts, TimedError, TimedRun, TimedScenario, TimedSpec } from "../model/timed.ts";
import { Chance } from "../sim/chance.ts";
import { activeResources, leakedResources, watchResources } from "../sim/escapes.ts";
import { drawLatencies, parseLatencies } from "../sim/latency.ts";
import { Network } from "../sim/network.ts";
import { SharedStore } from "../sim/shared-store.ts";
import { World } from "../sim/world.ts";
import { AnswerCheck } from "./answer-check.ts";
import { openBrowsers } from "./browsers.ts";
import { DailyMonitors } from "./daily-monitors.ts";
import { nondeterminism } from "./determinism.ts";
import { openIsolates } from "./isolates.ts";
import { monitorContext } from "./monitor-context.ts";
import { assertNoEscapes } from "./run.ts";
import { openIssuer, settingsOf } from "./simulated-issuer.ts";
import { EPOCH } from "./simulation.ts";
import { TimedTally } from "./timed-tally.ts";
import { Turns } from "./turns.ts";
import { refreshTokenIn, Wiretap } from "./wiretap.ts";

/** A timed cell with its names resolved. */
export interface TimedSetting {
  readonly spec: TimedSpec;
  readonly scenario: TimedScenario;
  readonly target: Target;
  readonly profile: Profile;
}

/** Who waits for a run of weeks. */
export interface TimedWatch {
  /** Told now and then how far it is. */
  onProgress(counts: TimedCounts): void;
  /** Asked now and then whether to give up. */
  isStopped(): boolean;
}

/** A person who loads a page every second of the day, with all that comes of each, takes fewer steps. */
const STEPS_A_DAY = 5_000_000;
/** Enough for several races beside each other, from their beginning to their end. */
const TRACE_WINDOW = 200;
/** Milliseconds. The first world is played again until then. */
const PLAYED_TWICE = 86_400_000;
/** The event loop gets its turn between so many steps, since messages of other threads come in it. */
const STRETCH = 2_000;

/**
 * Plays one world of a timed cell: its people's days, on a clock that moves by itself. Everything that happens is a function of the
 * cell, its seed and `run`. Never throws for what a run shows; an error of the harness itself stands in the result.
 *
 * @param run which world of the cell, from 0; the first day of the first one is played twice, watched for escapes, and compared event by event
 * @returns null when it was told to give up
 */
export async function playTimed(setting: TimedSetting, run: number, watch: TimedWatch): Promise<TimedRun | null> {
  try {
    if (run > 0) return await playOnce(setting, run, watch, () => null);
    const prints: number[] = [];
    const first = await playOnce(setting, run, watch, (event) => {
      prints.push(printOf(event));
      return null;
    });
    if (first !== null && first.error === null) await playAgain(setting, run, watch, prints);
    return first;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return failed(error);
  }
}

/** @throws HoldfastError `NONDETERMINISM` that names the first event that differs, or `ESCAPED`, which is the likely cause */
async function playAgain(setting: TimedSetting, run: number, watch: TimedWatch, prints: readonly number[]): Promise<void> {
  let events = 0;
  let isOver = false;
  const untilEvening: TimedWatch = {
    onProgress(counts) {
      isOver = counts.virtualTime > PLAYED_TWICE;
    },
    isStopped: () => isOver || watch.isStopped(),
  };
  const unwatch = watchResources();
  const [ended] = await Promise.allSettled([
    playOnce(setting, run, untilEvening, (event) => {
      const index = events++;
      return prints[index] === printOf(event) ? null : nondeterminism(`the ${index + 1}. event is now: ${clause(event)}`);
    }),
  ]);
  assertNoEscapes(setting, unwatch());
  if (ended.status === "rejected") throw ended.reason;
  if (ended.value !== null && events < prints.length)
    throw nondeterminism(`the second run ended after ${events} of ${prints.length} events`);
}

function printOf(event: Event): number {
  return crc32(JSON.stringify(event));
}

/** @param onEvent returns an error that ends the run */
async function playOnce(
  setting: TimedSetting,
  run: number,
  watch: TimedWatch,
  onEvent: (event: Event) => HoldfastError | null,
): Promise<TimedRun | null> {
  const before = activeResources();
  const played = openTimed(setting, run, onEvent);
  try {
    if (!(await walk(played, watch))) return null;
  } finally {
    played.world.close();
  }
  assertNoEscapes(setting, leakedResources(before));
  const { world, tally, monitors } = played;
  const { first, broken } = monitors;
  const story = first === null ? null : { run, ...first };
  return { counts: tally.counts(world.now(), world.steps), broken, story, digest: tally.digest, error: null };
}

/** A run, ready to be played. */
interface Opened {
  readonly world: World;
  readonly tally: TimedTally;
  readonly monitors: DailyMonitors;
  readonly browsers: readonly Browser[];
}

function openTimed(
  { spec, scenario, target, profile }: TimedSetting,
  run: number,
  onEvent: (event: Event) => HoldfastError | null,
): Opened {
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
  const monitors = new DailyMonitors(
    [...scenario.invariants, ...(target.promises[spec.strategy] ?? [])],
    monitorContext(profile, accessTokenLifetime),
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
  const { people: browsers } = openBrowsers(world, network, check, spec.page, store, emit);
  const script = world.actor("script", "script");
  world.play(script, async () => {
    const now = () => world.now();
    const until = (moment: number) => world.until(moment, script);
    const lives = browsers.map((browser) => {
      const draws = new Chance(`${seed}/${browser.user}`);
      return scenario.live(browser, { days: spec.days, begins: EPOCH, now, until, draws });
    });
    await Promise.all(lives);
  });
  return { world, tally, monitors, browsers };
}

/** @returns false when it was told to give up */
async function walk({ world, tally, monitors, browsers }: Opened, watch: TimedWatch): Promise<boolean> {
  await world.open();
  while (world.enabled().length > 0) {
    if (watch.isStopped()) return false;
    watch.onProgress(tally.counts(world.now(), world.steps));
    let left = STRETCH;
    await world.walk(
      () => 0,
      () => {
        monitors.settle(world.now() - EPOCH, () => world.trace.entries());
        return --left === 0;
      },
    );
  }
  if (world.ended) return true;
  throw world.deadlock(browsers.flatMap((browser) => [...browser.inFlight].map(([load, { to }]) => `${load} for an answer of ${to}`)));
}

function failed({ code, message, hint }: HoldfastError): TimedRun {
  const counts: TimedCounts = {
    ...{ virtualTime: 0, sessionDays: 0, loads: 0, refreshes: 0, redemptions: 0, signIns: 0, logouts: 0, steps: 0 },
  };
  const error: TimedError = { code, message, hint };
  return { counts, broken: {}, story: null, digest: "", error };
}
