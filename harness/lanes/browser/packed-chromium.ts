import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../model/error.ts";

const PACKAGE = "@sparticuz/chromium";

/** The package that has one, as far as it is used here. */
interface Package {
  readonly default: { executablePath(): Promise<string> };
}

/**
 * The Chromium of `@sparticuz/chromium`, unpacked once for each user.
 *
 * The package unpacks into the folder of temporary files itself, and takes what it finds there for its own: a file that another process
 * is still writing, an older version, or somebody else's program. So it is given an empty folder, which gets its name when it is complete.
 *
 * @throws {HoldfastError} `BAD_USAGE` where the package is not installed
 */
export async function packedChromium(load: () => Promise<Package> = () => import("@sparticuz/chromium")): Promise<string> {
  const found = await load().catch(() => null);
  if (found === null) {
    const hint = `set HOLDFAST_CHROMIUM, or install Chromium, or the package ${PACKAGE}`;
    throw new HoldfastError("BAD_USAGE", "expected a Chromium on this machine, got none", hint);
  }
  const folder = join(tmpdir(), `holdfast-chromium-${await version()}-${process.getuid?.() ?? 0}`);
  if (await isOurs(folder)) return join(folder, "chromium");

  const fresh = await mkdtemp(`${folder}-`);
  const program = await unpackedInto(fresh, found);
  if (dirname(program) !== fresh) {
    await rm(fresh, { recursive: true });
    return program;
  }
  try {
    await rename(fresh, folder);
  } catch {
    // Another process was faster, or something else has the name.
    if (!(await isOurs(folder))) return program;
    await rm(fresh, { recursive: true });
  }
  return join(folder, "chromium");
}

/** The package asks for the folder of temporary files before it first waits for anything. */
function unpackedInto(folder: string, { default: chromium }: Package): Promise<string> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return chromium.executablePath();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** What the package exports does not tell. */
async function version(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  return JSON.parse(await readFile(join(dirname(entry), "..", "package.json"), "utf8")).version;
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
