import fc, { type Scheduler } from "fast-check";
import { playPlain } from "./plain.ts";
import { type Batch, emptyTally, judge, LOADS, type Outcome, type Tally, type Weight } from "./scenario.ts";
import { opaqueTokens, rs256Tokens, type Tokens } from "./tokens.ts";
import { APP, cookieHeader, type Handler, webIssuer, webTarget } from "./web.ts";

/** One arrival, scheduled. */
type Arrival = (label: string) => Promise<void>;
type Play = (arrival: Arrival) => Promise<Outcome>;
/** Releases a scheduled task: what fast-check calls `act`. */
type Act = (release: () => Promise<void>) => Promise<unknown>;

/** A weight, ready to be played. */
interface Prepared {
  readonly play: Play;
  readonly act: Act | null;
}

/**
 * The fast-check side of a weight, as its guide to race conditions writes it: `fc.check` of an `asyncProperty` over
 * `fc.scheduler()`, and `waitFor` what the test is about. Arrivals are scheduled as promises without a value, the cheapest
 * way: fast-check would stringify a value for its report.
 *
 * @param settle wait for crypto on the thread pool before the next choice
 */
export async function fastCheckBatch(weight: Weight, settle: boolean): Promise<Batch> {
  const { play, act } = await prepare(weight, settle);
  return async (schedules, seed, counted) => {
    const tally = emptyTally();
    const arbitrary = act === null ? fc.scheduler() : fc.scheduler({ act });
    const property = fc.asyncProperty(arbitrary, (scheduler) => runOnce(play, scheduler, tally, counted));
    const details = await fc.check(property, { numRuns: schedules, seed });
    if (details.failed) throw details.errorInstance ?? new Error("fast-check's run failed");
    return tally;
  };
}

/** One run in which tasks go in the order in which they were scheduled. */
export async function fastCheckFifo(weight: Weight): Promise<Tally> {
  const { play, act } = await prepare(weight, true);
  const tally = emptyTally();
  // More than any run has: with one redemption a load there are 4 tasks a load.
  const ordering = Array.from({ length: 4 * LOADS }, (_, index) => index + 1);
  await runOnce(play, act === null ? fc.schedulerFor(ordering) : fc.schedulerFor(ordering, { act }), tally, true);
  return tally;
}

async function prepare(weight: Weight, settle: boolean): Promise<Prepared> {
  if (weight === "plain functions") return { play: (arrival) => playPlain((_kind, _from, _to, label) => arrival(label)), act: null };
  if (weight === "with web objects") return { play: (arrival) => playWeb(opaqueTokens, arrival), act: null };
  const crypto = new CryptoInFlight();
  const tokens = crypto.watch(await rs256Tokens());
  return { play: (arrival) => playWeb(tokens, arrival), act: settle ? crypto.act : null };
}

/** What the thread pool still computes. fast-check cannot know, so it would choose before the result is there. */
class CryptoInFlight {
  readonly #pending = new Set<Promise<unknown>>();

  watch({ expired, sign, verify }: Tokens): Tokens {
    return { expired, sign: (expires) => this.#track(sign(expires)), verify: (token) => this.#track(verify(token)) };
  }

  /** Releases a task and waits until what it set off needs no thread any more. */
  readonly act: Act = async (release) => {
    await release();
    await macrotask();
    while (this.#pending.size > 0) {
      await Promise.all(this.#pending);
      await macrotask();
    }
  };

  #track<T>(result: Promise<T>): Promise<T> {
    this.#pending.add(result);
    return result.finally(() => this.#pending.delete(result));
  }
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function runOnce(play: Play, scheduler: Scheduler, tally: Tally, counted: boolean): Promise<void> {
  let operations = 0;
  const playing = play((label) => {
    operations++;
    return scheduler.schedule(Promise.resolve(), label);
  });
  const count = (release: () => Promise<void>) => {
    tally.choices += scheduler.count();
    return release();
  };
  const outcome = await (counted ? scheduler.waitFor(playing, count) : scheduler.waitFor(playing));
  judge(tally, outcome, operations);
}

async function playWeb(tokens: Tokens, arrival: Arrival): Promise<Outcome> {
  const exchange = async (request: Request, label: string, handle: Handler): Promise<Response> => {
    await arrival(`request ${label}`);
    const response = await handle(request);
    await arrival(`response ${label}`);
    return response;
  };
  const issuer = webIssuer(tokens);
  const target = webTarget(tokens, (url, init) => exchange(new Request(url, init), "POST /token", issuer.fetch));

  const cookie = cookieHeader(tokens);
  const load = async (name: string): Promise<number> => {
    const response = await exchange(new Request(`${APP}/`, { headers: { cookie } }), name, target);
    // A browser reads the page.
    await response.text();
    return response.status;
  };
  const answers = await Promise.all(Array.from({ length: LOADS }, (_, index) => load(`GET / load ${index + 1}`)));
  return { answers, redemptions: issuer.redemptions };
}
