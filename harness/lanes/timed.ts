import { crc32 } from "node:zlib";
import { clause } from "../invariants/because.ts";
import { HoldfastError } from "../model/error.ts";
import type { Event } from "../model/event.ts";
import type { TimedCounts, TimedRun } from "../model/timed.ts";
import { activeResources, leakedResources, watchResources } from "../sim/escapes.ts";
import { waitingFor } from "./browsers.ts";
import { nondeterminism } from "./determinism.ts";
import { assertNoEscapes } from "./run.ts";
import { EPOCH } from "./simulation.ts";
import { openTimed, type TimedSetting, type TimedWorld } from "./timed-world.ts";

/** Who waits for a run of weeks. */
export interface TimedWatch {
  /** Told now and then how far it is. */
  onProgress(counts: TimedCounts): void;
  /** Asked now and then whether to give up. */
  isStopped(): boolean;
}

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

/** @returns false when it was told to give up */
async function walk({ world, tally, monitors, browsers }: TimedWorld, watch: TimedWatch): Promise<boolean> {
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
  throw world.deadlock(waitingFor(browsers));
}

function failed({ code, message, hint }: HoldfastError): TimedRun {
  const counts: TimedCounts = {
    ...{ virtualTime: 0, sessionDays: 0, loads: 0, refreshes: 0, redemptions: 0, signIns: 0, logouts: 0, steps: 0 },
  };
  return { counts, broken: {}, story: null, digest: "", error: { code, message, hint } };
}
