import type { Issuer } from "../issuer/issuer.ts";
import type { CellSpec } from "../model/cell.ts";
import type { EventBody } from "../model/event.ts";
import type { Scenario, Stage } from "../model/scenario.ts";
import type { IssuerSettings, TargetRoutes } from "../model/target.ts";
import type { Network } from "../sim/network.ts";
import type { World } from "../sim/world.ts";
import { adminOf } from "./admin.ts";
import type { Browsers } from "./browsers.ts";
import { callbacks } from "./callbacks.ts";
import { accessToken, GOOD } from "./forgeries.ts";
import { MAINTENANCE } from "./isolates.ts";
import { marksOf } from "./marks.ts";
import type { Turns } from "./turns.ts";

/** What a stage is built of. */
export interface StageParts {
  readonly world: World;
  readonly scenario: Scenario;
  readonly spec: CellSpec;
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  readonly issuer: Issuer;
  readonly browsers: Browsers;
  /** Who the target takes the issuer for. */
  readonly settings: IssuerSettings;
  readonly turns: Turns;
  readonly network: Network;
  readonly routes: TargetRoutes;
  /** Takes what the scenario has seen, which stands for its own heap. */
  readonly seen: string[];
  /** Takes the marks that the scenario reaches. */
  readonly reached: Set<string>;
  readonly emit: (event: EventBody) => void;
}

/** Lets a scenario play in a world. */
export function play(parts: StageParts): void {
  const script = parts.world.actor("script", "script");
  const stage = stageOf(parts, script);
  parts.world.play(script, () => parts.scenario.play(stage));
}

function stageOf(
  { world, scenario, spec, accessTokenLifetime, issuer, settings, browsers, turns, network, routes, seen, reached, emit }: StageParts,
  script: ReturnType<World["actor"]>,
): Stage {
  let maintenances = 0;
  return {
    parameters: { loads: spec.loads, isolates: spec.isolates, page: spec.page },
    accessTokenLifetime,
    browsers: browsers.people,
    admin: adminOf(issuer, emit),
    anotherBrowser: (of) => browsers.openPhone(of),
    steal: (from) => browsers.openThief(from),
    async present(as, forgery) {
      const { issuer: iss, clientId } = settings;
      const claimed = accessToken(forgery ?? GOOD, { user: as.user, issuer: iss, clientId, now: world.now() });
      return browsers.openStranger(as).present(claimed, forgery);
    },
    callBack: callbacks({ world, network, settings, routes, seen, emit }, script),
    now: () => world.now(),
    until: (moment) => world.until(moment, script),
    async anyMoment() {
      await world.decide(script, null, ["the scenario goes on"]);
      seen.push("a moment");
    },
    async maintain() {
      const request = { method: "POST", url: `${MAINTENANCE}/`, headers: [], body: null };
      const { to, answer } = network.send(script, `maintenance-${++maintenances}`, request);
      emit({ type: "maintenance-sent", isolate: to.name });
      const { status } = (await answer)?.response ?? {};
      if (status === 204) emit({ type: "maintenance-done", isolate: to.name });
      seen.push(`maintained ${status}`);
    },
    async withFaults(part) {
      world.grant(true);
      emit({ type: "faults-began" });
      try {
        return await part();
      } finally {
        world.grant(false);
        emit({ type: "faults-ended" });
      }
    },
    async anyIsolate(part) {
      const options = turns.inOrder();
      if (options.length > 1) {
        const way = await world.decide(
          script,
          null,
          options.map((isolate) => `the next load goes to isolate-${isolate + 1}`),
        );
        turns.next(options[way] as number);
      }
      return part();
    },
    reach: marksOf(scenario, reached),
    loadsInFlight: () => browsers.all.reduce((count, browser) => count + browser.inFlight.size, 0),
  };
}
