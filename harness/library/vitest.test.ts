import { explore, replay } from "holdfast";
import { expect, test } from "holdfast/vitest";
import { describe, vi } from "vitest";
import naive from "../../fixtures/targets/naive.ts";

const small = { profile: "better-auth", loads: 3, schedules: 20 } as const;
const held = () => explore({ ...small, target: "reference" });
const broken = () => explore({ ...small, target: "fixtures/targets/naive.ts" });
const proved = () => explore({ target: "reference", profile: "zitadel", loads: 2, explore: "exhaustive" });
const failed = () => explore({ ...small, loads: 1, target: "reference" });

async function said(expectation: () => unknown): Promise<string> {
  try {
    await expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it should have failed");
}

test.explore("an exploration that holds passes", "page-loads-at-expiry", { ...small, target: "reference" });

test.explore.skip("an exploration can be left out", "page-loads-at-expiry", { ...small, target: "nowhere.ts" });

test("what was asked wrongly is said together with what to do", async () => {
  const message = await said(() => explore({ ...small, target: "reference", profile: "betterauth" }));
  expect(message).toMatch(/^expected a profile, got "betterauth"\nnext: known: .*better-auth/);
});

describe("the matchers", () => {
  test("tell what holds from what is broken and from what is proved", async () => {
    expect(await held()).toHold();
    expect(await held()).not.toBeViolated();
    expect(await held()).not.toBeProved();
    expect(await broken()).toBeViolated();
    expect(await broken()).toBeViolated("no-spurious-logout");
    expect(await broken()).not.toBeViolated("no-cross-talk");
    expect(await broken()).not.toHold();
    expect(await proved()).toBeProved();
    expect(await proved()).toHold();
  });

  test("show what a person needs: in short, why, the picture in columns, and the line that plays it again", async () => {
    const report = await broken();
    const message = await said(() => expect(report).toHold());
    expect(message.split("\n")[0]).toBe("expected every invariant to hold, but no-spurious-logout is violated");
    expect(message).toMatch(/In short: the same refresh token, RT F1\.g0, was presented twice/);
    expect(message).toMatch(/Because\n {3}1\. step \d+: isolate-1 presents RT F1\.g0/);
    expect(message).toMatch(/ada +isolate-1 +issuer/);
    expect(message).toMatch(/┝━+POST …\/authenticate \[RT F1\.g0\]━+▶│/);
    expect(message.endsWith(`Play it again:\n  npx holdfast replay ${report.violations[0]?.replay}`)).toBe(true);
  });

  test("show a call where a string cannot carry what was given", async () => {
    const report = await explore({ ...small, target: naive });
    const replayed = report.violations[0]?.replay ?? "";
    expect(await said(() => expect(report).toHold())).toMatch(`Play it again:\n  await replay("${replayed}", { target })`);
    expect(await replay(replayed, { target: naive })).toBeViolated();
  });

  test("say what was expected and what came", async () => {
    const [holds, violated, all] = [await held(), await broken(), await proved()];
    const said20 = "expected an invariant to be violated, but all held in 20 schedules";
    expect(await said(() => expect(holds).toBeViolated())).toBe(said20);
    expect(await said(() => expect(holds).not.toHold())).toBe(said20);
    expect(await said(() => expect(holds).toBeViolated("no-cross-talk"))).toBe(
      "expected no-cross-talk to be violated, but all held in 20 schedules",
    );
    expect(await said(() => expect(violated).toBeViolated("no-cross-talk"))).toContain(
      "expected no-cross-talk to be violated, but no-spurious-logout is violated\n\npage-loads-at-expiry",
    );
    expect(await said(() => expect(holds).toBeProved())).toBe(
      'expected a proof, but all held in 20 schedules, which were sampled: try every order with explore: "exhaustive"',
    );
    expect(await said(() => expect(all).not.toBeProved())).toMatch(
      /^expected no proof, but all held in every order of events \([\d,]+ states\)$/,
    );
  });

  test("say of a limit of the issuer that it is one, and what to write where it is expected", async () => {
    const report = await explore({ target: "reference", profile: "zitadel", isolates: 2, faults: "issuer-response-lost", schedules: 40 });
    expect(report.verdict).toBe("cannot-be-had");
    const message = await said(() => expect(report).toHold());
    expect(message).toContain('expect(report.verdict).toBe("cannot-be-had")');
    expect(message).toContain("cannot be had: a limit of the issuer");
  });

  test("refuse a run that says nothing either way, and say why", async () => {
    const report = await failed();
    for (const expectation of [() => expect(report).toHold(), () => expect(report).not.toHold(), () => expect(report).not.toBeViolated()]) {
      const message = await said(expectation);
      expect(message).toContain("the run says nothing: it ended in the error VACUOUS");
      expect(message).toContain("next: no invariant was broken, but nothing was shown either");
    }
  });

  test("notice a forgotten await", async () => {
    const promise = held();
    expect(await said(() => expect(promise).toHold())).toContain("got a promise: write expect(await explore(…))");
    expect(await said(() => expect("holds").toHold())).toContain("got string");
    await promise;
  });
});

describe("fake timers", () => {
  test("are named and refused while they are in place, and are no harm before and after", async () => {
    vi.useFakeTimers();
    const refused = await said(held).finally(() => vi.useRealTimers());
    expect(refused).toMatch(/something has replaced Date, setTimeout, .* since Holdfast was loaded/);
    expect(await held()).toHold();
  });

  test("so is a fetch that is somebody else's", async () => {
    vi.stubGlobal("fetch", async () => new Response("mocked"));
    const refused = await said(held).finally(() => vi.unstubAllGlobals());
    expect(refused).toContain("something has replaced fetch since Holdfast was loaded");
  });
});
