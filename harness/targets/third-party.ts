import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleBeside } from "../model/beside.ts";
import { HoldfastError } from "../model/error.ts";
import type { Environment, Instance, Target } from "../model/target.ts";
import { bundleModule } from "../sim/bundle.ts";

/** What there is to say of a target that runs somebody else's code. */
export interface ThirdParty extends Pick<Target, "name" | "describe" | "strategies" | "routes" | "makesManyCryptoCalls" | "classify"> {
  /** The package that it is about, and a range of versions that this was written for, as npm takes it. */
  readonly sdk: readonly [name: string, range: string];
  /** Packages that go with it: whoever installs the one needs them too, or is given them with it. */
  readonly over?: readonly { readonly name: string; readonly range: string; readonly comesWithIt?: true }[];
  readonly configuration: Readonly<Record<string, string>>;
  /** Which of the builds in its packages runs; Node's unless given. What opens sockets by itself cannot run in a world. */
  readonly conditions?: readonly string[];
}

/**
 * Real third-party code as published, behind the `handler` that stands beside the target: bundled once, evaluated afresh for each isolate.
 * It is for whoever wants such a target to install what it runs.
 *
 * @param module the target's `import.meta.url`
 * @throws HoldfastError `BAD_TARGET` where what it runs is not installed
 */
export async function loadThirdParty(module: string, thirdParty: ThirdParty): Promise<Target> {
  const { sdk, over = [], configuration, conditions, routes, makesManyCryptoCalls, ...target } = thirdParty;
  const tree = treeOf(module, target.name);
  const needed = [sdk, ...over.filter(({ comesWithIt }) => comesWithIt !== true).map(({ name, range }) => [name, range] as const)];
  assertInstalled(needed, tree);
  const bundle = await bundleModule(
    fileURLToPath(moduleBeside(module, "handler")),
    {},
    {
      beside: tree,
      ...(conditions === undefined ? {} : { conditions }),
    },
  );
  return {
    ...target,
    promises: {},
    ...(routes === undefined ? {} : { routes }),
    ...(makesManyCryptoCalls === undefined ? {} : { makesManyCryptoCalls }),
    about: {
      package: sdk[0],
      version: versionOf(sdk[0], tree),
      over: Object.fromEntries(over.map(({ name }) => [name, versionOf(name, homeOf(sdk[0], tree) ?? tree)])),
      configuration,
    },
    create: (environment) => (bundle.evaluate() as { createHandler: (environment: Environment) => Instance }).createHandler(environment),
  };
}

/**
 * A file beside which an SDK is looked for. Two of them cannot agree on a version of a third package, so in the repository each has a
 * tree of its own; where Holdfast is installed there is no such folder, and the search goes up to what the project has installed.
 */
function treeOf(module: string, name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/sdks/${name}/package.json`, module));
}

function assertInstalled(needed: readonly (readonly [name: string, range: string])[], tree: string): void {
  const missing = needed.filter(([name]) => homeOf(name, tree) === null);
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name).join(" and ");
  const found = missing.length === 1 ? "it is not" : "they are not";
  const command = `npm install --save-dev ${needed.map(([name, range]) => `${name}@${range}`).join(" ")}`;
  throw new HoldfastError("BAD_TARGET", `expected ${names} to be installed, and ${found}`, command);
}

/** The file in which a package says what it is, as another file would find it; null where there is none. */
function homeOf(name: string, from: string): string | null {
  try {
    return findPackageJSON(name, pathToFileURL(from)) ?? null;
  } catch {
    return null;
  }
}

/** The version of a package as another file would find it; undefined where there is none. */
function versionOf(name: string, from: string): string | undefined {
  const home = homeOf(name, from);
  return home === null ? undefined : (JSON.parse(readFileSync(home, "utf8")) as { version?: string }).version;
}
