import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SCENARIOS, TIMED_SCENARIOS } from "../../scenarios/index.ts";
import { explorerNamed, missingOf, resolveSetting, resolveTimed } from "../lanes/catalogue.ts";
import type { Cell } from "../lanes/search-cell.ts";
import type { Setting } from "../lanes/simulation.ts";
import { storyScenario } from "../lanes/story.ts";
import type { TimedSetting } from "../lanes/timed-world.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError, unknownName } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { TimedSpec } from "../model/timed.ts";
import { BUILT_IN_TARGETS, loadModuleTarget, type ModuleTarget } from "../targets/index.ts";
import { defineTarget } from "./define-target.ts";

/** What a target's module gets when it imports `holdfast`: what it needs to say what it is. The rest is not for inside of a world. */
const FOR_TARGETS = { holdfast: { defineTarget, HoldfastError } };

/** Once a thread, by the name that somebody gave. */
const loaded = new Map<string, { readonly target: Promise<Target>; readonly code: Promise<string> }>();

/**
 * A built-in target by name, or a module by path. Loaded once a thread.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that is neither, `BAD_TARGET` for a module that is no target.
 */
export function loadTarget(name: string): Promise<Target> {
  return targetNamed(name).target;
}

/**
 * What tells the code of a target from another one's, beside the code of Holdfast: a fingerprint of all that a module is bundled of, and
 * of a built-in target the versions of what it runs. The same wherever the files are.
 *
 * @throws HoldfastError as {@link loadTarget} does
 */
export function targetCode(name: string): Promise<string> {
  return targetNamed(name).code;
}

function targetNamed(name: string) {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const loading = load(name);
  const parts = { target: loading.then(({ target }) => target), code: loading.then(({ code }) => code) };
  // Whoever asks for one of them hears of an error; that nobody asked for the other one is none.
  parts.code.catch(() => {});
  parts.target.catch(() => {});
  loaded.set(name, parts);
  return parts;
}

async function load(name: string): Promise<ModuleTarget> {
  const builtIn = BUILT_IN_TARGETS.get(name);
  if (builtIn !== undefined) {
    const target = await builtIn();
    return { target, code: JSON.stringify(target.about ?? null) };
  }
  const looksLikePath = /[/\\]|\.[cm]?[jt]s$/.test(name);
  if (!looksLikePath) throw unknownName("target", name, [...BUILT_IN_TARGETS.keys(), "or the path of a module, as in ./my-target.ts"]);
  // npm runs scripts in the folder of package.json and says where it was called in INIT_CWD.
  const tried = [resolve(name), resolve(process.env.INIT_CWD ?? "", name)];
  const file = tried.find((path) => existsSync(path));
  if (file === undefined) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a target module, but there is no file ${[...new Set(tried)].join(" or ")}`,
      "give a path relative to where you are, as in ./my-target.ts",
    );
  }
  return loadModuleTarget(file, FOR_TARGETS);
}

/** Names of the scenarios that a target can play: who names none means all of these. */
export function playableBy(target: Target): readonly string[] {
  return [...SCENARIOS.values()].filter((scenario) => missingOf(scenario, target).length === 0).map(({ name }) => name);
}

/** @throws HoldfastError `BAD_USAGE` for a name that no scenario has. */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw unknownName("scenario", name, [...SCENARIOS.keys()]);
  return scenario;
}

/**
 * The scenario of a cell, also where it is a story.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that no scenario has.
 */
export function scenarioOf({ scenario, story }: CellSpec): Scenario {
  return story === undefined ? scenarioNamed(scenario) : storyScenario(story);
}

/**
 * Finds what a cell's names stand for.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` that says what was expected.
 */
export async function settingOf(spec: CellSpec): Promise<Setting> {
  return resolveSetting(spec, scenarioOf(spec), await loadTarget(spec.target));
}

/** The same with the explorer that the cell names. */
export async function cellOf(spec: CellSpec): Promise<Cell> {
  return { ...(await settingOf(spec)), explorer: explorerNamed(spec.explore) };
}

/**
 * Finds what a timed cell's names stand for.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` that says what was expected.
 */
export async function timedSettingOf(spec: TimedSpec): Promise<TimedSetting> {
  const scenario = TIMED_SCENARIOS.get(spec.scenario);
  if (scenario === undefined) throw unknownName("timed scenario", spec.scenario, [...TIMED_SCENARIOS.keys()]);
  return resolveTimed(spec, scenario, await loadTarget(spec.target));
}
