import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { failed, holding, limited, violated } from "./cells.testing.ts";
import { renderMatrix } from "./terminal-matrix.ts";

const ESCAPE = "\u001b[";
const PROFILES = ["workos", "better-auth", "zitadel", "logto"];

test("the matrix is a table with the verdict, the schedules and the expectation in each cell", () => {
  const text = renderMatrix([
    holding({ profile: "workos", expect: "holds", schedules: 500 }),
    violated({ profile: "better-auth", expect: "violated" }),
    violated({ profile: "zitadel", expect: "holds" }),
    failed({ profile: "workos", isolates: 2, explore: "random", expect: "holds" }),
  ]);
  expect(text).toBe(
    [
      "page-loads-at-expiry (2 loads, no faults, no time moves, simulation, crypto=inline)",
      "  client × isolates    explore  workos            better-auth   zitadel",
      "  reference/naive × 1  fifo     holds 500 ✓       VIOLATED 1 ✓  VIOLATED 1 ✗ surprise",
      "  reference/naive × 2  random   error ✗ surprise  –             –",
      "",
      "The number is how many schedules were run, up to the first that breaks an invariant.",
      "✓ as expected",
      "✗ surprise: another result was expected",
      "",
    ].join("\n"),
  );
});

test("what cannot be had does not end a search, and the legend says so", () => {
  const text = renderMatrix([limited(), violated({ profile: "workos" })]);
  expect(text).toContain("cannot-be-had 500");
  expect(text).not.toContain("up to the first that breaks an invariant");
  expect(text).toContain(
    "The number is how many schedules were run, up to the first that is VIOLATED.\ncannot-be-had is a limit of the issuer, not a bug of the client, and the search goes on after it.\n",
  );
});

describe("what was searched in full", () => {
  const complete = { completeness: "complete", explore: "exhaustive", states: 207, schedules: 189, interleavings: "1680" } as const;

  test("is proved, with its states, and the legend says what that means", () => {
    const text = renderMatrix([holding({ ...complete, expect: "holds" })]);
    expect(text).toContain("proved 207 ✓");
    expect(text).toContain(
      [
        "proved: every order of events was tried, or is equal to one that was; the number is how many states that are.",
        "The number is how many schedules were run, up to the first that breaks an invariant.",
      ].join("\n"),
    );
  });

  test("can be a limit of the issuer, and is no proof then", () => {
    const text = renderMatrix([limited({ ...complete })]);
    expect(text).toContain("cannot-be-had 207");
    expect(text).not.toContain("proved 207");
    expect(text).toContain("the search goes on after it");
  });

  test("is not spoken of where nothing was", () => {
    expect(renderMatrix([holding(), violated()])).not.toContain("proved");
  });
});

test("without expectations no cell is marked", () => {
  const text = renderMatrix([holding(), violated({ profile: "workos" })]);
  expect(text).not.toMatch(/[✓✗]/);
});

describe("width", () => {
  const client = { target: "workos-node", strategy: "sealed-session", explore: "random", schedules: 500 };
  const reports = PROFILES.map((profile) =>
    profile === "workos" || profile === "logto"
      ? holding({ ...client, profile, expect: "holds" })
      : violated({ ...client, profile, expect: "violated" }),
  );

  test("four profiles of the longest default client fit into 100 columns", () => {
    const lines = renderMatrix(reports).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => line.includes("client"))).toHaveLength(1);
  });

  test("columns that do not fit go into a further table with the same lines", () => {
    const lines = renderMatrix(reports, { width: 76 }).split("\n");
    expect(Math.max(...lines.slice(1, -4).map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(lines.filter((line) => line.includes("client")).map((line) => line.split(/ {2,}/).slice(3))).toEqual([
      ["workos", "better-auth"],
      ["zitadel", "logto"],
    ]);
  });
});

describe("colour", () => {
  test("is off unless asked for", () => {
    expect(renderMatrix([violated()])).not.toContain(ESCAPE);
    expect(renderMatrix([violated()], { colour: false })).not.toContain(ESCAPE);
  });

  test("changes nothing but colour", () => {
    const reports = [holding({ profile: "workos" }), violated()];
    const coloured = renderMatrix(reports, { colour: true });
    expect(coloured).toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(renderMatrix(reports));
  });
});

test("a name cannot smuggle an escape sequence in", () => {
  expect(renderMatrix([holding({ target: "evil\u001b[2J", profile: "p\u001b[1m" })])).not.toContain("\u001b");
});
