import type { Choose } from "../../explore/explorer.ts";
import { profileNamed } from "../../issuer/profiles.ts";
import { loadTarget } from "../../library/registry.ts";
import type { CellSpec } from "../../model/cell.ts";
import type { Choice } from "../../model/program.ts";
import { type Run, runOnce } from "../run.ts";
import type { Setting, Simulation } from "../simulation.ts";
import { CrashPoints } from "./crash-points.ts";
import { Database } from "./database.ts";
import { playOf } from "./play-scenario.ts";
import { asScenario, type DatabaseScenario } from "./scenario.ts";
import type { ServerAddress } from "./server.ts";
import { type Outcome, type SqlProgram, scenarioOf, specOf } from "./sql-programs.testing.ts";
import type { Statements } from "./statements.ts";

/** A database for the small programs of a test, one run after the other. */
export class Bench {
  readonly #database: Database;
  #last: Statements | null = null;

  private constructor(database: Database) {
    this.#database = database;
  }

  static async open(address: ServerAddress, isWired = false): Promise<Bench> {
    return new Bench(await Database.create(address, scenarioOf([]).tables, isWired));
  }

  /** Where somebody who takes no part finds it. */
  get url(): string {
    return this.#database.url;
  }

  /** One run of a program, as somebody chooses. */
  async run(
    program: SqlProgram,
    choose: Choose,
    change: Partial<CellSpec> = {},
  ): Promise<{ readonly run: Run; readonly outcomes: readonly (readonly Outcome[] | null)[] | null; readonly content: unknown }> {
    let outcomes: readonly (readonly Outcome[] | null)[] | null = null;
    const scenario = scenarioOf(program, (all) => {
      outcomes = all;
    });
    const spec = specOf({ isolates: program.length, loads: program.length, ...change });
    const run = await runOnce(
      {
        ...{ spec, scenario: asScenario(scenario), target: await loadTarget("reference"), profile: profileNamed("workos") },
        ...{ canonicalKeys: true, sharesThread: true, open: (setting: Setting) => this.#open(scenario, setting) },
      },
      choose,
    );
    return { run, outcomes, content: (await this.#database.content()).value };
  }

  async #open(scenario: DatabaseScenario, setting: Setting): Promise<Simulation> {
    await this.#last?.end();
    await this.#database.reset();
    const { statements, simulation } = await playOf(scenario).open(setting, this.#database, new CrashPoints());
    this.#last = statements;
    return simulation;
  }

  async close(): Promise<void> {
    await this.#last?.end();
    await this.#database.drop();
  }
}

/**
 * Takes the choices that begin with these words, one after the other, whoever's they are: `1 begin` is a statement of isolate-1, and
 * `fault:lock-timeout 2 update` befalls one of isolate-2. FIFO after that.
 *
 * @throws Error when there is no such choice.
 */
export function inOrder(...words: readonly string[]): Choose {
  let step = 0;
  return (program) => {
    const wanted = words[step++];
    if (wanted === undefined) return 0;
    const names = program.enabled().map(nameOf);
    const index = names.findIndex((name) => name.startsWith(wanted));
    if (index < 0) throw new Error(`expected a choice "${wanted}" in step ${step}, got ${names.join("; ") || "none"}`);
    return index;
  };
}

function nameOf({ kind, actor, label }: Choice): string {
  return `${kind === "statement" ? "" : `${kind} `}${actor.replace("isolate-", "")} ${label}`;
}
