import { describe, expect, it } from "vitest";
import { FAULTS, formatFaults, NETWORK_FAULTS, parseFaults } from "./faults.ts";

describe("parseFaults", () => {
  it("reads names and counts, and formatFaults writes them", () => {
    const budgets = parseFaults("issuer-503:2,browser-response-lost");
    expect(budgets).toEqual({ "issuer-503": 2, "browser-response-lost": 1 });
    expect(formatFaults(budgets)).toBe("issuer-503:2,browser-response-lost:1");
  });

  it.each(FAULTS.map(({ name }) => name))("knows %s, once where no count is given", (name) => {
    expect(parseFaults(name)).toEqual({ [name]: 1 });
    expect(parseFaults(`${name}:9999`)).toEqual({ [name]: 9999 });
  });

  it("takes nothing for nothing", () => {
    expect(parseFaults("")).toEqual({});
  });

  it.each([
    "meteor",
    "issuer-503:0",
    "issuer-503:-1",
    "issuer-503:x",
    "issuer-503:1:2",
    "issuer-503:1.5",
    "issuer-503:",
    "issuer-503:10000",
    "isolate-killed:0",
  ])("refuses %s", (text) => {
    expect(() => parseFaults(text)).toThrow(/expected/);
  });
});

describe("the faults", () => {
  it("have a name and a sentence each, and some befall no message", () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
    expect(FAULTS.every(({ describe }) => describe.length > 0)).toBe(true);
    const ofWires = new Set(NETWORK_FAULTS.map(({ name }) => name));
    expect(FAULTS.filter(({ name }) => !ofWires.has(name)).map(({ name }) => name)).toEqual([
      "browser-aborted",
      "isolate-killed",
      "isolate-cold-start",
    ]);
  });
});
