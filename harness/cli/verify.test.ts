import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { runSchema } from "../report/run-schema.ts";

const CLI = join(import.meta.dirname, "holdfast.mjs");
const TARGET = join(import.meta.dirname, "../../fixtures/apps/target/config.ts");

let folder: string;
let naive: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-verify-"));
  naive = join(folder, "naive.config.mjs");
  const target = { target: "reference", name: "reference", strategy: "naive", accessTokenLifetime: 2 };
  await writeFile(
    naive,
    `import { targetConfig } from ${JSON.stringify(TARGET)};\nexport default targetConfig(${JSON.stringify(target)});\n`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

function holdfast(...flags: readonly string[]): {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly status: Promise<number | null>;
} {
  const child = spawn(process.execPath, [CLI, "verify", ...flags]);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  return { child, said: () => text, status: once(child, "close").then(([code]) => code) };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.concurrent("holdfast verify", () => {
  test("prints what broke, writes the report and exits with 1", async ({ expect }) => {
    const json = join(folder, "out.json");
    const run = holdfast(
      "--config",
      naive,
      "--only",
      "race",
      "--report",
      join(folder, "broken"),
      "--json",
      json,
      "--junit",
      join(folder, "out.xml"),
    );
    expect(await run.status).toBe(1);
    expect(run.said()).toContain("no-spurious-logout is violated");
    expect(run.said()).toContain("1 item of the plan, 1 violated.");
    const result = runSchema.parse(JSON.parse(await readFile(json, "utf8")));
    expect(result.cells[0]).toMatchObject({
      scenario: "race",
      lane: "live",
      verdict: "violated",
      observations: { observed: expect.arrayContaining(["no-spurious-logout"]) },
    });
    expect(await readFile(join(folder, "out.xml"), "utf8")).toContain('type="no-spurious-logout"');
    expect(await readFile(join(folder, "broken", "index.html"), "utf8")).toContain("Invariants, as far as they can be seen from outside");
  });

  test("stopped with Ctrl+C, it leaves nothing behind and says what was done", async ({ expect }) => {
    const pids = join(folder, "pids");
    const config = join(folder, "slow.config.mjs");
    const script = `require("node:fs").appendFileSync(${JSON.stringify(pids)}, process.pid + "\\n"); setInterval(() => {}, 1000);`;
    const app = `{ command: [process.execPath, "-e", ${JSON.stringify(script)}], instances: 2 }`;
    await writeFile(
      config,
      `export default { name: "slow", app: ${app}, pages: ["/"], signedIn: { status: 200 }, signedOut: { location: "/login" } };`,
    );
    const run = holdfast("--config", config, "--only", "race", "--report", join(folder, "stopped"));
    const started = await untilLines(pids, 2);
    run.child.kill("SIGINT");
    expect(await run.status).toBe(130);
    expect(started.filter(isAlive)).toEqual([]);
    expect(run.said()).toContain("Interrupted: 0 cells were done, 0 were cut off, 1 was not begun.");
  });

  test("a name that the plan does not have is bad usage", async ({ expect }) => {
    const run = holdfast("--config", naive, "--only", "rice");
    expect(await run.status).toBe(2);
    expect(run.said()).toContain('error BAD_USAGE: expected an item of the plan, got "rice"');
  });
});

/** The numbers in a file, as soon as there are so many. */
async function untilLines(file: string, count: number): Promise<readonly number[]> {
  for (;;) {
    const lines = (await readFile(file, "utf8").catch(() => ""))
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    if (lines.length >= count) return lines.map(Number);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
