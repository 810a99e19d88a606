import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inWorld } from "../world.testing.ts";
import { LightHeaders } from "./headers.ts";
import { servedRequest } from "./request.ts";

/** What an operation came to, as far as anybody can tell. */
async function told(operation: () => unknown): Promise<unknown> {
  try {
    return await shown(await operation());
  } catch (error) {
    return error instanceof Error ? ["threw", error.name, error.message] : ["threw", error];
  }
}

async function shown(value: unknown): Promise<unknown> {
  if (value instanceof ArrayBuffer) return ["buffer", ...new Uint8Array(value)];
  if (value instanceof Uint8Array) return ["bytes", value.constructor.name, ...value];
  if (value instanceof Blob) return ["blob", value.type, await value.text()];
  if (value instanceof FormData) return ["form", ...value];
  if (value instanceof Headers) return ["headers", [...value], value.getSetCookie()];
  if (value instanceof AbortSignal) return ["signal", value.aborted];
  if (value instanceof ReadableStream) return ["stream", value.locked];
  if (value instanceof Request) return ["request", value.method, value.url, [...value.headers], value.redirect, value.bodyUsed];
  if (value instanceof Response) return ["response", value.status, value.statusText, value.url, [...value.headers], value.bodyUsed];
  return value;
}

type Subject = { headers: Headers; message: Request | Response };
type Step = { readonly name: string; run(subject: Subject): unknown };

const step = (name: string, run: Step["run"]): Step => ({ name, run });

/** Mostly the usual, for what is unusual soon makes a light object a real one. */
function mostly<T>(usual: readonly T[], unusual: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...unusual) });
}

const name = mostly(["a", "A", "b", "Cookie", "cookie", "Set-Cookie", "set-cookie", "content-type"], ["", "no name", "é"]);
const value = mostly(
  ["1", "", "two words", "a, b", "application/x-www-form-urlencoded"],
  [" padded\t", "é", "\u0100", "line\nbreak", "\0"],
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", '{"a":1}', "{", "a=1&b=%20&a=2", "\ufefftext", "\ud800", "\udc00x"),
);

const onHeaders: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, value).map(([n, v]) => step(`append ${n} ${v}`, ({ headers }) => headers.append(n, v))),
  fc.tuple(name, value).map(([n, v]) => step(`set ${n} ${v}`, ({ headers }) => headers.set(n, v))),
  name.map((n) => step(`get ${n}`, ({ headers }) => headers.get(n))),
  name.map((n) => step(`has ${n}`, ({ headers }) => headers.has(n))),
  name.map((n) => step(`delete ${n}`, ({ headers }) => headers.delete(n))),
  fc.constantFrom(
    step("all", ({ headers }) => [[...headers], [...headers.keys()], [...headers.values()], [...headers.entries()]]),
    step("set-cookies", ({ headers }) => headers.getSetCookie()),
    step("forEach", ({ headers }) => {
      const seen: unknown[] = [];
      headers.forEach((v, n, all) => {
        seen.push([n, v, all instanceof Headers]);
      });
      return seen;
    }),
    step("iterate while changing", ({ headers }) => {
      const seen: unknown[] = [];
      for (const [n] of headers) {
        seen.push(n);
        if (seen.length < 20) headers.delete(n);
      }
      return seen;
    }),
    step("get of nothing", ({ headers }) => (headers.get as () => unknown)()),
    step("append of half", ({ headers }) => (headers.append as (n: string) => unknown)("a")),
    step("get of a number", ({ headers }) => headers.get(1 as unknown as string)),
    step("set to a number", ({ headers }) => headers.set("n", 1 as unknown as string)),
    step("forEach of nothing", ({ headers }) => (headers.forEach as (f: unknown) => unknown)(null)),
    step("copy", ({ headers }) => new Headers(headers)),
    step("inspect", ({ headers }) => inspect(headers)),
    step("tag", ({ headers }) => [String(headers), headers.constructor === Headers, String(headers.entries())]),
    step("call on the prototype", ({ headers }) => Headers.prototype.get.call(headers, "a")),
  ),
);

