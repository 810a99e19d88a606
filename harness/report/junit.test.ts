import { Window } from "happy-dom";
import { expect, it } from "vitest";
import { holding, LOGOUT_TRACE } from "./cells.testing.ts";
import { renderJunit } from "./junit.ts";

const violation = { invariant: "no-spurious-logout", because: ["step 5: <ada>"], replay: "hf1_x" } as const;
const reports = [
  holding({ durationMs: 1_500 }),
  { ...holding({ verdict: "violated", violations: [violation], strategy: 'na"ive' }), counterexample: LOGOUT_TRACE },
  holding({ verdict: "violated", violations: [violation], expect: "violated" }),
  holding({ scenario: "stolen-cookie", verdict: "error", error: { code: "DEADLOCK", message: "a < b", hint: "look" } }),
];

/** As a reader of XML has it. */
function parsed() {
  const document = new new Window().DOMParser().parseFromString(renderJunit(reports, { command: "npx holdfast" }), "application/xml");
  return (selector: string) => [...document.querySelectorAll(selector)];
}

it("has a suite a scenario and a case a cell, with what it took", () => {
  const all = parsed();
  expect(all("testsuite").map((suite) => ["name", "tests", "failures", "errors"].map((name) => suite.getAttribute(name)))).toEqual([
    ["page-loads-at-expiry", "3", "1", "0"],
    ["stolen-cookie", "1", "0", "1"],
  ]);
  expect(all("testsuites").map((whole) => whole.getAttribute("tests"))).toEqual(["4"]);
  expect(all("testcase")[0]?.getAttribute("time")).toBe("1.500");
  expect(all("testcase")[1]?.getAttribute("name")).toContain('reference/na"ive');
});

it("fails what should make somebody look, with its counterexample, and not what was expected", () => {
  const all = parsed();
  expect(all("failure").map((failure) => failure.getAttribute("type"))).toEqual(["no-spurious-logout"]);
  expect(all("failure")[0]?.textContent).toContain("step 5: <ada>");
  expect(all("failure")[0]?.textContent).toContain("npx holdfast replay");
  expect(all("error").map((error) => [error.getAttribute("type"), error.getAttribute("message"), error.textContent])).toEqual([
    ["DEADLOCK", "a < b", "next: look"],
  ]);
});
