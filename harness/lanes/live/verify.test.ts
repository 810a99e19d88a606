import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { knownBugConfig } from "../../../fixtures/apps/known-bugs/config.ts";
import python from "../../../fixtures/apps/python/holdfast.config.ts";
import { targetConfig } from "../../../fixtures/apps/target/config.ts";
import { brokenIn, verified } from "./live.testing.ts";

const reference = { target: "reference", name: "reference", accessTokenLifetime: 2 } as const;

// Most of each is waiting for tokens to end, so all of them wait at once.
describe.concurrent("from outside", () => {
  describe("a race at expiry", () => {
    test("catches who refreshes in every request", async () => {
      const result = await verified(targetConfig({ ...reference, strategy: "naive", profile: "zitadel" }), ["race"]);
      expect(brokenIn(result)).toEqual({ race: ["no-spurious-logout"] });
      const [report] = result.reports;
      expect(report?.result).toMatchObject({ verdict: "violated", lane: "live", isolates: 1, error: null });
      expect(report?.result.violations[0]?.because.at(-1)).toMatch(/is answered signed-out$/);
      expect(report?.counterexample?.length).toBeGreaterThan(5);
    });

    test("catches two processes that know nothing of each other", async () => {
      const result = await verified(targetConfig({ ...reference, strategy: "single-flight", instances: 2 }), ["race"]);
      expect(brokenIn(result)).toEqual({ race: ["no-spurious-logout"] });
    });

    test("finds nothing wrong with who coordinates, and says what it could not see", async () => {
      const promises = ["one-refresh-per-generation", "successor-durable"] as const;
      const result = await verified(targetConfig({ ...reference, strategy: "ledger", promises }), ["race", "late-duplicate"]);
      expect(result.reports.map(({ result: cell }) => [cell.scenario, cell.verdict, cell.error])).toEqual([
        ["race", "holds", null],
        ["late-duplicate", "holds", null],
      ]);
      const { observed = [], notObserved = [] } = result.reports[0]?.result.observations ?? {};
      expect(observed).toEqual(["no-spurious-logout", "bounded-progress", "no-cross-talk", "one-refresh-per-generation"]);
      expect(notObserved.map(({ invariant }) => invariant)).toContain("successor-durable");
    });
  });

  describe("known bugs are caught", () => {
    test.each([
      ["17", "outage-503", "outage-is-not-logout"],
      ["18", "logout-race", "logout-final"],
      ["29", "upgrade", "upgrade-never-refreshes"],
      ["42", "double-callback", "callback-idempotent"],
    ])("%s, by %s", async (number, item, invariant) => {
      const { reports } = await verified(await knownBugConfig(number, "bug"), [item]);
      expect(reports[0]?.result.violations.map((violation) => violation.invariant)).toContain(invariant);
    });
  });

  // An app may be written in anything; where there is nothing to run it with, the report of the tests says that this one was skipped.
  test.skipIf(!hasPython())("an app in plain Python goes through a race", async () => {
    const { reports, skipped } = await verified({ ...python, issuer: { profile: "better-auth", accessTokenLifetime: 2 } }, [
      "race",
      "restart",
    ]);
    expect(reports.map(({ result }) => result.verdict)).toEqual(["holds"]);
    expect(skipped).toEqual([{ item: "restart", why: "its sessions are in its memory, and end with it" }]);
  });
});

/** Whether this machine has it. */
function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