const onMessage: fc.Arbitrary<Step> = fc.constantFrom(
  step("text", ({ message }) => message.text()),
  step("json", ({ message }) => message.json()),
  step("arrayBuffer", ({ message }) => message.arrayBuffer()),
  step("bytes", ({ message }) => message.bytes()),
  step("blob", ({ message }) => message.blob()),
  step("formData", ({ message }) => message.formData()),
  step("body", ({ message }) => message.body),
  step("read by a stream", async ({ message }) => {
    const read: number[] = [];
    for await (const chunk of message.body ?? []) read.push(...chunk);
    return read;
  }),
  step("lock", ({ message }) => void message.body?.getReader()),
  step("bodyUsed", ({ message }) => message.bodyUsed),
  step("clone", async ({ message }) => {
    const copy = message.clone();
    copy.headers.append("only-in", "the-copy");
    return [await shown(copy), await copy.text()];
  }),
  step("go on with a clone", (subject) => {
    subject.message = subject.message.clone();
    subject.headers = subject.message.headers;
  }),
  step("as an init", ({ message }) => (message instanceof Request ? new Request(message) : new Response("again", message))),
  step("fields", ({ message }) => shown(message)),
  step("more fields", ({ message }) =>
    message instanceof Request
      ? [message.signal, message.mode, message.credentials, message.cache, message.referrer, message.keepalive].map(String)
      : [message.ok, message.type, message.redirected],
  ),
  step("the headers of before", ({ message, headers }) => message.headers === headers),
  // The stream of a body that was just made says a few microtasks later that it is closed.
  step("inspect", ({ message }) => inspect(message).replace(/state: '\w+'/, "")),
  step("tag", ({ message }) => [String(message), message instanceof Request, message instanceof Response, Object.keys(message)]),
  step("is a class", ({ message }) => message.constructor === (message instanceof Request ? Request : Response)),
  step("call on the prototype", ({ message }) => (message instanceof Request ? Request : Response).prototype.text.call(message as never)),
);

const headersInit = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.dictionary(name, value, { maxKeys: 3 }) },
  { weight: 3, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, 1, "text", [["a"]], [["a", "b", "c"]], { a: 1 }, new Map([["a", "1"]]), {
      [Symbol("s")]: "1",
    }),
  },
);
const bodyInit = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(null, undefined) },
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: text.map((query) => new URLSearchParams(query.toWellFormed())) },
  { weight: 1, arbitrary: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.constantFrom<unknown>(7, {})) },
);

const newHeaders = headersInit.map((init) => () => {
  const headers = new Headers(init as HeadersInit);
  return { headers, message: new Response(null, { headers }) };
});
const newResponse = fc
  .record(
    {
      status: mostly<unknown>([200, 201, 204, 302, 404, 599], [199, 600, 200.5, "404", Number.NaN]),
      statusText: mostly(["", "Not Found"], ["line\nbreak", "é", "\u0100"]),
      headers: headersInit,
    },
    { requiredKeys: [] },
  )
  .chain((init) => fc.tuple(bodyInit, mostly<unknown>([init], [undefined, null])))
  .map(([body, init]) => () => {
    const message = new Response(body as BodyInit, init as ResponseInit);
    return { message, headers: message.headers };
  });
const newJson = fc
  .tuple(fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant(1n)), fc.option(fc.record({ status: fc.constantFrom(201, 204) })))
  .map(([data, init]) => () => {
    const message = init === null ? Response.json(data) : Response.json(data, init);
    return { message, headers: message.headers };
  });
const newRequest = fc
  .record(
    {
      method: mostly(["POST", "PUT", "GET", "PATCH"], ["get", "post", "HEAD", "TRACE", "QUERY", "no method"]),
      headers: headersInit,
      body: bodyInit,
      redirect: mostly(["follow", "manual", "error"], ["never"]),
      signal: mostly<unknown>([undefined], [null]),
      duplex: mostly(["half"], ["full"]),
      keepalive: mostly<unknown>([undefined], [true, false]),
    },
    { requiredKeys: [] },
  )
  .chain((init) =>
    fc.tuple(
      mostly<string | URL>(
        ["https://a.test", "https://a.test/b?c=d#e", new URL("https://a.test/f")],
        ["https://a.test/é x", "https://u:p@a.test/", "/relative", ""],
      ),
      mostly<unknown>([init], [undefined, null]),
    ),
  )
  .map(([url, init]) => () => {
    const message = new Request(url, init as RequestInit);
    return { message, headers: message.headers };
  });

