import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Environment, Instance, Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { runCell } from "./cell.ts";

/** The reference target with something wrong on every page. */
function faulty(onPage: (request: Request, answer: () => Promise<Response>, environment: Environment) => Promise<Response>): Target {
  return {
    ...reference,
    name: "faulty",
    async create(environment): Promise<Instance> {
      const instance = await reference.create(environment);
      return {
        fetch: (request) =>
          new URL(request.url).pathname === "/"
            ? onPage(request, async () => instance.fetch(request), environment)
            : instance.fetch(request),
      };
    },
  };
}

async function run(target: Target, change: Partial<CellSpec> = {}, scenario?: Scenario) {
  return (
    await runCell(await cellOf({ explore: "fifo", loads: 3, ...change }, { target, ...(scenario === undefined ? {} : { scenario }) }))
  ).result;
}

describe("a cell that the harness cannot vouch for", () => {
  it("names the first step that differs when a target keeps state beyond its run", async () => {
    let pages = 0;
    const target = faulty(async (_request, answer, { fetch, issuer }) => {
      // A cache that lives in the module, and so survives from one run to the next.
      if (pages++ === 0) await fetch(`${issuer.origin}/sso/jwks/${issuer.clientId}`);
      return answer();
    });
    const { verdict, error } = await run(target);
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "NONDETERMINISM" });
    expect(error?.message).toMatch(/first difference, in step \d+: ".*\/sso\/jwks/);
  });

  it("names who was left waiting when a target never answers", async () => {
    const { error, verdict } = await run(faulty(() => new Promise(() => {})));
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "DEADLOCK" });
    expect(error?.message).toContain("ada/sign-in for an answer of isolate-1");
  });

  it("names an escape that the guards do not know, by the resource that it creates", async () => {
    const target = faulty(async (_request, answer) => {
      deflate("x", () => {});
      return answer();
    });
    expect((await run(target)).error).toMatchObject({ code: "ESCAPED" });
  });

  it("names what a stuck target waits for when that is outside of the world", async () => {
    const target = faulty(async (_request, answer) => {
      await promisify(deflate)("x");
      return answer();
    });
    const { error } = await run(target);
    expect(error).toMatchObject({ code: "ESCAPED" });
    expect(error?.message).toContain("ZLIB");
  });

  it("names a request to somebody who is not in the world", async () => {
    const target = faulty(async (_request, answer, { fetch }) => {
      await fetch("https://telemetry.example/").catch(() => {});
      return answer();
    });
    const { error } = await run(target);
    expect(error).toMatchObject({ code: "ESCAPED" });
    expect(error?.message).toContain("https://telemetry.example");
  });

  it("stops a target that goes round in circles", async () => {
    const target = faulty(async (_request, _answer, { fetch, issuer }) => {
      for (;;) await fetch(`${issuer.origin}/sso/jwks/${issuer.clientId}`);
    });
    expect((await run(target)).error).toMatchObject({ code: "STEP_LIMIT" });
  });

  it("says so when a target throws while it is created", async () => {
    const target: Target = { ...reference, name: "broken", create: () => Promise.reject(new Error("no cookie password")) };
    const { error } = await run(target);
    expect(error).toMatchObject({ code: "BAD_TARGET" });
    expect(error?.message).toContain("no cookie password");
  });

  it.each([
    ["a plain handler", async () => new Response("hello"), "a value of type function"],
    ["nothing", undefined, "a value of type undefined"],
    ["something else", { handle: () => {} }, "an object without fetch"],
  ])("says what a target's create has to give where it gives %s", async (_, given, said) => {
    const target: Target = { ...reference, name: "handler", create: () => given as never };
    const { error } = await run(target);
    expect(error).toMatchObject({ code: "BAD_TARGET", hint: "create(environment) returns { fetch }, or a promise of it" });
    expect(error?.message).toContain(`it gave ${said}`);
  });

  it("says so when a target cannot sign anybody in", async () => {
    const target: Target = { ...reference, name: "closed", create: () => ({ fetch: async () => new Response("closed", { status: 404 }) }) };
    expect((await run(target)).error).toMatchObject({ code: "BAD_TARGET" });
  });

  it("fails when it never reached what its scenario must reach", async () => {
    const { verdict, error } = await run(reference, { loads: 1 });
    expect(verdict).toBe("error");
    expect(error).toMatchObject({ code: "VACUOUS" });
    expect(error?.message).toContain("two loads in flight at once");
  });

  it("says so when something in the target fails that nobody waits for", async () => {
    const target = faulty(async (_request, answer) => {
      void Promise.reject(new Error("forgotten"));
      return answer();
    });
    expect((await run(target)).error).toMatchObject({ code: "TARGET_CRASHED" });
  });

  it("names the place where a handler threw", async () => {
    const { error } = await run(
      faulty(async function onPage(_request, answer, { now }) {
        // Once everybody has signed in.
        if (now() > Date.UTC(2026, 0, 1, 0, 5)) throw new RangeError("broken");
        return answer();
      }),
    );
    expect(error?.message).toMatch(/the handler threw RangeError: broken at onPage .*cell\.test\.ts/);
  });
});

describe("a cell's result", () => {
  it("is the same for the same seed, and random bytes of the target are the world's", async () => {
    const seen: string[] = [];
    const target = faulty(async (_request, answer) => {
      seen.push(randomBytes(8).toString("hex"));
      return answer();
    });
    const change = { explore: "random", schedules: 5, seed: 3 } as const;
    const [first, second] = [await run(target, change), await run(target, change)];
    expect(first.verdict).toBe("holds");
    expect(second.traceHash).toBe(first.traceHash);
    expect(new Set(seen.slice(0, seen.length / 2))).toEqual(new Set(seen.slice(seen.length / 2)));
  });

  it("differs for another seed", async () => {
    const hashes = await Promise.all(
      [1, 2].map(async (seed) => (await run(reference, { explore: "random", schedules: 3, seed })).traceHash),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("holds no secret: neither tokens nor cookies nor keys", async () => {
    const text = JSON.stringify(await runCell(await cellOf({ profile: "zitadel", strategy: "naive" })));
    expect(text).not.toMatch(/eyJ|holdfast-session|sk_test|[A-Za-z0-9_-]{100,}(?<!hf1_[A-Za-z0-9_-]*)/);
  });
});
