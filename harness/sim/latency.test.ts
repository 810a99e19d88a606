import { describe, expect, it } from "vitest";
import { drawLatencies, formatLatencies, type Latencies, parseLatencies, USUAL_LATENCIES } from "./latency.ts";
import type { Operation } from "./operation.ts";
import { operation } from "./world.testing.ts";

const browser = { name: "ada", kind: "browser" } as const;
const isolate = { name: "isolate-1", kind: "isolate" } as const;
const issuer = { name: "issuer", kind: "issuer" } as const;

describe("latencies on the command line", () => {
  it("are a median and a p99, or a median alone, and what is usual for the rest", () => {
    expect(parseLatencies("issuer=80/900,store=2.5")).toEqual({
      ...USUAL_LATENCIES,
      issuer: { median: 80, p99: 900 },
      store: { median: 2.5, p99: 2.5 },
    });
    expect(parseLatencies("")).toEqual(USUAL_LATENCIES);
  });

  it("are written as they are read", () => {
    const latencies = parseLatencies("browser=1/2,issuer=0,store=0.5/3600000,crypto=0.2/0.2");
    expect(parseLatencies(formatLatencies(latencies))).toEqual(latencies);
  });

  it.each([
    ["an unknown hop", "database=3"],
    ["no hop", "=3"],
    ["no number", "issuer=slow"],
    ["a negative one", "issuer=-1"],
    ["a p99 below the median", "issuer=80/79"],
    ["a p99 of what takes no time", "issuer=0/5"],
    ["more than an hour", "issuer=80/3600001"],
    ["too many parts", "issuer=80/90/100"],
  ])("are refused for %s", (_, text) => {
    expect(() => parseLatencies(text)).toThrow(expect.objectContaining({ code: "BAD_USAGE", message: expect.stringContaining(text) }));
  });
});

describe("the latency of an operation", () => {
  const fixed: Latencies = {
    browser: { median: 1, p99: 1 },
    issuer: { median: 2, p99: 2 },
    store: { median: 3, p99: 3 },
    crypto: { median: 4, p99: 4 },
  };

  it.each<[string, Partial<Operation>, number]>([
    ["a request of a browser", { kind: "request", from: browser, to: isolate }, 1],
    ["a response to a browser", { kind: "response", from: isolate, to: browser }, 1],
    ["a browser's way to the issuer", { kind: "request", from: browser, to: issuer }, 1],
    ["a request to the issuer", { kind: "request", from: isolate, to: issuer }, 2],
    ["its response", { kind: "response", from: issuer, to: isolate }, 2],
    ["a statement", { kind: "statement", to: isolate }, 3],
    ["a WebCrypto call", { kind: "crypto", to: isolate }, 4],
    ["a timer, which knows its moment itself", { kind: "timer", to: isolate }, 0],
    ["a choice", { kind: "task", to: isolate }, 0],
  ])("is that of its hop: of %s", (_, change, latency) => {
    expect(drawLatencies(fixed, "seed")(operation(isolate, "", () => {}, change))).toBe(latency);
  });

  it("is a function of the seed, the hop and how many of it there were, whatever happened on other hops", () => {
    const [statement, message] = (["statement", "request"] as const).map((kind) =>
      operation(issuer, "", () => {}, { kind, from: isolate }),
    );
    const latencies = parseLatencies("");
    const alone = drawLatencies(latencies, "seed");
    const mixed = drawLatencies(latencies, "seed");
    const other = drawLatencies(latencies, "another seed");
    const sequence = (latency: typeof alone, between: () => void) =>
      Array.from({ length: 20 }, () => {
        between();
        return latency(statement as Operation);
      });
    const expected = sequence(alone, () => {});
    expect(sequence(mixed, () => mixed(message as Operation))).toEqual(expected);
    expect(sequence(other, () => {})).not.toEqual(expected);
  });

  it("is a whole number of microseconds, and an hour at most", () => {
    const slow = drawLatencies(parseLatencies("store=1800000/3600000"), "seed");
    const statement = operation(isolate, "", () => {}, { kind: "statement" });
    const drawn = Array.from({ length: 500 }, () => slow(statement));
    expect(Math.max(...drawn)).toBe(3_600_000);
    const quick = drawLatencies(parseLatencies("store=0.3/5"), "seed");
    for (let n = 0; n < 500; n++) {
      const microseconds = quick(statement) * 1_000;
      expect(Math.abs(microseconds - Math.round(microseconds))).toBeLessThan(1e-6);
    }
  });
});