/** Everything that a program sees, one step after the other. */
async function transcript(create: () => Subject, steps: readonly Step[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  let subject: Subject | null = null;
  seen.push(
    await told(() => {
      subject = create();
    }),
  );
  for (const { name: what, run } of subject === null ? [] : steps) seen.push([what, await told(() => run(subject as unknown as Subject))]);
  return seen;
}

describe("inside of a world and outside of it, one sees the same of", () => {
  it.each<[string, fc.Arbitrary<() => Subject>, fc.Arbitrary<Step>]>([
    ["headers", newHeaders, onHeaders],
    ["a response", newResponse, fc.oneof(onHeaders, onMessage)],
    ["a response of JSON", newJson, fc.oneof(onHeaders, onMessage)],
    ["a request", newRequest, fc.oneof(onHeaders, onMessage)],
  ])(
    "%s, whatever is done to it",
    async (_what, created, steps) => {
      await fc.assert(
        fc.asyncProperty(created, fc.array(steps, { maxLength: 12 }), async (create, all) => {
          const inside = await inWorld(() => transcript(create, all));
          expect(inside).toEqual(await transcript(create, all));
        }),
        { numRuns: 3_000, seed: 1 },
      );
    },
    60_000,
  );
});

const isLight = (headers: Headers) => LightHeaders.stateOf(headers)?.real === null;

describe("the request that a server is given", () => {
  const wire = { method: "POST", url: "https://a.test/", headers: [["a", "b"]], body: "c" } as const;
  const served = (signal: AbortSignal) => servedRequest(wire, signal) as Request;

  it("has a signal of its own that follows whoever hangs up, whenever it is asked for", async () => {
    await inWorld(() => {
      const reason = new Error("gone");
      for (const askedFirst of [true, false]) {
        const hungUp = new AbortController();
        const request = served(hungUp.signal);
        const heard: unknown[] = [];
        if (askedFirst) request.signal.addEventListener("abort", () => heard.push(request.signal.reason));
        hungUp.abort(reason);
        expect([request.signal.aborted, request.signal.reason, heard]).toEqual([true, reason, askedFirst ? [reason] : []]);
        expect(request.signal).not.toBe(hungUp.signal);
        expect(request.signal).toBe(request.signal);
      }
    });
  });

  it("hands that on to its clones, and to requests that are made of it", async () => {
    await inWorld(async () => {
      const hungUp = new AbortController();
      const request = served(hungUp.signal);
      const made = [request.clone(), request.clone().clone(), new Request(request, { headers: { d: "e" } })];
      hungUp.abort();
      expect(made.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
      expect(await Promise.all(made.map((each) => each.text()))).toEqual(["c", "c", "c"]);
    });
  });

  it("is light until then", async () => {
    await inWorld(async () => {
      const request = served(new AbortController().signal);
      expect([request.method, request.url, await request.text(), isLight(request.headers)]).toEqual(["POST", "https://a.test/", "c", true]);
      expect(request.signal.aborted).toBe(false);
      expect(isLight(request.headers)).toBe(false);
    });
  });
});

describe("a light object", () => {
  it("is what the usual constructors make in a world, and nowhere else", async () => {
    const make = () => [
      new Headers({ a: "b" }),
      new Request("https://a.test", { method: "POST", headers: [["a", "b"]], body: "c" }).headers,
      new Response("c", { status: 404, headers: { a: "b" } }).headers,
      Response.json({ a: 1 }).headers,
    ];
    expect((await inWorld(make)).map(isLight)).toEqual([true, true, true, true]);
    expect(make().map(isLight)).toEqual([false, false, false, false]);
  });

  it("stays light while nothing unusual is asked of it, and is Node's own object from then on", async () => {
    await inWorld(async () => {
      const response = new Response("c", { headers: { a: "b" } });
      const { headers } = response;
      headers.set("d", "e");
      await response.clone().text();
      expect([response.ok, response.status, headers.get("A"), [...headers].length, isLight(headers)]).toEqual([true, 200, "b", 3, true]);
      expect(response.body).toBeInstanceOf(ReadableStream);
      expect(isLight(headers)).toBe(false);
      headers.set("f", "g");
      expect([response.headers.get("d"), response.headers.get("f"), response.headers === headers]).toEqual(["e", "g", true]);
    });
  });

  it("is understood by what was made outside, and the other way round", async () => {
    const outside = { headers: new Headers({ a: "b" }), response: new Response("c", { headers: { a: "b" } }) };
    const inside = await inWorld(async () => ({
      headers: new Headers({ a: "b" }),
      response: new Response("c", { headers: { a: "b" } }),
      request: new Request("https://a.test", { method: "POST", body: "d" }),
      ofOutside: [[...new Headers(outside.headers)], await new Response(outside.response.body, outside.response).text()],
    }));
    expect(inside.ofOutside).toEqual([[["a", "b"]], "c"]);
    expect([...new Headers(inside.headers)]).toEqual([["a", "b"]]);
    expect(new Response("x", inside.response).headers.get("a")).toBe("b");
    const again = new Request(inside.request, { headers: { e: "f" } });
    expect([await again.text(), again.method, again.headers.get("e"), inside.request.bodyUsed]).toEqual(["d", "POST", "f", true]);
  });

  it("is not made by a class that extends one of Node's", async () => {
    class Own extends Response {
      own = 1;
    }
    const make = () => new Own("a", { status: 201 });
    for (const response of [make(), await inWorld(make)]) {
      expect([response.own, response.status, response instanceof Own, response instanceof Response]).toEqual([1, 201, true, true]);
      expect(await response.text()).toBe("a");
    }
  });

  it.each([Headers, Request, Response])("has the façade's name, length and refusal to be called: %o", (Class) => {
    expect(Class.prototype.constructor).toBe(Class);
    expect(globalThis[Class.name as "Headers"]).toBe(Class);
    expect(() => (Class as unknown as () => unknown)()).toThrow(TypeError);
  });
});
