import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
const NAIVE = resolve(import.meta.dirname, "../../fixtures/targets/naive.ts");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-interrupt-"));
  // What a target prints is how the test hears that a run is under way.
  target("talks.ts", "return made;");
  target("never-gives-way.ts", "return { ...made, fetch() { console.log('begun'); for (;;) {} } };");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function target(file: string, create: string): void {
  writeFileSync(
    join(folder, file),
    `import naive from ${JSON.stringify(NAIVE)};
    export default { ...naive, create(environment) { console.log("begun"); const made = naive.create(environment); ${create} } };`,
  );
}

/** A command line under way: what it says, and how it ends. */
class Command {
  readonly child: ChildProcess;
  out = "";
  err = "";

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    this.child.stdout?.on("data", (data) => {
      this.out += data;
    });
    this.child.stderr?.on("data", (data) => {
      this.err += data;
    });
  }

  /** Waits until it has said something on its standard error. */
  async says(words: string): Promise<void> {
    while (!this.err.includes(words)) {
      if (this.child.stderr === null || this.child.exitCode !== null) throw new Error(`it ended without saying "${words}": ${this.err}`);
      await once(this.child.stderr, "data");
    }
  }

  async ended(): Promise<{ status: number | null; signal: string | null }> {
    const [status, signal] = await once(this.child, "close");
    return { status, signal };
  }
}

const ENDLESS = ["--target", "talks.ts", "--profile", "workos", "--schedules", "100000000"];

describe("a run that is told to stop", () => {
  it.each([
    ["SIGINT", 130, "random"],
    ["SIGTERM", 143, "exhaustive"],
  ] as const)("by %s ends with a report of what was done, and status %i: while it searches by %s", async (signal, expected, explore) => {
    const report = `stopped-${explore}`;
    const command = new Command(
      ...["run", "page-loads-at-expiry", "reloads-at-expiry", ...ENDLESS, "--explore", explore, "--jobs", "1"],
      ...["--isolates", "4", "--json", `${report}.json`, "--report", report],
    );
    await command.says("begun");
    command.child.kill(signal);
    expect(await command.ended()).toEqual({ status: expected, signal: null });

    expect(command.err).toContain("Stopping: what has been done is reported. Once more ends it at once.");
    expect(command.out).toMatch(/holds \d+ cut off/);
    expect(command.out).toContain("cut off: somebody stopped the run before this search had ended.");
    expect(command.out).toContain("Interrupted: 0 cells were done, 1 was cut off, 1 was not begun.");
    expect(command.out).toContain(`Report: ${report}/index.html`);
    const written = JSON.parse(readFileSync(join(folder, `${report}.json`), "utf8"));
    expect(written.notStarted).toBe(1);
    expect(written.cells).toMatchObject([{ verdict: "holds", completeness: "bounded", interrupted: true, explore, error: null }]);
    expect(written.cells[0].schedules).toBeGreaterThan(0);
    expect(written.cells[0].states).toBeGreaterThan(0);
    expect(readFileSync(join(folder, report, "index.html"), "utf8")).toContain("Interrupted: 0 cells were done");
  });

  it("while it is a shard leaves what that has done, and the merge ends as it did", async () => {
    const command = new Command(
      ...["run", "page-loads-at-expiry", "reloads-at-expiry", ...ENDLESS, "--explore", "portfolio", "--jobs", "1"],
      ...["--isolates", "4", "--shard", "1/1"],
    );
    await command.says("begun");
    command.child.kill("SIGTERM");
    expect(await command.ended()).toEqual({ status: 143, signal: null });
    expect(command.out).toContain("Interrupted: 0 cells were done, 1 was cut off, 1 was not begun.");
    expect(command.out).toContain("Shard 1 of 1: 1 whole cell, 0 parts of others and 0 recorded traces, in reports/shard-1-of-1.");

    const merge = new Command("merge", "reports/shard-1-of-1", "--json", "merged.json");
    expect(await merge.ended()).toEqual({ status: 143, signal: null });
    expect(merge.out).toContain("Interrupted: 0 cells were done, 1 was cut off, 1 was not begun.");
    expect(merge.out).toContain("Report: reports/chosen/index.html");
    const { notStarted, cells } = JSON.parse(readFileSync(join(folder, "merged.json"), "utf8"));
    expect(notStarted).toBe(1);
    expect(cells).toMatchObject([{ verdict: "holds", interrupted: true, explore: "portfolio" }]);
  });

  it("twice ends at once, whatever its threads do, and writes nothing", async () => {
    const command = new Command("run", "--target", "never-gives-way.ts", "--profile", "workos", "--report", "twice");
    await command.says("begun");
    command.child.kill("SIGINT");
    await command.says("Stopping");
    command.child.kill("SIGINT");
    expect(await command.ended()).toEqual({ status: 130, signal: null });
    expect(command.out).toBe("");
    expect(existsSync(join(folder, "twice"))).toBe(false);
  });
});

describe("a measurement that is told to stop", () => {
  it("ends with the worlds that were played by then", async () => {
    const command = new Command(
      ...["measure", "--target", "talks.ts", "--profile", "workos", "--people", "2000", "--days", "1"],
      ...["--jobs", "1", "--json", "measured.json"],
    );
    // Each world begins with its isolates, two of them; the first one is played twice.
    while (command.err.split("begun").length <= 8) await once(command.child.stderr as NonNullable<ChildProcess["stderr"]>, "data");
    command.child.kill("SIGINT");
    expect(await command.ended()).toEqual({ status: 130, signal: null });

    const { interrupted, cells } = JSON.parse(readFileSync(join(folder, "measured.json"), "utf8"));
    expect(interrupted).toBe(true);
    expect(cells).toMatchObject([{ worlds: { wanted: 1000 }, error: null }]);
    expect(cells[0].worlds.played).toBeGreaterThan(0);
    expect(cells[0].worlds.played).toBeLessThan(1000);
    expect(cells[0].counts.sessionDays).toBe(2 * cells[0].worlds.played);
    expect(command.out).toMatch(/Interrupted: 9\d\d worlds of 1,?000 are missing\./);
  });
});
