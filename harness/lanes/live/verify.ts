import type { CellReport } from "../../model/cell.ts";
import { type LiveApp, openApp } from "./app.ts";
import { calibrate } from "./calibrate.ts";
import type { VerifyConfig } from "./config.ts";
import { startLiveIssuer } from "./issuer.ts";
import { peopleOf } from "./people.ts";
import type { PlanItem } from "./plan/item.ts";
import { monitorsFor, playItem, type Verification } from "./play.ts";
import { Recording } from "./recording.ts";
import { Scene } from "./scene.ts";
import { LiveStage } from "./stage.ts";

/** Items that are played at the same time. */
const AT_ONCE = 5;
/** Whoever gets to know the app before the plan begins. */
const FIRST = "calibration";

export interface VerifyOptions {
  readonly config: VerifyConfig;
  /** The folder of the configuration. */
  readonly folder: string;
  readonly items: readonly PlanItem[];
  readonly signal: AbortSignal;
  /** Told what a person should read while she waits. */
  say(words: string): void;
  /** Told when an item is begun, and when it has its result. */
  progress(item: PlanItem, report: CellReport | null): void;
  playAgain(item: PlanItem): string;
}

/** What a verification came to. */
export interface Verified {
  /** In the order of the plan; fewer than there are items where somebody stopped it. */
  readonly reports: readonly CellReport[];
  readonly skipped: readonly { readonly item: string; readonly why: string }[];
}

/**
 * Puts a running app through the plan: starts the issuer, starts the app or waits for it, gets to know it, and plays each item with people
 * of its own. Everything that was started is stopped, whatever happens.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` where the app cannot be reached, or cannot be signed in to
 */
export async function verifyApp(options: VerifyOptions): Promise<Verified> {
  const { config, items, signal } = options;
  const why = (item: PlanItem) => config.skip?.[item.name] ?? item.missing?.(config) ?? null;
  const skipped = items.flatMap((item) => {
    const reason = why(item);
    return reason === null ? [] : [{ item: item.name, why: reason }];
  });
  const played = items.filter((item) => why(item) === null);
  const cast = new Map([FIRST, ...played.map(({ name }) => name)].map((name) => [name, peopleOf(name)]));
  const everybody = [...cast.values()].flatMap(({ ada, ben }) => [ada, ben]);
  const issuer = await startLiveIssuer(config.issuer ?? {}, everybody);
  let app: LiveApp | null = null;
  try {
    app = await openApp(config, { folder: options.folder, issuer: issuer.facts, signal, say: options.say });
    const { origin, instances } = app;
    const count = `${instances} ${instances === 1 ? "instance" : "instances"}`;
    options.say(
      `The issuer is at ${issuer.facts.origin}, the app at ${origin} (${count}); ${played.length} ${played.length === 1 ? "item" : "items"} of the plan.\n`,
    );
    const verification = { config, app, issuer, everybody, signal, playAgain: options.playAgain };
    const known = await getToKnow(verification);
    const play = async (item: PlanItem): Promise<CellReport> => {
      options.progress(item, null);
      const report = await playItem(item, cast.get(item.name) ?? peopleOf(item.name), known, verification);
      options.progress(item, report);
      return report;
    };
    const reports = new Map<string, CellReport>();
    await inLanes(played.filter(({ alone }) => !alone).sort(longestFirst), AT_ONCE, signal, async (item) =>
      reports.set(item.name, await play(item)),
    );
    await inLanes(
      played.filter(({ alone }) => alone),
      1,
      signal,
      async (item) => reports.set(item.name, await play(item)),
    );
    return { reports: played.flatMap(({ name }) => reports.get(name) ?? []), skipped };
  } finally {
    await app?.close();
    await issuer.close();
  }
}

async function getToKnow(verification: Verification) {
  const { config, issuer } = verification;
  const recording = new Recording(monitorsFor([], false, config, issuer), Date.now());
  const scene = new Scene({ ...verification, people: peopleOf(FIRST), recording, isSession: () => () => true });
  const calibration = await calibrate(new LiveStage(scene, 0));
  return { ...calibration, readsTokens: scene.readsTokens };
}

/** What waits for long begins first, so that nobody waits for it in the end. */
function longestFirst(one: PlanItem, other: PlanItem): number {
  return Number(other.waits ?? false) - Number(one.waits ?? false);
}

async function inLanes<T>(items: readonly T[], lanes: number, signal: AbortSignal, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  async function lane(): Promise<void> {
    for (let item = left.shift(); item !== undefined && !signal.aborted; item = left.shift()) await work(item);
  }
  await Promise.all(Array.from({ length: lanes }, lane));
}
