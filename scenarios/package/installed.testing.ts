import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

const ON_THE_PATH = new Set(["node", "npx"]);

/** What a process said and how it ended. */
export interface Ended {
  readonly status: number;
  /** Standard output and standard error, as they came. */
  readonly said: string;
}

/** A folder of somebody who has installed Holdfast. */
export interface Installed {
  readonly folder: string;
  /** The names of the files in the package, as it was packed. */
  readonly files: readonly string[];
  write(file: string, text: string): void;
  /** Runs `node`, `npx` or a command of the folder's `node_modules/.bin`, on the Node that runs the tests. */
  run(command: string, ...words: readonly string[]): Promise<Ended>;
}

/**
 * Builds and packs Holdfast as it would be published, and unpacks it in an empty folder, with what it depends on beside it: the same as
 * `npm install`, without a registry.
 *
 * @param extra what else the folder's owner has installed
 */
export async function install(extra: readonly string[]): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-installed-"));
  const packed = await ended("npm", ["pack", "--silent", "--pack-destination", folder], ROOT);
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.said}`);
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz")) as string;
  await ended("tar", ["xzf", join(folder, tarball), "-C", modules], folder);
  renameSync(join(modules, "package"), join(modules, "holdfast"));

  const { dependencies, bin } = JSON.parse(readFileSync(join(modules, "holdfast/package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), ...extra]) link(join(ROOT, "node_modules", name), join(modules, name));
  link(join(modules, "holdfast", bin.holdfast), join(modules, ".bin/holdfast"));
  for (const command of ["vitest", "tsc"]) link(join(ROOT, "node_modules/.bin", command), join(modules, ".bin", command));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", type: "module" }));
  return {
    folder,
    files: readdirSync(join(modules, "holdfast"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    ),
    write: (file, text) => writeFileSync(join(folder, file), text),
    run: (command, ...words) => ended(ON_THE_PATH.has(command) ? command : join(modules, ".bin", command), words, folder),
  };
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function ended(command: string, words: readonly string[], cwd: string): Promise<Ended> {
  // A shebang asks the path for its Node.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const { VITEST: _vitest, INIT_CWD: _initCwd, ...env } = process.env;
  return new Promise((done, reject) => {
    execFile(command, words, { cwd, env: { ...env, PATH: path, NO_COLOR: "1" }, maxBuffer: 2 ** 26 }, (error, out, err) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else done({ status: error === null ? 0 : (error.code as number), said: out + err });
    });
  });
}
