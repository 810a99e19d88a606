import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const MAIN = join(ROOT, "harness/cli/holdfast.mjs");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
const BUGS = join(ROOT, "fixtures/targets/seeded-bugs.ts");

let folder = "";
beforeAll(() => {
  mkdirSync(join(ROOT, "reports"), { recursive: true });
  // Inside of the package, so that "holdfast" means this one.
  folder = mkdtempSync(join(ROOT, "reports/pasted-"));
  writeFileSync(join(folder, "vitest.config.ts"), 'export default { test: { include: ["*.test.ts"] } };\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A team's app, which forgets a flight too early, or keeps it. */
function writeApp(strategy: "cleared-early" | "kept"): void {
  const lines = [
    `import bugs from ${JSON.stringify(BUGS)};`,
    "export default {",
    '  ...bugs, name: "app", strategies: ["default"],',
    `  create: (environment) => bugs.create({ ...environment, strategy: "${strategy}" }),`,
    "};",
  ];
  writeFileSync(join(folder, "app.ts"), `${lines.join("\n")}\n`);
}

function node(...words: string[]): Promise<{ readonly status: number; readonly out: string }> {
  const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  // The vitest that runs this must not be taken for the one that it starts.
  for (const name of Object.keys(environment)) if (/^(VITEST|TINYPOOL)/.test(name)) delete environment[name];
  return new Promise((done) => {
    execFile(process.execPath, words, { cwd: folder, env: environment }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });
}

it("a counterexample that is pasted as it is printed fails until the bug is mended", { timeout: 240_000 }, async () => {
  writeApp("cleared-early");
  const found = await node(MAIN, "run", "page-loads-at-expiry", "--target", "./app.ts", "--profile", "zitadel", "--jobs", "1");
  expect(found.status).toBe(1);
  const [printed = ""] = /^import \{ replay \} from "holdfast";[\s\S]*?^\}\);$/m.exec(found.out) ?? [];
  expect(printed.split("\n")).toHaveLength(7);
  writeFileSync(join(folder, "app.test.ts"), `${printed}\n`);

  const broken = await node(VITEST, "run");
  expect(broken.status).toBe(1);
  expect(broken.out).toContain("no-spurious-logout: ada/load-2 of user_ada is answered signed-out");
  expect(broken.out).toContain("expected every invariant to hold, but no-spurious-logout is violated");
  expect(broken.out).toMatch(/Tests +1 failed/);

  writeApp("kept");
  const mended = await node(VITEST, "run");
  expect(mended.out).toMatch(/Tests +1 passed/);
  expect(mended.status).toBe(0);
});
