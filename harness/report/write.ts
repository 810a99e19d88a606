import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { HoldfastError } from "../model/error.ts";

/** What a report may consist of. A directory with anything else in it is not ours to replace. */
const REPORT_ENTRIES: ReadonlySet<string> = new Set(["report.json", "index.html", "counterexamples", "shard.json"]);

/**
 * Writes a report, all of it or nothing: into a new directory beside the place, which is then renamed into it. An
 * earlier report there is removed only afterwards, and stays as it was if anything fails.
 *
 * @param files text by path relative to the directory, with `/` between its parts.
 * @throws HoldfastError `BAD_USAGE` when the place is a file, holds something that is no report, or cannot be written.
 * @example
 * ```ts
 * await writeReport("reports/latest", { "report.json": "{}\n", "counterexamples/1-naive.txt": "…" });
 * ```
 */
export async function writeReport(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await explained(directory, async () => {
    const { place, exists } = await inspect(directory);
    await mkdir(dirname(place), { recursive: true });
    const fresh = beside(place, "new");
    try {
      await writeAll(fresh, files);
      await (exists ? exchange(place, fresh) : rename(fresh, place));
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error;
    }
  });
}

/**
 * Tries whether a report could be written, and leaves nothing: whoever searches for minutes asks before.
 *
 * @throws HoldfastError as {@link writeReport} would
 */
export async function assertReportPlace(directory: string): Promise<void> {
  await explained(directory, async () => {
    const { place } = await inspect(directory);
    const made = await mkdir(dirname(place), { recursive: true });
    const fresh = beside(place, "new");
    await mkdir(fresh);
    await rm(made ?? fresh, { recursive: true });
  });
}

async function explained(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a directory that a report can be written to, but "${directory}" cannot be: ${error instanceof Error ? error.message : String(error)}`,
      "name another one with --report",
      { cause: error },
    );
  }
}

/** Where the report really goes: a symbolic link is followed, so that the link itself stays. */
async function inspect(directory: string): Promise<{ readonly place: string; readonly exists: boolean }> {
  const found = await lstat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return { place: resolve(directory), exists: false };
  const place = await realpath(directory);
  const entries = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTDIR") throw error;
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a directory for the report, but "${directory}" is a file`,
      "move it away, or name another directory with --report",
    );
  });
  const stranger = entries.find((entry) => !REPORT_ENTRIES.has(entry));
  if (stranger !== undefined)
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a new or empty directory, or an earlier report, but "${directory}" also holds "${stranger}"`,
      "a report replaces its whole directory, so name one of its own with --report, for instance reports/latest",
    );
  return { place, exists: true };
}

async function writeAll(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(directory);
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** No portable call swaps two directories, so for a moment neither is in place; if the second move fails, the first is undone. */
async function exchange(place: string, fresh: string): Promise<void> {
  const old = beside(place, "old");
  await rename(place, old);
  try {
    await rename(fresh, place);
  } catch (error) {
    await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** A name that nobody has, on the same file system: a rename does not cross file systems. */
function beside(place: string, role: "new" | "old"): string {
  return join(dirname(place), `.${basename(place)}-${role}-${randomUUID()}`);
}
