import { describe, expect, it } from "vitest";
import type { Context } from "../context.ts";

// What a module took before any façade was there; the world is loaded only then.
const saved = { Headers, Request, Response };
const { inWorld } = await import("../world.testing.ts");
const { contexts } = await import("../context.ts");

describe("a class that was taken before the façades came", () => {
  it("is another one, and knows its own and the façade's objects", async () => {
    const make = (classes: typeof saved) => [new classes.Headers(), new classes.Request("https://a.test"), new classes.Response()] as const;
    await inWorld(() => {
      const façades = { Headers, Request, Response };
      for (const [headers, request, response] of [make(saved), make(façades)]) {
        for (const { Headers, Request, Response } of [saved, façades]) {
          expect([headers instanceof Headers, request instanceof Request, response instanceof Response]).toEqual([true, true, true]);
        }
      }
      expect(façades.Request).not.toBe(saved.Request);
    });
  });

  it("makes objects that are Node's own, and work as they do", async () => {
    await inWorld(async () => {
      const request = new saved.Request("https://a.test", { method: "POST", headers: new Headers({ a: "b" }), body: "c" });
      const again = new Request(request, { headers: { d: "e" } });
      expect([await again.text(), again.headers.get("d"), again.headers.get("a"), request.bodyUsed]).toEqual(["c", "e", null, true]);
      const response = new saved.Response("f", new Response("g", { status: 201, headers: { h: "i" } }));
      expect([await response.text(), response.status, response.headers.get("h")]).toEqual(["f", 201, "i"]);
      expect([...new Headers(new saved.Headers({ j: "k" }))]).toEqual([["j", "k"]]);
    });
  });

  it("makes requests that the world's fetch sends", async () => {
    const sent: unknown[] = [];
    await inWorld(async () => {
      const { world } = contexts.getStore() as Context;
      Object.assign(world, { fetcher: { fetch: async (_context: Context, input: Request) => sent.push(input.url, await input.text()) } });
      await fetch(new saved.Request("https://a.test/b", { method: "POST", body: "c" }));
    });
    expect(sent).toEqual(["https://a.test/b", "c"]);
  });

  it("cannot take a light request as what it is to be made of", async () => {
    await inWorld(() => {
      expect(() => new saved.Request(new Request("https://a.test"))).toThrow(TypeError);
    });
  });
});
