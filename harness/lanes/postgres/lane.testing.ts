import type { Choose } from "../../explore/explorer.ts";
import { profileNamed } from "../../issuer/profiles.ts";
import { loadTarget } from "../../library/registry.ts";
import type { CellSpec } from "../../model/cell.ts";
import type { Choice } from "../../model/program.ts";
import { type Run, runOnce } from "../run.ts";
import { Database } from "./database.ts";
import { DatabaseRuns } from "./open-run.ts";
import { asScenario } from "./scenario.ts";
import type { ServerAddress } from "./server.ts";
import { type Outcome, type SqlProgram, scenarioOf, specOf } from "./sql-programs.testing.ts";

/** A database for the small programs of a test, one run after the other. */
export class Bench {
  readonly #database: Database;
  readonly #runs: DatabaseRuns;

  private constructor(database: Database) {
    this.#database = database;
    this.#runs = new DatabaseRuns(database);
  }

  static async open(address: ServerAddress, isWired = false): Promise<Bench> {
    return new Bench(await Database.create(address, scenarioOf([]).tables, isWired));
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
        ...{ canonicalKeys: true, sharesThread: true, open: () => this.#runs.open(scenario, spec, true) },
      },
      choose,
    );
    return { run, outcomes, content: (await this.#database.content()).value };
  }

  async close(): Promise<void> {
    await this.#runs.end();
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
