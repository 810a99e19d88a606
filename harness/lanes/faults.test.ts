import { describe, expect, it } from "vitest";
import { formatFaults, parseFaults } from "./faults.ts";

describe("parseFaults", () => {
  it("reads names and counts, and formatFaults writes them", () => {
    const budgets = parseFaults("issuer-503:2,browser-response-lost");
    expect(budgets).toEqual({ "issuer-503": 2, "browser-response-lost": 1 });
    expect(formatFaults(budgets)).toBe("issuer-503:2,browser-response-lost:1");
  });

  it("takes nothing for nothing", () => {
    expect(parseFaults("")).toEqual({});
  });

  it.each(["meteor", "issuer-503:0", "issuer-503:-1", "issuer-503:x", "issuer-503:1:2", "issuer-503:1.5", "issuer-503:"])(
    "refuses %s",
    (text) => {
      expect(() => parseFaults(text)).toThrow(/expected/);
    },
  );
});
