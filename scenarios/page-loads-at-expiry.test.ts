import { describe, expect, it } from "vitest";
import type { Explorer } from "../harness/explore/explorer.ts";
import { replayCell, runCell } from "../harness/lanes/cell.ts";
import { decodeReplay } from "../harness/lanes/replay-string.ts";
import type { CellResult, CellSpec } from "../harness/model/cell.ts";
import type { Target } from "../harness/model/target.ts";
import { reference } from "../harness/targets/reference/target.ts";
import { cellOf } from "./cells.testing.ts";

const PROFILES = ["workos", "better-auth", "zitadel", "logto"] as const;

async function result(change: Partial<CellSpec>): Promise<CellResult> {
  return (await runCell(await cellOf(change))).result;
}

/** FIFO, but every fault that can happen does. */
const unlucky: Explorer = {
  name: "unlucky",
  describe: "FIFO, with every fault that is granted",
  async search({ run }) {
    await run((program) => {
      const fault = program.enabled().findIndex(({ kind }) => kind.startsWith("fault:"));
      return Math.max(0, fault);
    });
    return null;
  },
};

describe("naive", () => {
  it("signs the user out under better-auth, and says which two redemptions did it", async () => {
    const { verdict, violations } = await result({ strategy: "naive", profile: "better-auth", explore: "fifo" });

    expect(verdict).toBe("violated");
    const found = violations.find(({ invariant }) => invariant === "no-spurious-logout");
    const because = found?.because.join("\n") ?? "";
    expect(because).toMatch(/isolate-1 presents RT F1\.g0 for ada\/load-1/);
    expect(because).toMatch(/isolate-1 presents RT F1\.g0 again for ada\/load-2/);
    expect(because).toMatch(/the issuer redeems RT F1\.g0: rotated to RT F1\.g1/);
    expect(because).toMatch(/session of user_ada ended: reuse/);
    expect(because).toMatch(/is answered signed-out/);
  });
});

describe("single-flight on one isolate", () => {
  it.each(PROFILES)("holds in FIFO order under %s", async (profile) => {
    expect(await result({ profile, explore: "fifo" })).toMatchObject({ verdict: "holds", schedules: 1, completeness: "bounded" });
  });

  it.each(["better-auth", "zitadel"])("is broken under %s by a load that arrives after the flight has settled", async (profile) => {
    const cell = await cellOf({ profile, schedules: 500 });
    const { result: broken, counterexample } = await runCell(cell);

    expect(broken.violations.map(({ invariant }) => invariant)).toContain("no-spurious-logout");
    // The fatal order itself: the same generation presented, settled, and presented again.
    const steps = (counterexample ?? []).flatMap(({ kind, to, label }) =>
      label.includes("/user_management/authenticate") && label.includes("RT F1.g0") ? [`${kind} ${to}`] : [],
    );
    const told = (counterexample ?? []).findIndex(
      ({ kind, to, label }) => kind === "response" && to === "isolate-1" && label.includes("RT F1.g1"),
    );
    const again = (counterexample ?? []).findLastIndex(
      ({ kind, to, label }) => kind === "request" && to === "issuer" && label.includes("[RT F1.g0]"),
    );
    expect(steps.filter((step) => step === "request issuer")).toHaveLength(2);
    expect(told).toBeGreaterThan(0);
    expect(again).toBeGreaterThan(told);
  });

  it.each(["workos", "logto"])("holds under %s while no time passes", async (profile) => {
    expect(await result({ profile, schedules: 200 })).toMatchObject({ verdict: "holds", schedules: 200 });
  });

  it.each(["workos", "logto"])("is broken under %s once time may pass", async (profile) => {
    expect(await result({ profile, schedules: 500, timeSteps: 1 })).toMatchObject({ verdict: "violated" });
  });
});

describe("single-flight on two isolates", () => {
  it.each(["better-auth", "zitadel"])("is broken under %s already in FIFO order", async (profile) => {
    const { verdict, violations } = await result({ profile, isolates: 2, explore: "fifo" });
    expect(verdict).toBe("violated");
    expect(violations.map(({ invariant }) => invariant)).toContain("no-spurious-logout");
  });

  it.each(["workos", "logto"])("holds under %s", async (profile) => {
    expect(await result({ profile, isolates: 2 })).toMatchObject({ verdict: "holds" });
  });
});

describe("@workos-inc/node as published", () => {
  it.each([1, 2])("is broken under better-auth on %i isolates", async (isolates) => {
    const { violations } = await result({ target: "workos-node", profile: "better-auth", explore: "fifo", isolates });
    expect(violations.map(({ invariant }) => invariant)).toContain("no-spurious-logout");
  });

  it.each([1, 2])("holds under workos on %i isolates when nothing is lost and no time passes", async (isolates) => {
    expect(await result({ target: "workos-node", isolates, schedules: 40 })).toMatchObject({ verdict: "holds", schedules: 40 });
  });

  it("rides out an issuer that answers 503 for a moment", async () => {
    expect(await result({ target: "workos-node", faults: { "issuer-503": 2 }, schedules: 20 })).toMatchObject({ verdict: "holds" });
  });
});

