import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-ci-"));
  mkdirSync(join(folder, "reports"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, report: unknown) => writeFileSync(join(folder, "reports", name), JSON.stringify(report));
const told = () => {
  const { stdout, status } = spawnSync(process.execPath, [resolve(".ci/tell.cjs")], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.trimEnd().split("\n");
};
const unit = { success: true, numPassedTests: 5, numFailedTests: 0, testResults: [] };
const browser = { stats: { expected: 2, unexpected: 0, flaky: 0 }, errors: [], suites: [] };

test("both runners' tests are counted together", () => {
  write("tests.json", unit);
  write("browser.json", browser);
  expect(told()).toEqual(["7 passed, 0 failed"]);
});

test("a runner without a report has failed", () => {
  expect(told().at(-1)).toBe("0 passed, 2 failed");
});

test("a run that failed without a failed test has failed, and the file that could not be read is named", () => {
  const file = { name: join(folder, "a.test.ts"), status: "failed", message: "no such module", assertionResults: [] };
  write("tests.json", { ...unit, success: false, testResults: [file] });
  write("browser.json", { ...browser, errors: [{ message: "no browser" }] });
  expect(told()).toEqual([
    ...["failed: a.test.ts: the file", "no such module", ""],
    ...["failed: browser: the run", "no browser", "", "7 passed, 2 failed"],
  ]);
});

test("each failed test is named with its error, before the count", () => {
  const assertionResults = [
    { fullName: "holds", status: "passed", failureMessages: [] },
    { fullName: "breaks", status: "failed", failureMessages: ["expected 1 to be 2"] },
  ];
  write("tests.json", {
    ...unit,
    success: false,
    numFailedTests: 1,
    testResults: [{ name: join(folder, "b.test.ts"), status: "failed", message: "", assertionResults }],
  });
  const spec = { file: "c.spec.ts", title: "signs in", ok: false, tests: [{ results: [{ errors: [{ message: "timed out" }] }] }] };
  write("browser.json", { ...browser, stats: { ...browser.stats, unexpected: 1 }, suites: [{ suites: [{ specs: [spec] }] }] });
  expect(told()).toEqual([
    "failed: b.test.ts: breaks",
    "expected 1 to be 2",
    "",
    "failed: c.spec.ts: signs in",
    "timed out",
    "",
    "7 passed, 2 failed",
  ]);
});
