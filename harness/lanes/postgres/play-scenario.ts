import type { EventBody } from "../../model/event.ts";
import type { MonitorContext } from "../../model/invariant.ts";
import { contexts } from "../../sim/context.ts";
import { World } from "../../sim/world.ts";
import { marksOf } from "../marks.ts";
import { Monitors } from "../monitors.ts";
import { EPOCH, type Setting } from "../simulation.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Database } from "./database.ts";
import { environmentOf } from "./environment.ts";
import { Isolates } from "./isolates.ts";
import type { DatabaseRun, Play } from "./lane.ts";
import type { DatabaseScenario } from "./scenario.ts";
import { Statements } from "./statements.ts";
import { steppingOf } from "./stepping.ts";

/** Far beyond any scenario: a run that takes this many steps has lost its way. */
const STEP_LIMIT = 10_000;

/** No issuer takes part, so that these are nobody's. */
const NO_ISSUER: MonitorContext = {
  accessTokenLifetime: 0,
  skew: 0,
  promised: [],
  reuseEnds: "session",
  refreshTokenLives: { issued: null, signedIn: null, unused: null },
};

/** What plays a database scenario: its isolates in a world, the monitors, and its script. */
export function playOf(scenario: DatabaseScenario): Play {
  return { tables: scenario.tables, open: (setting, database, crashPoints) => open(scenario, setting, database, crashPoints) };
}

async function open(
  scenario: DatabaseScenario,
  { spec, canonicalKeys = false }: Setting,
  database: Database,
  crashPoints: CrashPoints,
): Promise<DatabaseRun> {
  const { faults, timeSteps } = spec;
  const world = new World({ seed: "holdfast", epoch: EPOCH, crypto: "inline", stepLimit: STEP_LIMIT, timeSteps, faults, canonicalKeys });
  const monitors = new Monitors(scenario.invariants, NO_ISSUER, null);
  const reached = new Set<string>();
  const emit = (body: EventBody) => {
    const sentence = monitors.on({ ...body, step: world.steps, at: world.now() });
    if (sentence !== null) world.trace.note(sentence);
  };
  const statements = new Statements(world, database, await database.content(), {
    committed(content, { actor, task }) {
      for (const event of scenario.committed(content.value, { isolate: actor.name, request: task })) emit(event);
    },
    struck: (statement, fault) => crashPoints.add(statement, fault),
    killed(actor) {
      emit({ type: "isolate-killed", isolate: actor.name });
      isolates.kill(actor);
    },
  });
  const isolates = new Isolates(world, spec.isolates, (actor) =>
    scenario.open(environmentOf(world, actor, statements.pool(actor, scenario.connections))),
  );
  const script = world.actor("script", "script");
  world.play(script, () =>
    scenario.play({
      parameters: { loads: spec.loads, isolates: spec.isolates },
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
      reach: marksOf(scenario, reached),
      emit,
      isolateAt: (place) => isolates.nameAt(place),
      // Not as the script: what an isolate does is its own.
      ask: (place, request, work) => contexts.exit(() => isolates.ask(place, request, work)),
    }),
  );
  world.watchState(() => monitors.state());
  await world.open();
  await statements.settle();
  return {
    statements,
    simulation: {
      ...steppingOf(world, statements),
      isCut: () => monitors.violations().length === 0 && world.enabled().length > 0,
      trace: world.trace,
      violations: () => monitors.violations(),
      verdict: () => monitors.verdict(),
      look: () => ({
        steps: world.steps,
        at: world.now() - EPOCH,
        next: world.enabled().map(({ kind, actor, label }) => ({ kind, to: actor, label })),
        jars: [],
        isolates: isolates.look(),
        families: [],
        stored: [],
      }),
      reached,
      finish() {
        if (!world.ended) throw world.deadlock(statements.waiting());
        emit({ type: "run-ended" });
      },
      close: () => world.close(),
    },
  };
}
