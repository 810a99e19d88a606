import { describe, expect, it } from "vitest";
import type { Actor } from "./actor.ts";
import { contexts } from "./context.ts";
import type { NetworkFault } from "./exchange.ts";
import { Network } from "./network.ts";
import { fetchServer, type Server } from "./server.ts";
import { fromWire } from "./web/messages.ts";
import type { WireRequest, WireResponse } from "./wire.ts";
import { EPOCH, failureOf, finish, labels, openWorld } from "./world.testing.ts";
import type { World, WorldOptions } from "./world.ts";

const ISSUER = "https://issuer.test";
const OK: WireResponse = { status: 200, headers: [], body: "ok" };

interface Setup {
  readonly world: World;
  readonly network: Network;
  readonly isolate: Actor;
  readonly issuer: Actor;
  /** What came on the wire at the issuer. */
  readonly received: WireRequest[];
  /** What the observer was told, in order. */
  readonly heard: string[];
}

function setup(
  handle: (request: WireRequest) => WireResponse | Promise<WireResponse> = () => OK,
  faults: readonly NetworkFault[] = [],
  options: Partial<WorldOptions> = {},
): Setup {
  const world = openWorld(options);
  world.grant(true);
  const [isolate, issuer] = [world.actor("isolate-1", "isolate"), world.actor("issuer", "issuer")];
  const received: WireRequest[] = [];
  const heard: string[] = [];
  const network = new Network(world, faults, {
    sent: ({ from, to, task }) => heard.push(`sent ${from.name}>${to.name} ${task}`),
    answered: (_exchange, response) => heard.push(`answered ${response.status}`),
    lost: (_exchange, response) => heard.push(`lost ${response?.status ?? "without an answer"}`),
    discarded: ({ to }, response) => heard.push(`discarded ${response?.status ?? "without an answer"} of ${to.name}`),
    repeated: ({ to }) => heard.push(`repeated at ${to.name}`),
    fault: (name, _exchange, copyTo) => heard.push(`fault ${name}${copyTo === null ? "" : `, copy to ${copyTo.name}`}`),
  });
  network.route(ISSUER, () => ({
    actor: issuer,
    async handle(request) {
      received.push(request);
      return handle(request);
    },
  }));
  return { world, network, isolate, issuer, received, heard };
}

/** Runs `code` as the isolate, to its end in FIFO order. */
async function asIsolate<T>({ world, isolate }: Setup, code: () => Promise<T>, choose: (world: World) => number = () => 0): Promise<T> {
  const outcome: PromiseSettledResult<Awaited<T>>[] = [];
  world.play(isolate, async () => {
    outcome.push(...(await Promise.allSettled([world.as(isolate, "load 1", code)])));
  });
  await world.open();
  await finish(world, choose);
  const [settled] = outcome;
  if (settled?.status === "fulfilled") return settled.value as T;
  throw settled?.reason ?? new Error("it never settled");
}

