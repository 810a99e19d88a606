import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
const TARGETS = resolve(import.meta.dirname, "../../fixtures/targets");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in a folder of its own. */
function holdfast(...words: string[]): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
    });
    child.on("error", reject);
    child.on("close", (status) => done({ status, out, err }));
  });
}

const QUICK = ["run", "page-loads-at-expiry", "--loads", "3", "--explore", "fifo", "--jobs", "1"];

describe("holdfast run", () => {
  it("exits 0 when every invariant held, and leaves a report", async () => {
    const { status, out, err } = await holdfast(...QUICK, "--profile", "workos", "--report", "held");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/holds 1/);
    expect(readdirSync(join(folder, "held")).sort()).toContain("index.html");
  });

  it("exits 1 on a violation, shows it, and writes JSON that replays", async () => {
    const { status, out } = await holdfast(
      ...QUICK,
      "--strategy",
      "naive",
      "--profile",
      "better-auth",
      "--json",
      "run.json",
      "--report",
      "broken",
    );
    expect(status).toBe(1);
    expect(out).toContain("no-spurious-logout is violated");

    const written = JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
    expect(written).toMatchObject({
      version: 1,
      seed: 1,
      cells: [{ verdict: "violated", completeness: "bounded", bound: "1 schedule", expect: null, granularity: "crypto=interleaved" }],
    });
    const [{ replay, because }] = written.cells[0].violations;
    expect(because.length).toBeGreaterThan(3);

    const fromFile = await holdfast("replay", "run.json", "--json", "replayed.json");
    expect(fromFile.status).toBe(1);
    expect(fromFile.out).toContain("The trace is the recorded one.");
    const fromString = await holdfast("replay", replay, "--json", "-");
    expect(fromString.status).toBe(1);
    const again = JSON.parse(fromString.out).cells[0];
    expect(again.traceHash).toBe(JSON.parse(readFileSync(join(folder, "replayed.json"), "utf8")).cells[0].traceHash);
    expect(again.violations[0].because).toEqual(because);
  });

  it("makes counterexamples small, unless it is told not to, and says the same of the search", async () => {
    const cell = [
      "run",
      "page-loads-at-expiry",
      "--strategy",
      "naive",
      "--profile",
      "zitadel",
      "--jobs",
      "1",
      "--json",
      "-",
      "--report",
      "shrunk",
    ];
    const [small, found] = [
      JSON.parse((await holdfast(...cell)).out).cells[0],
      JSON.parse((await holdfast(...cell, "--no-shrink")).out).cells[0],
    ];
    expect(small.shrunk).toMatchObject({ from: { loads: 8 }, to: { loads: 2, choices: 0 } });
    expect(found.shrunk).toBeNull();
    expect([small.schedules, small.traceHash, small.loads]).toEqual([found.schedules, found.traceHash, found.loads]);
    expect(small.test).toContain(`await replay("${small.violations[0].replay}")`);
  });

  it("records what it finds, plays it first the next time, and says where it departs once the code has changed", async () => {
    const app = readFileSync(join(TARGETS, "naive.ts"), "utf8");
    writeFileSync(join(folder, "app.ts"), app);
    const cell = [
      "run",
      "page-loads-at-expiry",
      "--target",
      "./app.ts",
      "--profile",
      "zitadel",
      "--corpus",
      "traces",
      "--jobs",
      "1",
      "--report",
      "recorded",
    ];
    mkdirSync(join(folder, "traces"));
    const file = join("traces", "page-loads-at-expiry-app-naive-zitadel-no-spurious-logout.json");

    const first = await holdfast(...cell, "--record");
    expect(first.out).not.toContain("Recorded traces:");
    expect(first.out).toContain(`Recorded: ${file} (added)`);

    const second = await holdfast(...cell, "--record");
    expect(second.out).toContain("Recorded traces: 1 of 1 fit these cells and were played first; all came to what is recorded.");
    expect(second.out).toContain(`Recorded: ${file} (already there)`);

    // It now asks for the key set on every page, and refreshes all the same.
    const asks = 'await environment.fetch(environment.issuer.origin + "/sso/jwks/" + environment.issuer.clientId);';
    writeFileSync(join(folder, "app.ts"), app.replace("  const tokens = opened(request);", `  ${asks}\n  const tokens = opened(request);`));
    const third = await holdfast(...cell);
    expect(third.out.replace(/\s+/g, " ")).toContain(`${file}: still VIOLATED. It departs from the recorded run in step`);
    const replayed = await holdfast("replay", file, "--record");
    expect(replayed.out).toContain(`${file} is recorded anew: violated.`);
    expect((await holdfast("replay", file, "--record")).out).toContain(`The trace is the recorded one.\n${file} is as it was.`);

    writeFileSync(join(folder, file), "{}");
    expect(await holdfast(...cell)).toMatchObject({ status: 2, out: "", err: expect.stringContaining(file) });
  });

  it("walks through a recorded run step by step, all at once where nobody can press a key", async () => {
    const cell = [...QUICK, "--strategy", "naive", "--profile", "zitadel", "--json", "walked.json", "--report", "walked"];
    await holdfast(...cell);
    const { status, out } = await holdfast("replay", "walked.json", "--step");
    expect(status).toBe(1);
    expect(out.match(/^Step \d+ of 30/gm)).toHaveLength(31);
    expect(out).toMatch(/jars +ada: RT F1\.g0 {3}ben: RT F2\.g0/);
    expect(out).toMatch(/\nViolated: no-spurious-logout.*\.\nThe trace is the recorded one\.\n$/);
  });

  it("gives the same JSON with one worker as with two, but for the times", { timeout: 240_000 }, async () => {
    const hashes = async (jobs: string) => {
      const few = ["run", "page-loads-at-expiry", "--loads", "4", "--schedules", "5"];
      const { out } = await holdfast(...few, "--jobs", jobs, "--json", "-", "--report", `jobs-${jobs}`);
      return JSON.parse(out).cells.map((cell: { traceHash: string; profile: string }) => [cell.profile, cell.traceHash]);
    };
    expect(await hashes("2")).toEqual(await hashes("1"));
  });

  it.each([
    ["an unknown scenario", ["run", "nowhere"], "expected a scenario"],
    ["an unknown profile", ["run", "--profile", "nobody"], "expected a profile"],
    ["an unknown target", ["run", "--target", "mine"], "expected a target"],
    ["a target file that is not there", ["run", "--target", "./mine.ts"], "there is no file"],
    ["an unknown strategy", ["run", "--strategy", "hope"], "expected a strategy of reference"],
    ["an unknown explorer", ["run", "--explore", "psychic"], "expected an explorer"],
    ["an unknown fault", ["run", "--faults", "meteor"], "expected a fault"],
    ["an unknown flag", ["run", "--profil", "workos"], "unknown option"],
    ["an unknown command", ["walk"], "unknown command"],
    ["a number that is none", ["run", "--loads", "many"], "whole number from 1 to 1000"],
    ["no isolates", ["run", "--isolates", "0"], "whole number from 1 to 64"],
    ["an unknown lane", ["run", "--lane", "fast"], "Expected one of: simulation"],
    [
      "a target module that throws while it loads",
      ["run", "--target", join(TARGETS, "throws-on-load.ts")],
      "the cookie password is not set",
    ],
    ["a module that is no target", ["run", "--target", join(TARGETS, "not-a-target.ts")], "of the module's default export to be"],
    ["a replay string cut short", ["replay", "hf1_abc"], "replay string is damaged"],
    ["a replay of nothing", ["replay", "no-such-file"], "expected a replay string or a file"],
    ["a recording of what is no recorded trace", ["replay", "no-such-file", "--record"], "expected a recorded trace in no-such-file"],
    ["a folder of traces that is not there", ["run", "--profile", "workos", "--corpus", "nowhere"], "expected a folder of recorded traces"],
    ["a shard that there is not", ["run", "--shard", "5/4"], "Expected a shard of at most 1,000, as in 2/4"],
    ["the results of a shard alone", ["run", "--shard", "1/4", "--json", "run.json"], "expected no --json beside --shard"],
    ["the recording of a shard alone", ["run", "--shard", "1/4", "--record"], "expected no --record beside --shard"],
    ["a merge of nothing", ["merge"], "missing required argument"],
    ["a merge of what is not there", ["merge", "nowhere"], "expected to read the file of a shard"],
  ])("exits 2 for %s, with one clear error, and writes nothing", async (_, words, message) => {
    const { status, out, err } = await holdfast(...words);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(3);
    expect(existsSync(join(folder, "reports"))).toBe(false);
  });

  it.each([
    ["ends the process", "ends-the-process.ts", "process.exit"],
    ["asks the network", "asks-on-load.ts", "no network"],
  ])("exits 3 for a target that %s while it loads, and nothing of it happens", async (_, file, message) => {
    const { status, out, err } = await holdfast(...QUICK, "--target", join(TARGETS, file));
    expect({ status, out }).toEqual({ status: 3, out: "" });
    expect(err).toContain(message);
  });

  it("exits 2 when a target throws while it is created", async () => {
    const { status, out } = await holdfast(
      ...QUICK,
      "--profile",
      "workos",
      "--target",
      join(TARGETS, "throws-on-create.ts"),
      "--report",
      "created",
    );
    expect(status).toBe(2);
    expect(out.replace(/\s+/g, " ")).toContain("the issuer is not configured");
  });

  it("exits 3 when a target never answers, and says who waits for what", async () => {
    const { status, out } = await holdfast(
      ...QUICK,
      "--profile",
      "workos",
      "--target",
      join(TARGETS, "never-answers.ts"),
      "--report",
      "silent",
    );
    expect(status).toBe(3);
    expect(out).toContain("DEADLOCK");
    expect(out.replace(/\s+/g, " ")).toContain("ada/sign-in for an answer of isolate-1");
  });

  it("leaves the last report alone when a new one cannot be written", async () => {
    writeFileSync(join(folder, "a-file"), "mine");
    const { status, err } = await holdfast(...QUICK, "--profile", "workos", "--report", "a-file");
    expect(status).toBe(2);
    expect(err).toContain("a-file");
    expect(readFileSync(join(folder, "a-file"), "utf8")).toBe("mine");
  });
});

describe("holdfast list", () => {
  it("prints every name that the other commands take", async () => {
    const { status, out } = await holdfast("list");
    expect(status).toBe(0);
    for (const name of [
      "page-loads-at-expiry",
      "workos-node",
      "reference",
      "single-flight",
      "naive",
      "better-auth",
      "zitadel",
      "logto",
      "no-spurious-logout",
      "ended-is-ended",
      "fifo",
      "random",
      "issuer-503",
    ]) {
      expect(out).toContain(name);
    }
  });
});
