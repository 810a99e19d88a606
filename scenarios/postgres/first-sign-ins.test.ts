import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import { type Choice, runScenario } from "./cells.testing.ts";
import { firstSignIns, oneFirstSignIn } from "./first-sign-ins.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.stop());

const resultOf = async (scenario: DatabaseScenario, choice?: Choice) => (await runScenario(server.address, scenario, choice)).result;
const PROVED = { verdict: "holds", completeness: "complete", error: null };

describe("two first sign-ins at once", () => {
  it("with different tokens keep every promise in all interleavings of their statements", async () => {
    expect(await resultOf(firstSignIns)).toMatchObject({ ...PROVED, states: 86, interleavings: "350" });
  });

  it("with one token keep every promise in all interleavings of their statements", async () => {
    expect(await resultOf(oneFirstSignIn)).toMatchObject({ ...PROVED, states: 53, interleavings: "148" });
  });

  it.each([firstSignIns, oneFirstSignIn])("keep it also when one of them waits for too long: $name", async (scenario) => {
    const { schedules, ...result } = await resultOf(scenario, { faults: { "lock-timeout": 1 } });
    expect(result).toMatchObject(PROVED);
    expect(schedules).toBeGreaterThan(72);
  });
});

it("three at once hold as far also where no process can be halted, and one commit sets two of them free", async () => {
  const { result } = await runScenario({ ...server.address, halting: null }, firstSignIns, { loads: 3, isolates: 3, schedules: 20 });
  expect(result).toMatchObject({ verdict: "holds", completeness: "bounded", error: null });
});

it("three at once hold as far as a bounded search goes, which says how far that was", async () => {
  const result = await resultOf(firstSignIns, { loads: 3, isolates: 3, schedules: 20 });
  expect(result).toMatchObject({ verdict: "holds", completeness: "bounded", interleavings: null });
  // What an audit would take beyond the budget is left.
  expect(result.schedules).toBeGreaterThan(17);
  expect(result.schedules).toBeLessThanOrEqual(20);
  expect(result.bound).toBe(`${result.schedules} schedules`);
  expect(result.states).toBeGreaterThan(20);
});
