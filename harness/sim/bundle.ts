import { hash } from "node:crypto";
import { builtinModules, createRequire } from "node:module";
import { dirname, isAbsolute, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";

/** A module and all that it imports, compiled once; every evaluation has module state of its own. */
export interface Bundle {
  readonly evaluate: () => Record<string, unknown>;
  /** A SHA-256 over all of its code, in hexadecimal: the same wherever its files are, and whoever bundles them. */
  readonly fingerprint: string;
}

/** How the packages are found that a module is bundled with. */
export interface Packages {
  /** A file that need not exist: what the module itself and its neighbours import is what this one would get. Theirs unless given. */
  readonly beside?: string;
  /** Which of its builds a package gives (Node's conditional exports), beside `import` and `require`. As on Node unless given. */
  readonly conditions?: readonly string[];
}

const BUILTIN = new RegExp(`^(node:.+|${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`);

const PARAMETERS = ["module", "exports", "require", "__filename", "__dirname", "globalThis", "global"];

/**
 * Bundles a module for repeated evaluation: each isolate of each run gets its own, so that lazy key sets, `once()`
 * clients and key caches live as long as in production and one run leaves nothing to the next.
 * An evaluation of a large SDK costs about half a millisecond.
 *
 * @param file Path of the entry module, TypeScript or JavaScript.
 * @param provided Modules by name that all evaluations share: they are neither bundled nor looked for.
 * @param packages How packages are found, where that is not as usual.
 * @throws whatever the bundler finds wrong; each `evaluate()` throws what the module throws while it loads.
 */
export async function bundleModule(
  file: string,
  provided: Readonly<Record<string, object>> = {},
  packages: Packages = {},
): Promise<Bundle> {
  const path = resolve(file);
  const { beside, conditions } = packages;
  const build = await rolldown({
    ...{ input: path, platform: "node", external: [BUILTIN, ...Object.keys(provided)], logLevel: "silent" },
    ...(beside === undefined ? {} : { plugins: [packagesBeside(beside, dirname(path))] }),
    ...(conditions === undefined ? {} : { resolve: { conditionNames: [...conditions] } }),
  });
  // `import()` of what stays outside becomes `require`: the real one crosses the loader, which the world does not own.
  const { output } = await build.generate({ format: "cjs", codeSplitting: false, exports: "named", dynamicImportInCjs: false });
  await build.close();
  const load = compileFunction(output[0].code, PARAMETERS, { filename: path });
  const installed = createRequire(path);
  const require = (name: string) => provided[name] ?? installed(name);
  return {
    fingerprint: fingerprintOf(output[0]),
    evaluate() {
      const module = { exports: {} as Record<string, unknown> };
      const own = ownGlobal();
      load.call(undefined, module, module.exports, require, path, dirname(path), own, own);
      return module.exports;
    },
  };
}

/** What the bundler makes of a module begins with a comment that says where its file is, seen from the working directory. */
const PLACE = /^\/\/ .*\n/;

function fingerprintOf({ modules }: OutputChunk): string {
  return hash("sha256", JSON.stringify(Object.values(modules).map(({ code }) => code?.replace(PLACE, "") ?? "")));
}

/** Looks for the packages that modules of a folder import where another file would find them. */
function packagesBeside(file: string, folder: string): Plugin {
  return {
    name: "packages-beside-another-file",
    resolveId(source, importer) {
      const isPackage = /^[@\w]/.test(source) && !isAbsolute(source) && !BUILTIN.test(source);
      if (!isPackage || importer === undefined || dirname(importer) !== folder) return null;
      return this.resolve(source, file, { skipSelf: true });
    },
  };
}

/** A `globalThis` to write to without others seeing it. Reads fall through to the façades. */
function ownGlobal(): object {
  const own = Object.create(sharedGlobal()) as Record<string, unknown>;
  own.globalThis = own;
  own.global = own;
  return own;
}

let shared: object | null = null;

/** Node's global accessors insist on the real global as their receiver, so they are called on it. */
function sharedGlobal(): object {
  if (shared !== null) return shared;
  const copy = {};
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    Object.defineProperty(copy, name, {
      get: () => (globalThis as Record<string, unknown>)[name],
      set(this: object, value: unknown) {
        Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      },
      configurable: true,
    });
  }
  shared = Object.freeze(copy);
  return shared;
}
