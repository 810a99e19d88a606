import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import type { AnswerKind } from "../model/event.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { runCell } from "./cell.ts";

async function run(target: Target, change: Partial<CellSpec> = {}) {
  return (await runCell(await cellOf({ explore: "fifo", loads: 3, ...change }, { target }))).result;
}

function withPages(onPage: (request: Request) => Promise<Response> | null): Target {
  return {
    ...reference,
    name: "changed",
    async create(environment) {
      const instance = await reference.create(environment);
      let pages = 0;
      return {
        fetch: (request) => (new URL(request.url).pathname === "/" && pages++ >= 2 ? onPage(request) : null) ?? instance.fetch(request),
      };
    },
  };
}

describe("a target whose answers mean nothing", () => {
  it("is refused when classify returns a kind that does not exist", async () => {
    const target: Target = {
      ...reference,
      name: "typo",
      classify: (answer) => (answer.status === 302 ? ("loggedout" as AnswerKind) : reference.classify(answer)),
    };
    const { verdict, error } = await run(target, { strategy: "naive", profile: "zitadel" });
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "BAD_TARGET" });
    expect(error?.message).toContain(
      'expected classify to return one of signed-in, signed-out, stale, unavailable, other, got "loggedout"',
    );
  });

  it("is refused when a page of a live session is neither signed in nor out", async () => {
    const { verdict, error } = await run(withPages(async () => new Response("hello", { status: 418 })));
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "BAD_TARGET" });
    expect(error?.message).toMatch(/ada\/load-1, whose session lives, was answered with status 418, which classify calls "other"$/);
  });

  it("is told what its handler threw and where, without long words that may be tokens", async () => {
    const target = withPages(() => Promise.reject(new TypeError(`no user in ${"t".repeat(40)}`)));
    const { error } = await run(target);
    expect(error?.message).toMatch(/the handler threw TypeError: no user in … at .*answer-check\.test\.ts:\d+:\d+/);
    expect(error?.message).not.toContain("tttt");
  });

  it("is excused by a fault", async () => {
    const target = withPages(() => null);
    const excused: Target = { ...target, classify: (answer) => (answer.status === 503 ? "other" : reference.classify(answer)) };
    const { verdict } = await run(excused, { explore: "random", schedules: 20, faults: { "issuer-503": 1 } });
    expect(verdict).toBe("holds");
  });
});

describe("a target that never refreshes", () => {
  it("shows nothing, and the cell says so", async () => {
    const lazy: Target = {
      ...reference,
      name: "lazy",
      // It shows pages on dead tokens, and would break what the reference promises of those.
      promises: {},
      async create(environment) {
        const instance = await reference.create(environment);
        return { fetch: async (request) => (new URL(request.url).pathname === "/" ? Response.json({}) : instance.fetch(request)) };
      },
    };
    const { verdict, error } = await run(lazy);
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "VACUOUS" });
    expect(error?.message).toContain("a refresh token was redeemed");
  });
});
