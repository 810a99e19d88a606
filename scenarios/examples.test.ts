import { describe, expect, it } from "vitest";
import { ACCESS, APP, CALLBACK, KEYS } from "./examples/api.testing.ts";
import { HARNESS } from "./examples/harness.testing.ts";
import { LIBRARY } from "./examples/library.testing.ts";
import { REPOSITORY } from "./examples/repository.testing.ts";
import { SESSION } from "./examples/session.testing.ts";
import { type Example, findExamples, runExample, type Surroundings } from "./examples.testing.ts";

/** Examples that cannot be run, by room, each with the reason. */
const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "harness/library": {
    test: "is a spec for Playwright; scenarios/browser/installed.spec.ts runs it where Holdfast is installed",
  },
  "src/repository": {
    migrate: "needs a Postgres server; postgres/migrate.test.ts calls migrate on one",
    createPostgresStore: "needs a Postgres server; postgres/postgres.test.ts holds the store to its contract on one",
  },
  "src/session": {
    mayNotRefresh: "private to its file; session.test.ts shows it through authenticate",
    migrateSessionStore: "needs a Postgres server; store/postgres/postgres.test.ts calls it on one",
    createPostgresStore: "needs a Postgres server; store/postgres/postgres.test.ts holds the store to its contract on one",
  },
};

/** What stands around the examples that take something for granted, by room. */
const AROUND: Readonly<Record<string, Surroundings>> = {
  harness: HARNESS,
  "harness/library": LIBRARY,
  "src/access": ACCESS,
  "src/app": APP,
  "src/callback": CALLBACK,
  "src/keys": KEYS,
  "src/repository": REPOSITORY,
  "src/session": SESSION,
};

/** Where a name is of one thing only: `harness`, what of it is offered to others, or a folder of `src`. */
function roomOf({ file }: Example): string {
  return file
    .split("/")
    .slice(0, /^(src|harness\/library)\//.test(file) ? 2 : 1)
    .join("/");
}

function isRun(example: Example): boolean {
  return NOT_RUN[roomOf(example)]?.[example.name] === undefined;
}

const examples = findExamples();

describe("an example in the documentation of a function", () => {
  it.each(examples.filter(isRun))("of $name runs, and comes to what it says", async (example) => {
    for (const { actual, expected } of await runExample(example, AROUND[roomOf(example)]?.[example.name] ?? {})) {
      // What is printed is shown without the line break at its end.
      const printed = typeof actual === "string" && typeof expected === "string" && !expected.endsWith("\n");
      expect(printed ? actual.trimEnd() : actual).toEqual(expected);
    }
  });

  it("is found for everything that this file knows of, once each", () => {
    const names = examples.map((example) => `${roomOf(example)} ${example.name}`);
    expect(new Set(names).size).toBe(names.length);
    const known = [...Object.entries(NOT_RUN), ...Object.entries(AROUND)];
    for (const [room, ofRoom] of known) for (const name of Object.keys(ofRoom)) expect(names).toContain(`${room} ${name}`);
    expect(names.length).toBeGreaterThan(40);
  });
});

describe("the runner of examples", () => {
  const of = (code: string) => runExample({ name: "test", file: "harness/model/error.ts", code }, {});

  it("compares what is beside a line and below it, as values or as text", async () => {
    const comparisons = await of(
      [
        'const error: HoldfastError = new HoldfastError("BAD_USAGE", "m", "h");',
        "error.exitStatus; // 2",
        "[1, 2];",
        "// [1,",
        "//  2]",
        "null; // null while it holds",
        '"so it is"; // so it is',
      ].join("\n"),
    );
    expect(comparisons).toEqual([
      { actual: 2, expected: 2 },
      { actual: [1, 2], expected: [1, 2] },
      { actual: null, expected: null },
      { actual: "so it is", expected: "so it is" },
    ]);
  });

  it("tells a wrong comment and a name that does not exist", async () => {
    expect(await of("1 + 1; // 3")).toEqual([{ actual: 2, expected: 3 }]);
    await expect(of("nobody.knows();")).rejects.toThrow(ReferenceError);
  });
});