describe("a message", () => {
  it("takes one step for the request and one for the response", async () => {
    const all = setup();
    const { world, isolate, received, heard } = all;
    const got: string[] = [];
    world.as(isolate, "load 1", () => fetch(`${ISSUER}/a?b=c`).then(async (response) => got.push(await response.text())));
    await world.open();
    expect([labels(world), received.length, got]).toEqual([["request GET /a for load 1"], 0, []]);

    await world.step(0);
    expect([labels(world), received.length, got]).toEqual([["response 200 to GET /a for load 1"], 1, []]);

    await world.step(0);
    expect([labels(world), got]).toEqual([[], ["ok"]]);
    expect(heard).toEqual(["sent isolate-1>issuer load 1", "answered 200"]);
    expect(world.trace.lines()).toEqual([
      "1 0 request isolate-1>issuer GET /a for load 1 0/1",
      "2 0 response issuer>isolate-1 200 to GET /a for load 1 0/1",
    ]);
  });

  it("may overtake another that was sent before it, both ways", async () => {
    const all = setup(({ url }) => ({ ...OK, body: url.slice(-1) }));
    const { world, isolate, received } = all;
    const got: string[] = [];
    for (const name of ["a", "b"])
      world.as(isolate, name, () => fetch(`${ISSUER}/${name}`).then(async (response) => got.push(await response.text())));
    await world.open();
    await world.step(1);
    await world.step(0);
    await world.step(1);
    await world.step(0);
    expect([received.map(({ url }) => url.slice(-1)), got]).toEqual([
      ["b", "a"],
      ["a", "b"],
    ]);
  });

  it("carries the task of its sender into the server, and the server's own actor", async () => {
    const all = setup();
    const seen: string[] = [];
    all.network.route("https://app.test", () =>
      fetchServer(
        { name: "isolate-2", kind: "isolate" },
        Promise.resolve(async () => {
          seen.push(`${(await fetch(`${ISSUER}/inner`)).status}`);
          return new Response("outer");
        }),
      ),
    );
    await asIsolate(all, () => fetch("https://app.test/outer"));
    expect(all.heard).toEqual(["sent isolate-1>isolate-2 load 1", "sent isolate-2>issuer load 1", "answered 200", "answered 200"]);
  });

  it("waits at a server whose handler is not there yet, as on a cold start", async () => {
    const all = setup();
    let warm: (handler: (request: Request) => Promise<Response>) => void = () => {};
    const cold = new Promise<(request: Request) => Promise<Response>>((resolve) => {
      warm = resolve;
    });
    all.network.route("https://cold.test", () => fetchServer(all.issuer, cold));
    all.world.as(all.isolate, null, () => fetch("https://cold.test"));
    await all.world.open();
    await all.world.step(0);
    expect(labels(all.world)).toEqual([]);

    warm(async () => new Response("warm"));
    await all.world.open();
    expect(labels(all.world)).toEqual(["response 200 to GET /"]);
  });

  it("goes to whom the route chose when it was sent", async () => {
    const { world, network, isolate, issuer } = setup();
    const chosen: string[] = [];
    let turn = 0;
    network.route("https://app.test", ({ url }): Server => {
      chosen.push(url);
      return { actor: { name: `isolate-${++turn}`, kind: "isolate" }, handle: async () => OK };
    });
    const sends = [1, 2].map((load) =>
      network.send(isolate, `load ${load}`, { method: "GET", url: `https://app.test/${load}`, headers: [], body: null }),
    );
    expect(sends.map(({ to }) => to.name)).toEqual(["isolate-1", "isolate-2"]);
    await finish(world);
    expect(chosen).toHaveLength(2);
    expect(issuer.name).toBe("issuer");
  });
});

