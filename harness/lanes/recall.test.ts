import { expect, test } from "vitest";
import { bugOf, costOf, fixOf } from "../report/catalogue.testing.ts";
import { sumUp } from "./recall.ts";

test("a class counts once, and a bug that another invariant found is missed", () => {
  const bugs = [bugOf(), bugOf({ id: "b" }), bugOf({ id: "c", class: 8, found: false, broken: ["no-cross-talk"] }), bugOf({ class: null })];
  expect(sumUp(bugs, [], [])).toMatchObject({
    recall: { classes: { found: 1, all: 2 }, bugs: { found: 3, all: 4 } },
    shortfalls: ["c: expected generation-monotonic to break, but no-cross-talk broke"],
  });
});

test("a bug that nobody found, and one that ended in an error, say why", () => {
  const error = { code: "DEADLOCK", message: "nothing can happen", hint: "" } as const;
  const { shortfalls } = sumUp(
    [bugOf({ found: false, broken: [], schedules: 7 }), bugOf({ id: "b", found: false, broken: [], error })],
    [],
    [],
  );
  expect(shortfalls).toEqual([
    "07-answers-overtake: expected generation-monotonic to break, but nothing broke in 7 schedules",
    "b: expected generation-monotonic to break, but nothing can happen",
  ]);
});

test("the median is the lower one in the middle, and only of what was found", () => {
  const bugs = [5, 1, 300, 2].map((schedules) => bugOf({ schedules, steps: schedules / 10 }));
  expect(sumUp([...bugs, bugOf({ found: false, schedules: 1_000 })], [], [])).toMatchObject({
    schedulesToFind: { median: 2, max: 300 },
    steps: { median: 0.2, max: 30 },
  });
  expect(sumUp([], [], [])).toMatchObject({ schedulesToFind: null, steps: null, shortfalls: [] });
});

test.each([
  ["more than forty steps", [bugOf({ steps: 41 })], "07-answers-overtake: 41 steps, at most 40 are wanted"],
  ["a median of more than two hundred schedules", [bugOf({ schedules: 201 })], "half of the bugs take more than 200 schedules: 201"],
])("%s are a shortfall", (_, bugs, said) => {
  expect(sumUp(bugs, [], []).shortfalls).toEqual([said]);
  expect(sumUp([bugOf({ steps: 40, schedules: 200 })], [], []).shortfalls).toEqual([]);
});

test("a violation of what is correct is a false alarm, and what cannot be had is none", () => {
  const limit = fixOf({ verdict: "cannot-be-had", broken: [] });
  expect(sumUp([], [fixOf(), limit, fixOf({ verdict: "violated", broken: ["theft-detected"] })], [])).toMatchObject({
    precision: { schedules: 4_500, variants: 3, falseAlarms: 1 },
    shortfalls: ["false alarm in fixtures/known-bugs/07/target.ts, fix, page-loads-at-expiry, workos: theft-detected"],
  });
});

test("what costs no less afterwards is a shortfall, unless nobody could tell", () => {
  const error = { code: "DEADLOCK", message: "", hint: "" } as const;
  expect(sumUp([], [], [costOf(), costOf({ isLess: false, error })]).shortfalls).toEqual([]);
  expect(sumUp([], [], [costOf({ isLess: false })]).shortfalls).toEqual(["36-five-minutes: what it costs is no less afterwards"]);
});
