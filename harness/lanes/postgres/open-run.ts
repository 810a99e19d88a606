import type { CellSpec, CrashPoint } from "../../model/cell.ts";
import { HoldfastError } from "../../model/error.ts";
import type { EventBody } from "../../model/event.ts";
import type { MonitorContext } from "../../model/invariant.ts";
import type { Actor } from "../../sim/actor.ts";
import { contexts } from "../../sim/context.ts";
import { World } from "../../sim/world.ts";
import { Monitors } from "../monitors.ts";
import type { Simulation } from "../simulation.ts";
import { CrashPoints } from "./crash-points.ts";
import type { Database } from "./database.ts";
import { Isolates } from "./isolates.ts";
import type { DatabaseEnvironment, DatabaseScenario } from "./scenario.ts";
import { Statements } from "./statements.ts";

/** 2026-01-01T00:00:00Z: any fixed moment does. */
const EPOCH = 1_767_225_600_000;
/** Far beyond any scenario: a run that takes this many steps has lost its way. */
const STEP_LIMIT = 10_000;

/** No issuer takes part, so that these are nobody's. */
const NO_ISSUER: MonitorContext = {
  accessTokenLifetime: 0,
  skew: 0,
  reuseEnds: "session",
  refreshTokenLives: { issued: null, signedIn: null, unused: null },
};

/** What runs of one cell have in common: the database, one run after the other. */
export class DatabaseRuns {
  readonly #database: Database;
  readonly #crashPoints = new CrashPoints();
  #last: Statements | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The statements at which faults have struck, in all runs. */
  crashPoints(): readonly CrashPoint[] {
    return this.#crashPoints.all();
  }

  /** Lets go of what the last run holds. */
  async end(): Promise<void> {
    await this.#last?.end();
    this.#last = null;
  }

  /** Opens one run, in an empty database, ready to step. */
  async open<Service>(scenario: DatabaseScenario<Service>, spec: CellSpec, canonicalKeys: boolean): Promise<Simulation> {
    await this.end();
    await this.#database.reset();
    const world = new World({
      seed: "holdfast",
      epoch: EPOCH,
      crypto: "inline",
      stepLimit: STEP_LIMIT,
      timeSteps: spec.timeSteps,
      faults: spec.faults,
      canonicalKeys,
    });
    const monitors = new Monitors(scenario.invariants, NO_ISSUER, null);
    const reached = new Set<string>();
    const emit = (body: EventBody) => {
      const sentence = monitors.on({ ...body, step: world.steps, at: world.now() });
      if (sentence !== null) world.trace.note(sentence);
    };
    const statements = new Statements(world, this.#database, await this.#database.content(), {
      committed: (content, { actor, task }) => {
        for (const event of scenario.committed(content.value, { isolate: actor.name, request: task, names: world.names })) emit(event);
      },
      struck: (statement, fault) => this.#crashPoints.add(statement, fault),
      killed(actor) {
        emit({ type: "isolate-killed", isolate: actor.name });
        isolates.kill(actor);
      },
    });
    this.#last = statements;
    const isolates = new Isolates(world, spec.isolates, (actor, isolate) =>
      scenario.open(environment(world, statements, scenario, actor, isolate)),
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
        reach(mark) {
          if (!scenario.mustReach.includes(mark))
            throw new HoldfastError("BAD_USAGE", `expected a mark that ${scenario.name} declares, got "${mark}"`, "add it to mustReach");
          reached.add(mark);
        },
        emit,
        // Not as the script: what an isolate does is its own.
        ask: (place, request, work) => contexts.exit(() => isolates.ask(place, request, work)),
        isolateAt: (place) => isolates.nameAt(place),
      }),
    );
    world.watchState(() => monitors.state());
    await world.open();
    await statements.settle();
    const step = async (choice: number) => {
      await world.step(choice);
      await statements.settle();
    };
    return {
      program: {
        enabled: () => world.enabled(),
        step,
        key: () => world.key(),
        state: () => world.state(),
        // Which rows a statement has read, nobody knows.
        footprint: () => null,
      },
      async walk(choose, done) {
        while (world.enabled().length > 0) {
          const choice = choose();
          if (choice === null) return;
          await step(choice);
          if (done()) return;
        }
      },
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
    };
  }
}

function environment(
  world: World,
  statements: Statements,
  { connections }: Pick<DatabaseScenario, "connections">,
  actor: Actor,
  isolate: number,
): DatabaseEnvironment {
  return {
    isolate,
    pool: statements.pool(actor, connections),
    now: () => world.now(),
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
    // The façades know whose timer it is.
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
