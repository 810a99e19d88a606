import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { targetCode } from "./registry.ts";

/** What the product is made of in its repository. */
const ROOMS = ["harness", "src", "scenarios", "fixtures"];
/** What is read there: no test, nothing that shells or people read. */
const SOURCES = /(?<!\.(test|testing|spec))\.ts$|\.m?js$|\.json$/;
/** Folders of what others made or what a run wrote, wherever they are. */
const OTHERS: ReadonlySet<string> = new Set(["node_modules", "dist", "coverage", "reports"]);
/** Folders of what no search runs: what campaigns find and what they are begun with, and what measures and tries the product itself. */
const BESIDE: ReadonlySet<string> = new Set([
  ...["fixtures/traces", "fixtures/campaigns", "fixtures/containers", "fixtures/apps"],
  ...[
    "scenarios/bench",
    "scenarios/campaign",
    "scenarios/browser",
    "scenarios/docs",
    "scenarios/mutation",
    "scenarios/load",
    "scenarios/verify",
  ],
]);

/** Where a package is, and which of its files are it: paths relative to there. */
interface Product {
  readonly root: string;
  readonly files: readonly string[];
}

/**
 * What code a run runs: the package's version and, in 12 hexadecimal digits, what tells its files from those of another state of it. It
 * depends neither on where the files are nor on the working directory, so that two machines can compare theirs.
 *
 * @param targets built-in ones by name, modules by path; their code counts, too
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` for a target that cannot be loaded
 */
export async function codeVersion(targets: readonly string[]): Promise<string> {
  const codes = await Promise.all([...new Set(targets)].map(targetCode));
  return versionOf(productAt(import.meta.url), [...new Set(codes)]);
}

/**
 * The same of any product.
 *
 * @param codes of the targets
 */
export function versionOf({ root, files }: Product, codes: readonly string[]): string {
  const digest = createHash("sha256");
  // Lengths, so that what ends in one piece cannot begin in the next.
  const add = (text: string) => digest.update(`${text.length} ${text}`);
  for (const file of [...files].sort()) {
    add(file);
    add(readFileSync(join(root, file), "utf8"));
  }
  for (const code of [...codes].sort()) add(code);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return `${version}-${digest.digest("hex").slice(0, 12)}`;
}

/** The product that this module is part of: its repository, or a package that was built of it, whose files are all below `dist`. */
function productAt(module: string): Product {
  if (module.endsWith(".ts")) return sourcesOf(fileURLToPath(new URL("../../", module)));
  const root = fileURLToPath(new URL("../../../", module));
  return { root, files: ["package.json", ...filesBelow(root, "dist")] };
}

/** The sources of a repository, but for its tests. */
export function sourcesOf(root: string): Product {
  const sources = ROOMS.flatMap((room) => filesBelow(root, room)).filter((file) => SOURCES.test(file));
  return { root, files: ["package.json", "package-lock.json", ...sources] };
}

/** Paths with `/` between their parts, on every system. */
function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return OTHERS.has(entry.name) || BESIDE.has(path) ? [] : filesBelow(root, path);
  });
}
