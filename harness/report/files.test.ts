import { expect, test } from "vitest";
import { holding, violated } from "./cells.testing.ts";
import { reportFiles } from "./files.ts";

function filesOf(reports: Parameters<typeof reportFiles>[1]): Record<string, string> {
  return reportFiles({ version: 1, seed: 1, cells: reports.map(({ result }) => result) }, reports, { command: "holdfast" });
}

test("a report is the JSON, the page and a text for each counterexample", () => {
  const files = filesOf([holding(), violated(), violated({ isolates: 2, profile: "zitadel" })]);
  expect(Object.keys(files)).toEqual([
    "report.json",
    "index.html",
    "counterexamples/1-reference-naive-better-auth-1-isolate-fifo.txt",
    "counterexamples/2-reference-naive-zitadel-2-isolates-fifo.txt",
  ]);
  expect(files["counterexamples/1-reference-naive-better-auth-1-isolate-fifo.txt"]).toContain("no-spurious-logout is violated");
});

test("ten counterexamples and more stay in order", () => {
  const names = Object.keys(filesOf(Array.from({ length: 10 }, () => violated()))).slice(2);
  expect(names).toEqual([...names].sort());
});

test("a file name holds nothing but letters, digits and hyphens, whatever a target calls itself", () => {
  const [, , name = ""] = Object.keys(filesOf([violated({ target: `../../${"é/".repeat(200)}x`, strategy: "..\\NUL\0" })]));
  expect(name).toMatch(/^counterexamples\/1-[a-z0-9-]+\.txt$/);
  expect(name.length).toBeLessThan(140);
});