describe("faults", () => {
  it("are ridden out by the reference session while the issuer is down", async () => {
    const faults = { "issuer-503": 2, "issuer-html-502": 1 };
    expect(await result({ isolates: 2, faults })).toMatchObject({ verdict: "holds", faults: "issuer-503:2,issuer-html-502:1" });
  });

  const lostAfterCommit = { "issuer-response-lost": 1 };

  it("that destroy the only copy of a successor are a limit of a strict issuer, and no bug of the client", async () => {
    const { result: limit } = await runCell({ ...(await cellOf({ profile: "zitadel", faults: lostAfterCommit })), explorer: unlucky });
    expect(limit.verdict).toBe("cannot-be-had");
    expect(limit.violations.map(({ invariant }) => invariant)).toContain("no-spurious-logout");
  });

  it("that destroy a successor are a bug of a client that does not ask again, where the issuer would replay it", async () => {
    const { result: bug } = await runCell({ ...(await cellOf({ profile: "workos", faults: lostAfterCommit })), explorer: unlucky });
    expect(bug.verdict).toBe("violated");
  });
});

describe("a page that is a document and its fetches", () => {
  it("holds in FIFO order, each fetch with the cookies of its own moment", async () => {
    const { verdict, steps } = await result({ page: "document", loads: 2, explore: "fifo" });
    expect(verdict).toBe("holds");
    expect(steps.max).toBeGreaterThan(50);
  });
});

describe("a counterexample", () => {
  it("replays from its string to the same trace", async () => {
    const { result: broken, counterexample } = await runCell(await cellOf({ profile: "zitadel", schedules: 500 }));
    const recorded = decodeReplay(broken.violations[0]?.replay ?? "");

    const again = await replayCell(await cellOf({ ...recorded.spec, explore: "fifo" }), recorded.schedule);

    expect(again.traceHash).toBe(recorded.traceHash);
    expect(again.trace).toEqual(counterexample);
    expect(again.report.result.verdict).toBe("violated");
  });
});

describe("what the scenario and the lane must not lose", () => {
  it("each isolate of a third-party target has module state of its own: each fetches the key set for itself", async () => {
    const { trace } = await replayCell(await cellOf({ target: "workos-node", isolates: 2, explore: "fifo" }), []);
    const asked = (trace ?? []).filter(({ kind, label }) => kind === "request" && label.includes("/sso/jwks/")).map(({ from }) => from);
    expect(new Set(asked)).toEqual(new Set(["isolate-1", "isolate-2"]));
  });

  it("both people go on for two lifetimes after the race", async () => {
    const { trace } = await replayCell(await cellOf({ explore: "fifo", loads: 2 }), []);
    const pages = (trace ?? []).flatMap(({ events }) => events).filter((event) => event.includes("is answered signed-in"));
    expect(pages.filter((event) => event.startsWith("ben/"))).toHaveLength(2);
    expect(pages.filter((event) => event.startsWith("ada/"))).toHaveLength(4);
    expect(trace?.at(-1)?.at).toBeGreaterThan(3 * 300_000);
  });

  it("a page that shows somebody else, by id, email or token, is cross-talk", async () => {
    for (const leak of ["user_ben", "ben@example.test"]) {
      const target: Target = {
        ...reference,
        name: "leaky",
        async create(environment) {
          const instance = await reference.create(environment);
          return {
            async fetch(request) {
              const answer = await instance.fetch(request);
              return answer.status === 200 ? Response.json({ also: leak }, answer) : answer;
            },
          };
        },
      };
      const { result: broken } = await runCell(await cellOf({ explore: "fifo" }, { target }));
      expect(broken.violations.map(({ invariant }) => invariant)).toContain("no-cross-talk");
    }
  });

  it("a cookie that ends by its own date is a lost session", async () => {
    const target: Target = {
      ...reference,
      name: "forgetful",
      async create(environment) {
        const instance = await reference.create(environment);
        return {
          async fetch(request) {
            const answer = await instance.fetch(request);
            const headers = new Headers();
            for (const [name, value] of answer.headers) headers.append(name, value.replace(/Max-Age=[1-9]\d+/, "Max-Age=400"));
            return new Response(await answer.text(), { status: answer.status, headers });
          },
        };
      },
    };
    const { result: broken } = await runCell(await cellOf({ explore: "fifo" }, { target }));
    expect(broken.violations.map(({ invariant }) => invariant)).toContain("no-spurious-logout");
  });

  it("a client that clears its cookie on a fault is to blame, even where the fault destroyed what it needs", async () => {
    const target: Target = {
      ...reference,
      name: "panicking",
      async create(environment) {
        const instance = await reference.create(environment);
        return {
          async fetch(request) {
            const answer = await instance.fetch(request);
            const cookie = { location: "/login", "set-cookie": "holdfast-session=; Path=/; Max-Age=0" };
            return answer.status === 503 ? new Response(null, { status: 302, headers: cookie }) : answer;
          },
        };
      },
    };
    const faults = { "issuer-response-lost": 1 };
    const cell = await cellOf({ profile: "zitadel", faults, loads: 2 }, { target });
    const { result: blamed } = await runCell({ ...cell, explorer: unlucky });
    expect(blamed.verdict).toBe("violated");
    expect(blamed.violations.map(({ invariant }) => invariant)).toContain("outage-is-not-logout");
  });

  it("a difference that only a body shows is nondeterminism", async () => {
    let pages = 0;
    const target: Target = {
      ...reference,
      name: "counting",
      async create(environment) {
        const instance = await reference.create(environment);
        return {
          async fetch(request) {
            const answer = await instance.fetch(request);
            return answer.status === 200 ? Response.json({ pages: ++pages }, answer) : answer;
          },
        };
      },
    };
    const { result: unsure } = await runCell(await cellOf({ explore: "fifo" }, { target }));
    expect(unsure.error).toMatchObject({ code: "NONDETERMINISM" });
    expect(unsure.error?.message).toContain("the headers or the body of");
  });
});
