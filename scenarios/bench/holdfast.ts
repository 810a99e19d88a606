import { hash } from "node:crypto";
import type { Choose } from "../../harness/explore/explorer.ts";
import { random } from "../../harness/explore/random.ts";
import type { NetworkObserver } from "../../harness/sim/exchange.ts";
import { Network } from "../../harness/sim/network.ts";
import { fetchServer } from "../../harness/sim/server.ts";
import { World } from "../../harness/sim/world.ts";
import { type Arrive, type Party, playPlain } from "./plain.ts";
import {
  type Batch,
  emptyTally,
  FIRST_REFRESH_TOKEN,
  judge,
  LOADS,
  NOW,
  type Outcome,
  SECOND_REFRESH_TOKEN,
  type Tally,
  type Weight,
} from "./scenario.ts";
import { opaqueTokens, rs256Tokens, type Tokens } from "./tokens.ts";
import { APP, cookieHeader, ISSUER, webIssuer, webTarget } from "./web.ts";

/** Prepares a world: starts the scenario in it, and tells its outcome when it is over. */
type Prepare = (world: World) => { outcome: Outcome | null };

/** The Holdfast side of a weight: random schedules, one world a schedule, with trace and trace hash, without state keys. */
export async function holdfastBatch(weight: Weight): Promise<Batch> {
  const prepare = await preparation(weight);
  return async (schedules, seed, counted) => {
    const tally = emptyTally();
    await random.search({
      schedules,
      seed,
      run: async (choose) => ({ schedule: await runOnce(prepare, choose, tally, counted), violated: false, newStates: 0 }),
    });
    return tally;
  };
}

/** One run with every choice 0. */
export async function holdfastFifo(weight: Weight): Promise<Tally> {
  const tally = emptyTally();
  await runOnce(await preparation(weight), () => 0, tally, true);
  return tally;
}

async function preparation(weight: Weight): Promise<Prepare> {
  if (weight === "plain functions") return preparePlain;
  return prepareWeb(weight === "with web objects" ? opaqueTokens : await rs256Tokens());
}

async function runOnce(prepare: Prepare, choose: Choose, tally: Tally, counted: boolean): Promise<number[]> {
  const world = new World({ seed: "bench", epoch: NOW, crypto: "inline", stepLimit: 1_000, timeSteps: 0, faults: {} });
  const played = prepare(world);
  const schedule: number[] = [];
  await world.walk(
    () => {
      if (counted) tally.choices += world.enabled().length;
      const choice = choose(world);
      if (choice !== null) schedule.push(choice);
      return choice;
    },
    () => false,
  );
  if (!world.ended) throw world.deadlock([]);
  world.close();
  hash("sha256", world.trace.lines().join("\n"));
  judge(tally, played.outcome, world.steps);
  return schedule;
}

function preparePlain(world: World): { outcome: Outcome | null } {
  const actors = {
    browser: world.actor("browser", "browser"),
    isolate: world.actor("isolate-1", "isolate"),
    issuer: world.actor("issuer", "issuer"),
  } as const satisfies Record<Party, unknown>;
  const arrive: Arrive = (kind, from, to, label) =>
    new Promise((resolve) => {
      world.submit({ kind, from: actors[from], to: actors[to], task: null, describe: () => label, complete: resolve });
    });
  return play(world, () => playPlain(arrive));
}

const SILENT: NetworkObserver = { sent() {}, answered() {}, lost() {}, fault() {} };

function prepareWeb(tokens: Tokens): Prepare {
  return (world) => {
    const network = new Network(world, [], SILENT);
    const browser = world.actor("browser", "browser");
    world.names.register(FIRST_REFRESH_TOKEN, "RT F1.g0");
    world.names.register(SECOND_REFRESH_TOKEN, "RT F1.g1");
    const issuer = webIssuer(tokens);
    const issuerServer = fetchServer(world.actor("issuer", "issuer"), Promise.resolve(issuer.fetch));
    network.route(ISSUER, () => issuerServer);
    const target = webTarget(tokens, (url, init) => fetch(url, init));
    const isolate = fetchServer(world.actor("isolate-1", "isolate"), Promise.resolve(target));
    network.route(APP, () => isolate);

    const cookie = cookieHeader(tokens);
    const load = async (name: string): Promise<number> => {
      const request = { method: "GET", url: `${APP}/`, headers: [["cookie", cookie]], body: null } as const;
      const answered = await network.send(browser, name, request).answer;
      return answered?.response.status ?? 0;
    };
    return play(world, async () => {
      const answers = await Promise.all(Array.from({ length: LOADS }, (_, index) => load(`load ${index + 1}`)));
      return { answers, redemptions: issuer.redemptions };
    });
  };
}

function play(world: World, script: () => Promise<Outcome>): { outcome: Outcome | null } {
  const played: { outcome: Outcome | null } = { outcome: null };
  world.play(world.actor("script", "script"), async () => {
    played.outcome = await script();
  });
  return played;
}
