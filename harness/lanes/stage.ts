import type { Browser } from "../browser/browser.ts";
import type { Issuer } from "../issuer/issuer.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Scenario, Stage } from "../model/scenario.ts";
import type { World } from "../sim/world.ts";
import type { Turns } from "./turns.ts";

/** What a stage is built of. */
export interface StageParts {
  readonly world: World;
  readonly scenario: Scenario;
  readonly spec: CellSpec;
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  readonly issuer: Issuer;
  readonly browsers: readonly Browser[];
  readonly turns: Turns;
  /** Takes the marks that the scenario reaches. */
  readonly reached: Set<string>;
}

/** Lets a scenario play in a world. */
export function play(parts: StageParts): void {
  const script = parts.world.actor("script", "script");
  const stage = stageOf(parts, script);
  parts.world.play(script, () => parts.scenario.play(stage));
}

function stageOf(
  { world, scenario, spec, accessTokenLifetime, issuer, browsers, turns, reached }: StageParts,
  script: ReturnType<World["actor"]>,
): Stage {
  return {
    parameters: { loads: spec.loads, isolates: spec.isolates, page: spec.page },
    accessTokenLifetime,
    browsers: browsers as readonly [Browser, Browser],
    admin: { endSessions: async (user) => issuer.control.revoke({ user }, "admin") },
    now: () => world.now(),
    until: (moment) => world.until(moment, script),
    async withFaults(part) {
      world.grant(true);
      try {
        return await part();
      } finally {
        world.grant(false);
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
    reach: (mark) => {
      if (!scenario.mustReach.includes(mark))
        throw new HoldfastError("BAD_USAGE", `expected a mark that ${scenario.name} declares, got "${mark}"`, "add it to mustReach");
      reached.add(mark);
    },
    loadsInFlight: () => browsers.reduce((count, browser) => count + browser.inFlight.size, 0),
  };
}
