import { describe, expect, it } from "vitest";
import { Network } from "./network.ts";
import { Trace } from "./trace.ts";
import { EPOCH, inWorld } from "./world.testing.ts";
import type { World } from "./world.ts";

const actors = { isolate: { name: "isolate-1", kind: "isolate" }, issuer: { name: "issuer", kind: "issuer" } } as const;
const request = {
  kind: "request",
  from: actors.isolate,
  to: actors.issuer,
  task: null,
  describe: () => "POST /token",
  complete() {},
} as const;

describe("Trace", () => {
  it("has a line for each step: when, what, who, which choice out of how many, and what was seen", () => {
    const trace = new Trace(EPOCH);
    trace.add(EPOCH, "request", request, null, 1, 3);
    trace.note("the token was redeemed");
    trace.add(EPOCH + 1_500, "time", null, "time passes: 2 s", 0, 1);
    expect(trace.lines()).toEqual([
      "1 0 request isolate-1>issuer POST /token 1/3\n  the token was redeemed",
      "2 1500 time clock time passes: 2 s 0/1",
    ]);
    expect(trace.entries()[0]).toEqual({
      step: 1,
      at: 0,
      kind: "request",
      from: "isolate-1",
      to: "issuer",
      label: "POST /token",
      choice: 1,
      of: 3,
      events: ["the token was redeemed"],
    });
  });

  it("does not hang what is noted before the first step onto a later one", () => {
    const trace = new Trace(EPOCH);
    trace.note("before");
    trace.add(EPOCH, "request", request, null, 0, 1);
    expect(trace.entries()[0]?.events).toEqual([]);
  });

  it("renders a label only when somebody reads it", () => {
    const trace = new Trace(EPOCH);
    const describe = () => expect.fail("rendered too early");
    trace.add(EPOCH, "request", { ...request, describe }, null, 0, 1);
    trace.note("seen");
    expect(trace.length).toBe(1);
  });

  it("has equal lines for equal runs", async () => {
    const [first, second] = [await run(), await run()];
    expect(first.trace.lines()).toEqual(second.trace.lines());
    expect(first.trace.length).toBeGreaterThan(5);
  });

  it("shows every registered secret by its name, wherever in a message it stands", async () => {
    const { trace, secrets } = await run();
    const text = trace.lines().join("\n");
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
    expect(text).toContain("GET /sessions/{SID S1}/end for load 1 [CODE C1, AT F1.g0, RT F1.g0]");
    expect(text).toContain("200 to GET /sessions/{SID S1}/end for load 1 [RT F1.g1, RT F1.g0]");
  });
});

/** An isolate that hands secrets around in every part of its messages. */
async function run(): Promise<{ trace: Trace; secrets: readonly string[] }> {
  const secrets = [
    "rt_first+0123456789/abcdef==",
    "rt_second-0123456789abcdef",
    "sid_0123456789abcdef",
    "code_0123456789abcdef",
    "aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccc",
  ] as const;
  const [first, second, sid, code, access] = secrets;
  let world: World | undefined;
  await inWorld(async (opened) => {
    world = opened;
    for (const [secret, label] of [
      [first, "RT F1.g0"],
      [second, "RT F1.g1"],
      [sid, "SID S1"],
      [code, "CODE C1"],
      [access, "AT F1.g0"],
    ] as const)
      opened.names.register(secret, label);
    const network = new Network(opened, [], { sent() {}, answered() {}, lost() {}, fault() {} });
    network.route("https://issuer.test", () => ({
      actor: actors.issuer,
      handle: async () => ({
        status: 200,
        headers: [["set-cookie", `session=${encodeURIComponent(second)}; Path=/`]],
        body: JSON.stringify({ first }),
      }),
    }));
    await opened.as(actors.isolate, "load 1", () =>
      fetch(`https://issuer.test/sessions/${sid}/end?code=${code}`, {
        method: "GET",
        headers: { authorization: `Bearer ${access}`, cookie: `wos-session=${encodeURIComponent(first)}` },
      }),
    );
    await opened.as(actors.isolate, "load 2", () =>
      fetch("https://issuer.test/token", { method: "POST", body: new URLSearchParams({ refresh_token: first }) }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  });
  if (world === undefined) throw new Error("the world was not opened");
  return { trace: world.trace, secrets };
}
