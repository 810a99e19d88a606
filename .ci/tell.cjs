// What the test runners' own reports say: each test that failed, with its errors, and last the one line that counts them.
const { existsSync, readFileSync } = require("node:fs");
const { relative } = require("node:path");

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);
// Without one of them nothing was tested, and that is a failure; so is a run that failed without a failed test.
const counted = (count, isGood) => (count === 0 && !isGood ? 1 : count);
const tell = (place, name, errors) => console.log(`failed: ${place}: ${name}\n${errors.join("\n").split("\n").slice(0, 40).join("\n")}\n`);

const unit = read("reports/tests.json");
for (const file of unit?.testResults ?? []) {
  const failures = file.assertionResults.filter(({ status }) => status === "failed");
  for (const { fullName, failureMessages } of failures) tell(relative(".", file.name), fullName, failureMessages);
  if (file.status === "failed" && failures.length === 0) tell(relative(".", file.name), "the file", [file.message]);
}

const browser = read("reports/browser.json");
const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
for (const spec of (browser?.suites ?? []).flatMap(specsOf)) {
  const errors = spec.tests.flatMap(({ results }) => results.flatMap((result) => result.errors ?? []));
  if (!spec.ok)
    tell(
      spec.file,
      spec.title,
      errors.map(({ message }) => message ?? "no message"),
    );
}

for (const { message } of browser?.errors ?? []) tell("browser", "the run", [message ?? "no message"]);

const { expected = 0, unexpected = 0, flaky = 0 } = browser?.stats ?? {};
const passed = (unit?.numPassedTests ?? 0) + expected;
const failed =
  counted(unit?.numFailedTests ?? 0, unit?.success ?? false) + counted(unexpected + flaky, expected > 0 && browser.errors.length === 0);
console.log(`${passed} passed, ${failed} failed`);
