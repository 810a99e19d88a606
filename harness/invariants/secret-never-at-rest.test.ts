import { describe, expect, test } from "vitest";
import { secretNeverAtRest } from "./secret-never-at-rest.ts";
import { committed, judge, keyAfter, provisioned } from "./stored.testing.ts";

const ada = provisioned("user_ada", "k1");

describe("secret-never-at-rest", () => {
  test("holds while what is committed shows none", () => {
    expect(judge(secretNeverAtRest, [committed(ada), committed(ada)])).toBeNull();
  });

  test("is broken by the commit that leaves one in clear, and stays so", () => {
    const events = [committed(ada), committed(ada, { request: "ada/callback-1", exposed: ["RT F1.g1", "an API key's secret"] })];
    const because = [
      "step 2 · isolate-1 commits for ada/callback-1: there are 1 workspaces, 1 members, 1 API keys, 3 events, 1 records, with RT F1.g1 and an API key's secret in clear",
    ];
    expect(judge(secretNeverAtRest, events)).toEqual(because);
    expect(judge(secretNeverAtRest, [...events, committed(ada)])).toEqual(because);
    expect(keyAfter(secretNeverAtRest, events)).not.toBe(keyAfter(secretNeverAtRest, [committed(ada)]));
  });
});
