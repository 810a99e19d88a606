import { HoldfastError } from "../model/error.ts";
import { leftSince, standing } from "../sim/leftovers.ts";
import { type Watch, watchUncontrolled } from "../sim/uncontrolled.ts";
import { firstDifference, kindOfDifference, type ValueKind } from "./difference.ts";
import { type Run, rerun, traceHash } from "./run.ts";
import type { Setting } from "./simulation.ts";

/** What keeps a run from being the same twice, as far as there is evidence. */
export interface LikelySource {
  /** What it is, and what says so. */
  readonly what: string;
  readonly remedy: string;
}

const REMEMBERS = "make what it keeps in create(environment), or give the path of its module, which is evaluated afresh for each run";
const IMPORT_FIRST = "load Holdfast before the code that keeps a reference to it, or take it from the environment";

const OF_VALUES: Readonly<Record<ValueKind, LikelySource>> = {
  clock: {
    what: "the machine's clock: what differs is the present time, although no clock of this thread gives it; it was captured before Holdfast was loaded, or comes from another realm",
    remedy: IMPORT_FIRST,
  },
  fraction: {
    what: "Math.random of the machine: what differs is a fraction between 0 and 1; it was captured before Holdfast was loaded, or comes from another realm",
    remedy: IMPORT_FIRST,
  },
  growing: {
    what: "a number that grows from run to run: a counter in a module, or in what the runs share",
    remedy: REMEMBERS,
  },
  "random bytes": {
    what: "random bytes that are not the world's: a generator with a seed of its own, or one that was captured before Holdfast was loaded",
    remedy: IMPORT_FIRST,
  },
};

const UNKNOWN: LikelySource = {
  what: "not known: nothing that is watched for explains it",
  remedy: "look at what this step depends on: it is something that the world does not own, or that outlives the run",
};

/**
 * Runs a schedule that was not the same twice some more times, with one suspicion watched after the other, and says what the evidence
 * is for: a function whose answers differ, if the runs are the same once it answers the same again; what a run leaves in objects that
 * the next one sees; something that is remembered, if only the first run is another one; and at last what the differing value looks like.
 */
export async function likelySource(setting: Setting, first: Run, again: Run | HoldfastError): Promise<LikelySource> {
  const runs = new Runs(setting, first);
  return (
    (await calledSource(runs)) ??
    (await leftSource(runs)) ??
    (await rememberedSource(runs, first, again)) ??
    valueSource(first, again) ??
    UNKNOWN
  );
}

/** Runs of one schedule, each told by its hash, or by how it failed. */
class Runs {
  readonly #setting: Setting;
  readonly #first: Run;

  constructor(setting: Setting, first: Run) {
    this.#setting = setting;
    this.#first = first;
  }

  async once(): Promise<string> {
    try {
      return toldBy(await rerun(this.#setting, this.#first.schedule, this.#first.cut));
    } catch (error) {
      if (error instanceof HoldfastError) return toldBy(error);
      throw error;
    }
  }
}

function toldBy(ended: Run | HoldfastError): string {
  return ended instanceof HoldfastError ? ended.message : traceHash(ended.trace);
}

/** What was called, and makes the runs equal when it answers as before: one function alone, or all of them together. */
async function calledSource(runs: Runs): Promise<LikelySource | null> {
  const watch = watchUncontrolled();
  const hash = await runs.once();
  watch.end();
  const called = [...watch.calls.keys()];
  for (const names of called.length > 1 ? [...called.map((name) => [name]), called] : called.map((name) => [name])) {
    const held = watchUncontrolled(new Map(names.map((name) => [name, watch.answers.get(name) ?? []])));
    const isSame = (await runs.once()) === hash;
    held.end();
    if (isSame) return answering(names, names.length === 1 ? "it answers" : "they answer", watch);
  }
  // Code of another realm cannot be watched from here.
  const realms = called.filter((name) => name.startsWith("vm."));
  if (realms.length === 0) return null;
  return {
    what: `${realms.join(" and ")}, called by ${callersOf(realms, watch)}: another realm has a clock and randomness of its own`,
    remedy: "run that code in the realm that it is part of",
  };
}

function answering(names: readonly string[], answer: string, watch: Watch): LikelySource {
  return {
    what: `${names.join(" and ")}, called by ${callersOf(names, watch)}: the runs are the same as soon as ${answer} the same`,
    remedy: `do without ${names.join(" and ")}, or hand the value in`,
  };
}

function callersOf(names: readonly string[], { calls }: Watch): string {
  return [...new Set(names.flatMap((name) => [...(calls.get(name) ?? [])]))].join(", ");
}

/** Something in an object that all runs share which a run has changed. */
async function leftSource(runs: Runs): Promise<LikelySource | null> {
  const before = standing();
  await runs.once();
  const left = leftSince(before);
  if (left.length === 0) return null;
  return {
    what: `${left.join(", ")}, which a run changes and the next one sees`,
    remedy: "keep it in the isolate: in a variable of the module, or of create(environment)",
  };
}

/** Something that is kept from run to run: only the first run was another one. */
async function rememberedSource(runs: Runs, first: Run, again: Run | HoldfastError): Promise<LikelySource | null> {
  const [was, is] = [toldBy(first), toldBy(again)];
  const later = [await runs.once(), await runs.once()];
  if (was === is || later.some((hash) => hash !== is)) return null;
  return {
    what: "something that is kept from run to run: the first run was another one, and all later ones are the same, as with a cache in a module",
    remedy: REMEMBERS,
  };
}

function valueSource(first: Run, again: Run | HoldfastError): LikelySource | null {
  const texts = again instanceof HoldfastError ? null : firstDifference(first, again)?.texts;
  const kind = texts == null ? null : kindOfDifference(texts[0], texts[1], Date.now());
  return kind === null ? null : OF_VALUES[kind];
}