describe("what a message carries", () => {
  it.each<[string, () => Promise<Response>, Partial<WireRequest>]>([
    ["a plain GET", () => fetch(`${ISSUER}/a?b=c#d`), { method: "GET", url: `${ISSUER}/a?b=c#d`, headers: [], body: null }],
    ["a URL object", () => fetch(new URL(`${ISSUER}/a`)), { url: `${ISSUER}/a` }],
    ["a method in lower case", () => fetch(ISSUER, { method: "delete" }), { method: "DELETE" }],
    [
      "a text body",
      () => fetch(ISSUER, { method: "POST", body: "bödy", headers: { "X-One": "1" } }),
      {
        body: "bödy",
        headers: [
          ["content-type", "text/plain;charset=UTF-8"],
          ["x-one", "1"],
        ],
      },
    ],
    [
      "JSON with its own content type",
      () => fetch(ISSUER, { method: "POST", body: '{"a":1}', headers: new Headers({ "content-type": "application/json" }) }),
      { body: '{"a":1}', headers: [["content-type", "application/json"]] },
    ],
    [
      "a form of URLSearchParams",
      () => fetch(ISSUER, { method: "POST", body: new URLSearchParams({ grant_type: "refresh_token", t: "a b&c" }) }),
      { body: "grant_type=refresh_token&t=a+b%26c", headers: [["content-type", "application/x-www-form-urlencoded;charset=UTF-8"]] },
    ],
    ["bytes that are text", () => fetch(ISSUER, { method: "POST", body: new TextEncoder().encode("bytes") }), { body: "bytes" }],
    [
      "a stream",
      () => fetch(ISSUER, { method: "POST", body: new Response("streamed").body, duplex: "half" } as RequestInit),
      { body: "streamed" },
    ],
    [
      "a Request object",
      () => fetch(new Request(`${ISSUER}/r`, { method: "PUT", body: "request", headers: { cookie: "a=b" } })),
      {
        method: "PUT",
        url: `${ISSUER}/r`,
        body: "request",
        headers: [
          ["content-type", "text/plain;charset=UTF-8"],
          ["cookie", "a=b"],
        ],
      },
    ],
    [
      "a Request object with what the call changes",
      () => fetch(new Request(ISSUER, { method: "PUT", body: "old" }), { method: "POST", body: "new", headers: { a: "b" } }),
      { method: "POST", body: "new" },
    ],
  ])("is preserved for %s", async (_what, call, expected) => {
    const all = setup();
    await asIsolate(all, call);
    expect(all.received).toEqual([expect.objectContaining(expected)]);
  });

  it("is the same for a multipart form in every run, although Node draws its boundary at random", async () => {
    const form = () => {
      const data = new FormData();
      data.set("field", "value");
      return data;
    };
    const [first, second] = [setup(), setup()];
    for (const all of [first, second]) await asIsolate(all, () => fetch(ISSUER, { method: "POST", body: form() }));
    expect(first.received).toEqual(second.received);
    const [request] = first.received;
    const parsed = await new Response(request?.body, { headers: request?.headers as [string, string][] }).formData();
    expect(parsed.get("field")).toBe("value");
  });

  it("is preserved in the answer: status, headers, each Set-Cookie of several, body and address", async () => {
    const all = setup(() => ({
      status: 418,
      headers: [
        ["content-type", "application/json"],
        ["set-cookie", "a=1; Path=/"],
        ["set-cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
      ],
      body: '{"ü":true}',
    }));
    const response = await asIsolate(all, () => fetch(`${ISSUER}/a?b`));
    expect([response.status, response.ok, response.url, await response.json()]).toEqual([418, false, `${ISSUER}/a?b`, { ü: true }]);
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]);
  });

  it("goes through a fetch handler unchanged, several Set-Cookie and all", async () => {
    const all = setup();
    all.network.route("https://app.test", () =>
      fetchServer(
        all.issuer,
        Promise.resolve(async (request) => {
          const headers = new Headers({ "x-method": request.method, "x-cookie": request.headers.get("cookie") ?? "" });
          headers.append("set-cookie", "a=1");
          headers.append("set-cookie", "b=2");
          return new Response(`got ${await request.text()}`, { status: 201, headers });
        }),
      ),
    );
    const response = await asIsolate(all, () => fetch("https://app.test/x", { method: "POST", body: "this", headers: { cookie: "s=1" } }));
    expect([response.status, await response.text()]).toEqual([201, "got this"]);
    expect([response.headers.get("x-method"), response.headers.get("x-cookie"), response.headers.getSetCookie()]).toEqual([
      "POST",
      "s=1",
      ["a=1", "b=2"],
    ]);
  });

  it.each([204, 205, 304])("has no body with status %i", async (status) => {
    const response = await asIsolate(
      setup(() => ({ status, headers: [], body: "" })),
      () => fetch(ISSUER),
    );
    expect([response.status, response.body]).toEqual([status, null]);
    expect(fromWire({ status, headers: [], body: "ignored" }, ISSUER).body).toBeNull();
  });
});

describe("a handler that throws", () => {
  it.each<[string, () => never, string]>([
    [
      "an Error",
      () => {
        throw new RangeError("rt_secret in a message");
      },
      "RangeError",
    ],
    [
      "anything else",
      () => {
        throw "rt_secret";
      },
      "string",
    ],
  ])("(%s) becomes a bare 500, and the trace names its kind but not its message", async (_what, handle, kind) => {
    const all = setup(handle);
    const response = await asIsolate(all, () => fetch(`${ISSUER}/a`));
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      500,
      "Internal Server Error",
      "text/plain",
    ]);
    expect(all.world.trace.entries()[0]?.events).toEqual([`issuer failed while it answered: ${kind}`]);
    expect(all.world.trace.lines().join()).not.toContain("rt_secret");
  });
});

describe("what the world does not own", () => {
  it("is an origin where nobody answers: it stops the run although the target catches it", async () => {
    const failure = await failureOf(() => asIsolate(setup(), () => fetch("https://elsewhere.test/token").catch(() => "swallowed")));
    expect([failure.code, failure.message]).toEqual([
      "ESCAPED",
      "isolate-1 sent a request to https://elsewhere.test, where no one in this world answers",
    ]);
    expect(failure.hint).toContain(ISSUER);
  });

  it.each([301, 302, 303, 307, 308])("is a redirect (%i) that would be followed", async (status) => {
    const all = setup(() => ({ status, headers: [["location", "/b"]], body: "" }));
    const failure = await failureOf(() => asIsolate(all, () => fetch(`${ISSUER}/a`).catch(() => "swallowed")));
    expect([failure.code, failure.message]).toEqual(["ESCAPED", "isolate-1: fetch was redirected by /a"]);
  });

  it("is not a redirect that the target wants to see, nor one without a location", async () => {
    const redirect = setup(() => ({ status: 302, headers: [["location", "/b"]], body: "" }));
    const response = await asIsolate(redirect, () => fetch(ISSUER, { redirect: "manual" }));
    expect([response.status, response.headers.get("location")]).toEqual([302, "/b"]);
    const byRequest = setup(() => ({ status: 302, headers: [["location", "/b"]], body: "" }));
    expect((await asIsolate(byRequest, () => fetch(new Request(ISSUER, { redirect: "manual" })))).status).toBe(302);
    const nowhere = setup(() => ({ status: 304, headers: [], body: "" }));
    expect((await asIsolate(nowhere, () => fetch(ISSUER))).status).toBe(304);
  });

  it("is not a bad URL: that is the target's own error, as everywhere", async () => {
    await expect(asIsolate(setup(), () => fetch("/relative"))).rejects.toThrow(TypeError);
  });
});

