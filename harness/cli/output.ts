import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HoldfastError } from "../model/error.ts";

/**
 * Writes a file whole or not at all: aside first, then moved into place. `-` is the standard output.
 *
 * @throws HoldfastError `BAD_USAGE` when it cannot be written.
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  const partial = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    // What was never written cannot always be removed, for instance below a file; the first error is the one that tells.
    await rm(partial, { force: true }).catch(() => {});
    throw new HoldfastError(
      "BAD_USAGE",
      `expected to write ${file}, but ${(error as Error).message}`,
      "give a path in a folder that can be written",
      { cause: error },
    );
  }
}
