import { existsSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { startServer } from "../../src/repository/postgres/server.testing.ts";

/** The directories that `npm run mutate` mutates when it is not told which. */
const DIRECTORIES = ["src/keys", "src/access", "src/callback", "src/repository", "src/session"];

const usage = `npm run mutate -- [--force] [path…], where a path is in one of ${DIRECTORIES.join(", ")}`;
const { values, positionals } = parseArgs({ allowPositionals: true, options: { force: { type: "boolean", default: false } } });
const paths = positionals.length === 0 ? DIRECTORIES : positionals.map((path) => path.replace(/\/+$/, ""));
for (const path of paths) directoryOf(path);

// One server for all mutants: a server a test file would cost each of them a second, and stay behind when Stryker ends a hung test.
const server = await startServer();
process.env.DATABASE_URL = (await server.createDatabase()).connectionString;
try {
  // Each directory has a bar to pass and tests to pass it with, so each is a run of its own.
  for (const path of paths) await mutate(path);
} finally {
  await server.stop();
}

async function mutate(path: string): Promise<void> {
  const directory = directoryOf(path);
  const reports = `reports/mutation/${directory.replace("src/", "")}`;
  console.log(`\n${path}, tested by ${directory}`);
  await new Stryker({
    mutate: [statSync(path).isDirectory() ? `${path}/**/*.ts` : path, "!**/*.test.ts", "!**/*.testing.ts"],
    vitest: { dir: directory },
    force: values.force,
    incrementalFile: `${reports}/incremental.json`,
    htmlReporter: { fileName: `${reports}/index.html` },
    jsonReporter: { fileName: `${reports}/mutation.json` },
  }).runMutationTest();
}

function directoryOf(path: string): string {
  const directory = DIRECTORIES.find((known) => path === known || path.startsWith(`${known}/`));
  if (directory === undefined || !existsSync(path)) {
    console.error(`expected ${usage}, got ${path}`);
    process.exit(2);
  }
  return directory;
}