describe("an abort", () => {
  const reason = new Error("enough");

  it("before the call sends nothing", async () => {
    const all = setup();
    await expect(asIsolate(all, () => fetch(ISSUER, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect([all.received, all.heard]).toEqual([[], []]);
  });

  it.each([
    ["a signal", (signal: AbortSignal) => fetch(ISSUER, { signal })],
    ["the signal of a Request", (signal: AbortSignal) => fetch(new Request(ISSUER, { signal }))],
  ])(
    "by %s before the request arrived: the caller is told at once, the request still arrives, its answer finds nobody",
    async (_what, call) => {
      const { world, isolate, received, heard } = setup();
      const controller = new AbortController();
      const outcome: unknown[] = [];
      world.as(isolate, null, () => call(controller.signal).catch((error) => outcome.push(error)));
      await world.open();
      controller.abort(reason);
      await world.open();
      expect([outcome, labels(world)]).toEqual([[reason], ["request GET /"]]);

      await finish(world);

      expect([received.length, heard]).toEqual([1, ["sent isolate-1>issuer null"]]);
    },
  );

  it("after the request arrived takes the answer off the wire", async () => {
    const { world, isolate, received, heard } = setup();
    const controller = new AbortController();
    const outcome: unknown[] = [];
    world.as(isolate, null, () => fetch(ISSUER, { signal: controller.signal }).catch((error) => outcome.push(error)));
    await world.open();
    await world.step(0);
    expect(labels(world)).toEqual(["response 200 to GET /"]);

    controller.abort(reason);
    await world.open();

    expect([outcome, labels(world), received.length, heard.length]).toEqual([[reason], [], 1, 1]);
  });

  it("after the answer arrived changes nothing", async () => {
    const controller = new AbortController();
    const response = await asIsolate(setup(), () => fetch(ISSUER, { signal: controller.signal }));
    controller.abort(reason);
    expect(await response.text()).toBe("ok");
  });

  it("by AbortSignal.timeout comes when time may pass, and no sooner", async () => {
    const all = setup(() => new Promise(() => {}));
    const error = await asIsolate(all, () => fetch(ISSUER, { signal: AbortSignal.timeout(5_000) })).catch((error: unknown) => error);
    expect([(error as Error).name, all.world.now()]).toEqual(["TimeoutError", EPOCH + 5_000]);
  });
});

describe("somebody who gives up", () => {
  /** A browser that may give up, before an isolate that answers when the test says so. */
  function waiting() {
    const { world, network, isolate, heard } = setup();
    const browser = world.actor("ada", "browser");
    const controller = new AbortController();
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Response>();
    const server = fetchServer(
      isolate,
      Promise.resolve((request: Request) => {
        seen.push("begun");
        request.signal.addEventListener("abort", () => seen.push("hung up"));
        return promise;
      }),
    );
    network.route("https://app.test", () => server);
    const { answer } = network.send(
      browser,
      "load 1",
      { method: "GET", url: "https://app.test/", headers: [], body: null },
      controller.signal,
    );
    const outcome: string[] = [];
    void answer.then(
      () => outcome.push("answered"),
      () => outcome.push("aborted"),
    );
    const giveUp = async () => {
      controller.abort();
      await world.open();
    };
    return { world, network, isolate, heard, seen, outcome, giveUp, answer: () => resolve(new Response("late")) };
  }

  it("is noticed by who works at the request, in a step of its own, and may be answered all the same: that finds nobody", async () => {
    const { world, network, isolate, heard, seen, outcome, giveUp, answer } = waiting();
    await world.step(0);
    await giveUp();
    expect([outcome, seen, labels(world)]).toEqual([["aborted"], ["begun"], ["hang-up nobody waits for GET / for load 1"]]);
    await world.step(0);
    expect([seen, network.serving(isolate)]).toEqual([["begun", "hung up"], 1]);
    answer();
    await world.open();
    expect([labels(world), network.serving(isolate), heard]).toEqual([[], 0, ["sent ada>isolate-1 load 1"]]);
  });

  it("before the request has arrived is noticed after it has", async () => {
    const { world, seen, giveUp } = waiting();
    await giveUp();
    expect(labels(world)).toEqual(["request GET / for load 1"]);
    await world.step(0);
    expect([seen, labels(world)]).toEqual([["begun"], ["hang-up nobody waits for GET / for load 1"]]);
    await world.step(0);
    expect(seen).toEqual(["begun", "hung up"]);
  });

  it("is not noticed by who has answered: the answer is taken off the wire", async () => {
    const { world, seen, outcome, giveUp, answer } = waiting();
    await world.step(0);
    answer();
    await world.open();
    await giveUp();
    expect([outcome, labels(world), seen]).toEqual([["aborted"], [], ["begun"]]);
  });

  it("is not noticed by an isolate that was killed meanwhile", async () => {
    const { world, network, isolate, seen, giveUp } = waiting();
    await world.step(0);
    await giveUp();
    network.kill(isolate);
    await finish(world);
    expect(seen).toEqual(["begun"]);
  });

  it("is a state of its own, while the request is on its way and while that nobody waits is", async () => {
    const keys = new Set<string>();
    for (const steps of [0, 1]) {
      for (const givesUp of [false, true]) {
        const { world, giveUp } = waiting();
        if (steps === 1) await world.step(0);
        if (givesUp) await giveUp();
        keys.add(world.key());
      }
    }
    expect(keys.size).toBe(4);
  });
});

const LOST = (on: "request" | "response"): NetworkFault => ({
  name: `${on}-lost`,
  on,
  from: on === "request" ? "isolate" : "issuer",
  to: on === "request" ? "issuer" : "isolate",
  effect: "lost",
});
const REPLACED: NetworkFault = {
  name: "issuer-503",
  on: "request",
  from: "isolate",
  to: "issuer",
  effect: { status: 503, headers: [["retry-after", "1"]], body: "later" },
};
/** The last choice: the fault where one is offered. */
const last = (world: World) => world.enabled().length - 1;

describe("a fault", () => {
  it("that loses the answer leaves the server as it is, and ends the caller's connection as Node does", async () => {
    const all = setup(undefined, [LOST("response")], { faults: { "response-lost": 1 } });
    const error = (await asIsolate(all, () => fetch(ISSUER), last).catch((error: unknown) => error)) as TypeError;
    expect([error.constructor, error.message, (error.cause as { code: string }).code]).toEqual([TypeError, "fetch failed", "ECONNRESET"]);
    expect([all.received.length, all.heard.slice(1)]).toEqual([1, ["fault response-lost", "lost 200"]]);
  });

  it("that loses the request shows it to nobody, and reaches the caller in a step of its own", async () => {
    const all = setup(undefined, [LOST("request")], { faults: { "request-lost": 1 } });
    const { world, isolate, received, heard } = all;
    const outcome: unknown[] = [];
    world.as(isolate, null, () => fetch(`${ISSUER}/a`).catch((error: Error) => outcome.push(error.message)));
    await world.open();
    await world.step(1);
    expect([labels(world), outcome, received]).toEqual([["response no answer to GET /a"], [], []]);

    await world.step(0);

    expect([outcome, received, heard.slice(1)]).toEqual([["fetch failed"], [], ["fault request-lost", "lost without an answer"]]);
    expect(world.trace.lines()).toEqual([
      "1 0 fault:request-lost isolate-1>issuer GET /a 1/2",
      "2 0 response issuer>isolate-1 no answer to GET /a 0/1",
    ]);
  });

  it("that loses a request enters the history of the isolate that lost it", async () => {
    const keys = [];
    for (const choice of [0, 1]) {
      const { world, isolate } = setup(undefined, [LOST("request")], { faults: { "request-lost": 9 } });
      world.as(isolate, null, () => fetch(`${ISSUER}/a`).catch(() => {}));
      await world.open();
      await world.step(choice);
      await world.step(0);
      keys.push(world.key());
    }
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("that loses a request to an isolate is the same in its history whether or not somebody looked before the caller knew", async () => {
    const lost: NetworkFault = { name: "lost", on: "request", from: "browser", to: "isolate", effect: "lost" };
    const keys = [];
    for (const looks of [true, false]) {
      const { world, network, isolate } = setup(undefined, [lost], { faults: { lost: 1 } });
      network.route("https://app.test", () => ({ actor: isolate, handle: async () => OK }));
      const request: WireRequest = { method: "GET", url: "https://app.test/", headers: [], body: null };
      void network.send(world.actor("ada", "browser"), "load 1", request);
      await world.open();
      await world.step(1);
      if (looks) world.key();
      await world.step(0);
      keys.push(world.key());
    }
    expect(keys[0]).toBe(keys[1]);
  });

  it("that answers instead of the server shows it nothing, and its answer is a response like any other", async () => {
    const all = setup(undefined, [REPLACED], { faults: { "issuer-503": 1 } });
    const response = await asIsolate(all, () => fetch(ISSUER), last);
    expect([response.status, response.headers.get("retry-after"), await response.text(), all.received]).toEqual([503, "1", "later", []]);
    expect(all.heard.slice(1)).toEqual(["fault issuer-503", "answered 503"]);
    expect(all.world.trace.entries().map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      "fault:issuer-503 GET / for load 1",
      "response 503 to GET / for load 1",
    ]);
  });

  it("is offered only between the kinds of actors that it names", async () => {
    const elsewhere: NetworkFault = { ...LOST("response"), name: "elsewhere", to: "browser" };
    const all = setup(undefined, [elsewhere], { faults: { elsewhere: 5 } });
    const offered: string[] = [];
    await asIsolate(
      all,
      () => fetch(ISSUER),
      (world) => {
        offered.push(...world.enabled().map(({ kind }) => kind));
        return 0;
      },
    );
    expect(offered).toEqual(["request", "response"]);
  });

  it("on a request whose caller has given up is heard of by nobody", async () => {
    const { world, isolate, heard } = setup(undefined, [LOST("request")], { faults: { "request-lost": 1 } });
    const controller = new AbortController();
    world.as(isolate, null, () => fetch(ISSUER, { signal: controller.signal }).catch(() => {}));
    await world.open();
    controller.abort();
    await world.open();
    await world.step(1);
    expect([labels(world), heard]).toEqual([[], ["sent isolate-1>issuer null", "fault request-lost"]]);
  });
});

describe("a request that the wire delivers twice", () => {
  const TWICE: NetworkFault = { name: "duplicated", on: "request", from: "browser", to: "isolate", effect: "duplicated" };

  /** A browser before isolates that answer with their own names. */
  function duplicating(isolates = 1, budget = 1) {
    const all = setup(undefined, [TWICE], { faults: { duplicated: budget } });
    const { world, network } = all;
    const browser = world.actor("ada", "browser");
    const served: string[] = [];
    const servers = Array.from({ length: isolates }, (_, index): Server => {
      const actor = world.actor(`isolate-${index + 1}`, "isolate");
      return {
        actor,
        async handle() {
          served.push(actor.name);
          return { ...OK, body: `${served.length}` };
        },
      };
    });
    network.route(
      "https://app.test",
      () => servers[0] as Server,
      () => servers,
    );
    const { answer } = network.send(browser, "load 1", { method: "GET", url: "https://app.test/", headers: [], body: null });
    const outcome: unknown[] = [];
    void answer.then((answered) => outcome.push(answered && `${answered.from.name} ${answered.response.body}`));
    return { ...all, served, outcome };
  }

  it("arrives, and a copy of it is on its way", async () => {
    const { world, served, heard } = duplicating();
    await world.open();
    expect(labels(world)).toEqual(["request GET / for load 1", "fault:duplicated GET / for load 1"]);
    await world.step(1);
    expect([labels(world), served, heard.slice(1)]).toEqual([
      ["request copy of GET / for load 1", "response 200 to GET / for load 1"],
      ["isolate-1"],
      ["fault duplicated, copy to isolate-1"],
    ]);
    await world.step(0);
    expect([served, heard.at(-1)]).toEqual([["isolate-1", "isolate-1"], "repeated at isolate-1"]);
  });

  it.each([
    ["the copy's", [1, 0, 1], "isolate-1 2", "discarded 200 of isolate-1"],
    ["its own", [1, 0, 0], "isolate-1 1", "discarded 200 of isolate-1"],
  ])("gets the first answer that comes, here %s; the other finds nobody", async (_whose, choices, first, discarded) => {
    const { world, outcome, heard } = duplicating();
    await world.open();
    for (const choice of choices) await world.step(choice);
    expect([outcome, labels(world), heard.slice(3)]).toEqual([[first], [], ["answered 200", discarded]]);
  });

  it("is answered before its copy arrives: what that comes to finds nobody", async () => {
    const { world, outcome, served, heard } = duplicating();
    await world.open();
    for (const choice of [1, 1, 0]) await world.step(choice);
    expect([outcome, served.length, labels(world)]).toEqual([["isolate-1 1"], 2, []]);
    expect(heard.slice(2)).toEqual(["answered 200", "repeated at isolate-1", "discarded 200 of isolate-1"]);
  });

  it("goes to any server of its origin the second time, each a choice of its own", async () => {
    const ends = new Set<string>();
    for (const way of [1, 2, 3]) {
      const { world, served, outcome, heard } = duplicating(3);
      await world.open();
      expect(new Set(world.state().choices).size).toBe(4);
      for (const choice of [way, 0, 1]) await world.step(choice);
      expect(heard).toContain(`fault duplicated, copy to isolate-${way}`);
      ends.add(`${served.join(" ")}: ${outcome}`);
    }
    expect(ends).toEqual(new Set([1, 2, 3].map((way) => `isolate-1 isolate-${way}: isolate-${way} 2`)));
  });

  it("happens as often as granted, also to the copy", async () => {
    for (const [budget, arrivals] of [
      [1, 2],
      [3, 4],
    ] as const) {
      const { world, served } = duplicating(1, budget);
      await world.open();
      const fault = (kinds: readonly string[]) =>
        Math.max(
          0,
          kinds.findIndex((kind) => kind.startsWith("fault:")),
        );
      await finish(world, () => fault(world.enabled().map(({ kind }) => kind)));
      expect(served).toHaveLength(arrivals);
    }
  });

  it("is lost to its sender with the first server that dies of it; the copy still arrives", async () => {
    const { world, network, isolate } = setup(undefined, [TWICE], { faults: { duplicated: 1 } });
    const browser = world.actor("ada", "browser");
    let arrivals = 0;
    const server: Server = { actor: isolate, handle: () => new Promise(() => arrivals++) };
    network.route("https://app.test", () => server);
    const { answer } = network.send(browser, "load 1", { method: "GET", url: "https://app.test/", headers: [], body: null });
    await world.open();
    await world.step(1);
    network.kill(isolate);
    expect(labels(world)).toEqual(["request copy of GET / for load 1", "response no answer to GET / for load 1"]);
    await world.step(1);
    expect([await answer, arrivals]).toEqual([null, 1]);
    await world.step(0);
    expect(arrivals).toBe(2);
  });

  it("is a piece of work of its own where it is served, and another one with each copy", async () => {
    const { world, network, isolate } = setup(undefined, [TWICE], { faults: { duplicated: 2 } });
    const browser = world.actor("ada", "browser");
    const tasks: (string | null | undefined)[] = [];
    const server: Server = {
      actor: isolate,
      handle: async () => {
        tasks.push(contexts.getStore()?.task);
        return OK;
      },
    };
    network.route("https://app.test", () => server);
    void network.send(browser, "load 1", { method: "GET", url: "https://app.test/", headers: [], body: null });
    await world.open();
    const twice = () => world.enabled().findIndex(({ kind }) => kind.startsWith("fault:"));
    await finish(world, () => Math.max(0, twice()));
    expect(tasks).toEqual(["load 1", "load 1.copy", "load 1.copy.copy"]);
  });

  it("has keys that tell a copy from what it was made of, and one that somebody waits for from one that nobody does", async () => {
    const keys = [];
    for (const choices of [[0], [1], [1, 1], [1, 0], [1, 0, 0]]) {
      const { world } = duplicating();
      await world.open();
      for (const choice of choices) await world.step(choice);
      keys.push(world.key());
    }
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("an actor that is killed", () => {
  /** The isolate serves a browser, and asks the issuer before it answers. */
  function serving() {
    const all = setup();
    const { world, network, isolate } = all;
    const browser = world.actor("ada", "browser");
    network.route("https://app.test", () => ({
      actor: isolate,
      handle: async () => {
        await fetch(`${ISSUER}/a`);
        return OK;
      },
    }));
    const answers: unknown[] = [];
    const ask = () => {
      const { answer } = network.send(browser, "load 1", { method: "GET", url: "https://app.test/", headers: [], body: null });
      void answer.then((response) => answers.push(response));
    };
    return { ...all, browser, ask, answers };
  }

  it("serves a request from the step in which it arrives to its answer", async () => {
    const { world, network, isolate, ask } = serving();
    ask();
    const counts = [network.serving(isolate)];
    for (const _step of ["arrives", "the issuer's request", "the issuer's answer"]) {
      await world.step(0);
      counts.push(network.serving(isolate));
    }
    expect(counts).toEqual([0, 1, 1, 0]);
  });

  it("loses the connections that it serves: who waits learns it in a step of its own, and only once", async () => {
    const { world, network, isolate, ask, answers } = serving();
    ask();
    await world.step(0);
    network.kill(isolate);
    expect([labels(world), network.serving(isolate), answers]).toEqual([
      ["request GET /a for load 1", "response no answer to GET / for load 1"],
      0,
      [],
    ]);
    await finish(world);
    expect(answers).toEqual([null]);
  });

  it("cannot call back what it has sent: that still arrives, and its answer is lost at once", async () => {
    const { world, network, isolate, ask, received, heard } = serving();
    ask();
    await world.step(0);
    network.kill(isolate);
    await world.step(0);
    expect([received.length, heard.at(-1), labels(world)]).toEqual([1, "lost 200", ["response no answer to GET / for load 1"]]);
  });

  it("never gets the answer that is on its way, and whoever listens hears what was lost", async () => {
    const { world, network, isolate, ask, heard } = serving();
    ask();
    await world.step(0);
    await world.step(0);
    expect(labels(world)).toEqual(["response 200 to GET /a for load 1"]);
    network.kill(isolate);
    expect([heard.at(-1), labels(world)]).toEqual(["lost 200", ["response no answer to GET / for load 1"]]);
  });

  it("is asked again by what had not arrived, and what it asks from then on is answered", async () => {
    const { world, network, isolate, ask, answers } = serving();
    ask();
    network.kill(isolate);
    expect(labels(world)).toEqual(["request GET / for load 1"]);
    await finish(world);
    expect(answers).toEqual([{ from: isolate, response: OK }]);
  });

  it("is no sender any more: what it has sent is another operation then, and the key of the state says so", async () => {
    const { world, network, isolate, ask } = serving();
    ask();
    await world.step(0);
    const [before] = world.state().choices;
    network.kill(isolate);
    const [after] = world.state().choices;
    expect(before).not.toContain("has died");
    expect(after).toContain("isolate-1, which has died");
  });

  it("is a sender again in its next life, which is not confused with the one before", async () => {
    const { world, network, isolate, ask } = serving();
    ask();
    await world.step(0);
    network.kill(isolate);
    ask();
    // The answer that nobody gave is on its way, and the new page has arrived.
    await world.step(labels(world).indexOf("request GET / for load 1"));
    const requests = world.state().choices.filter((name) => name.includes("https://issuer.test/a"));
    expect(requests.map((name) => name.includes("has died"))).toEqual([true, false]);
  });

  it("is at work at what it serves, also while it waits for another page's flight, and no longer when it has answered", async () => {
    // It declares what its pages share, so what a page has received is in the key for as long as the page is not finished.
    const keys = await Promise.all(
      ["/one", "/other"].map(async (path) => {
        const { world, network, isolate } = setup();
        world.declareMemory(isolate, () => null);
        let flight: Promise<unknown> | null = null;
        network.route("https://app.test", () => ({
          actor: isolate,
          handle: async () => {
            flight ??= fetch(`${ISSUER}/a`);
            await flight;
            return OK;
          },
        }));
        for (const [load, url] of [
          ["load 1", "https://app.test/"],
          ["load 2", `https://app.test${path}`],
        ] as const) {
          void network.send(world.actor("ada", "browser"), load, { method: "GET", url, headers: [], body: null });
          await world.step(world.enabled().length - 1);
        }
        expect(labels(world)).toEqual(["request GET /a for load 1"]);
        const waiting = world.key();
        await finish(world);
        return [waiting, world.key()];
      }),
    );
    expect(keys[0]?.[0]).not.toBe(keys[1]?.[0]);
    expect(keys[0]?.[1]).toBe(keys[1]?.[1]);
  });
});

it("a request whose caller gave up is another operation from then on: its answer will find nobody", async () => {
  const { world, isolate } = setup();
  const abort = new AbortController();
  world.as(isolate, "load 1", () => fetch(`${ISSUER}/a`, { signal: abort.signal }).catch(() => {}));
  await world.open();
  const before = world.state();
  abort.abort();
  await world.open();
  expect(labels(world)).toEqual(["request GET /a for load 1"]);
  expect(world.state().key).not.toBe(before.key);
  expect(world.state().choices).not.toEqual(before.choices);
});
