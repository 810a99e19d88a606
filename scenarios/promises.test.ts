import { describe, expect, it } from "vitest";
import { runCell } from "../harness/lanes/cell.ts";
import type { CellSpec } from "../harness/model/cell.ts";
import type { InvariantId } from "../harness/model/invariant.ts";
import type { Instance, Target } from "../harness/model/target.ts";
import { reference } from "../harness/targets/reference/target.ts";
import { cellOf } from "./cells.testing.ts";

/** The reference with one thing changed, which promises one thing in whatever strategy. */
function variant(promised: InvariantId, change: Partial<Pick<Target, "create" | "classify">> = {}): Target {
  const promises = Object.fromEntries(reference.strategies.map((strategy) => [strategy, [promised]]));
  return { ...reference, ...change, promises };
}

async function broken(change: Partial<CellSpec>, target: Target): Promise<readonly InvariantId[]> {
  const { result } = await runCell(await cellOf({ explore: "fifo", isolates: 1, loads: 2, strategy: "ledger", ...change }, { target }));
  expect(result.error).toBeNull();
  return result.violations.map(({ invariant }) => invariant);
}

/** Changes what a request looks like to the handler. */
function seeing(promised: InvariantId, see: (request: Request) => Request | Promise<Request>): Target {
  return variant(promised, {
    async create(environment): Promise<Instance> {
      const instance = await reference.create(environment);
      return { fetch: async (request) => instance.fetch(await see(request)) };
    },
  });
}

const without = (name: string) => (request: Request) => {
  const headers = new Headers(request.headers);
  headers.delete(name);
  return new Request(request.url, { headers });
};

describe("a client that does not do what the reference does is found by the scenario for it", () => {
  it("takes a stolen cookie long after its owner has gone on", async () => {
    expect(await broken({ scenario: "stolen-cookie", strategy: "single-flight" }, variant("theft-detected"))).toEqual(["theft-detected"]);
  });

  it.each(["upgrade", "sec-purpose"])(
    "refreshes in a request that can carry no cookie home, because it does not look at %s",
    async (header) => {
      const target = seeing("upgrade-never-refreshes", without(header));
      expect(await broken({ scenario: "upgrades-at-expiry" }, target)).toContain("upgrade-never-refreshes");
    },
  );

  it("knows no key but those that it was deployed with", async () => {
    const target = variant("key-rotation-survived", {
      create: (environment) => {
        const { fetch, ...rest } = environment;
        const deaf: typeof fetch = (input, init) =>
          String(input).includes("/jwks") ? Promise.reject(new TypeError("off")) : fetch(input, init);
        return reference.create({ ...rest, fetch: deaf });
      },
    });
    expect(await broken({ scenario: "key-rotation" }, target)).toEqual(expect.arrayContaining(["key-rotation-survived"]));
  });

  it("asks for the user on each page", async () => {
    const target = variant("no-issuer-roundtrip", {
      async create(environment): Promise<Instance> {
        const instance = await reference.create(environment);
        const users = `${environment.issuer.origin}/user_management/users/user_ada`;
        return {
          async fetch(request) {
            if (new URL(request.url).pathname === "/") await environment.fetch(users);
            return instance.fetch(request);
          },
        };
      },
    });
    expect(await broken({ scenario: "cold-isolates" }, target)).toEqual(["no-issuer-roundtrip"]);
  });

  it("believes any bearer", async () => {
    const target = seeing("fail-closed", (request) => request);
    const gullible: Target = {
      ...target,
      classify: (answer) => (answer.headers.get("location") === "/login" ? "signed-in" : reference.classify(answer)),
    };
    expect(await broken({ scenario: "forged-tokens" }, gullible)).toEqual(["fail-closed"]);
  });

  it.each(["issuer-outage", "key-set-outage"])("never comes back after %s", async (scenario) => {
    let down = false;
    const target = variant("bounded-progress", {
      async create(environment): Promise<Instance> {
        down = false;
        const instance = await reference.create(environment);
        return {
          async fetch(request) {
            if (down) return new Response(null, { status: 503 });
            const answer = await instance.fetch(request);
            down = answer.status === 503;
            return answer;
          },
        };
      },
    });
    expect(await broken({ scenario }, target)).toEqual(["bounded-progress"]);
  });
});
