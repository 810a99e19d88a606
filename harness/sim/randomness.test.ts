import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Randomness } from "./randomness.ts";

describe("Randomness", () => {
  it("gives the n-th draw of an actor as a function of seed, actor and n alone", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.constantFrom("isolate-1", "isolate-2", "issuer"), { maxLength: 30 }), (seed, order) => {
        const mixed = new Randomness(seed);
        const alone = new Map(["isolate-1", "isolate-2", "issuer"].map((actor) => [actor, new Randomness(seed)]));
        for (const actor of order) expect(mixed.bytes(actor, 8)).toEqual(alone.get(actor)?.bytes(actor, 8));
      }),
      { numRuns: 30 },
    );
  });

  it("never repeats a draw, whoever makes it and under whichever seed", () => {
    const seen = new Set<string>();
    for (const seed of ["a", "b"]) {
      const randomness = new Randomness(seed);
      for (const actor of ["isolate-1", "isolate-11", "issuer"])
        for (let n = 0; n < 200; n++) seen.add(Buffer.from(randomness.bytes(actor, 16)).toString("hex"));
    }
    expect(seen.size).toBe(2 * 3 * 200);
  });

  it.each([0, 1, 31, 32, 33, 64, 100])("fills %i bytes to the last", (length) => {
    const draws = Array.from({ length: 40 }, (_, n) => new Randomness(`${n}`).bytes("a", length));
    expect(draws.every((bytes) => bytes.length === length)).toBe(true);
    // A byte that is the same in 40 draws was not drawn at all.
    for (let index = 0; index < length; index++) expect(new Set(draws.map((bytes) => bytes[index])).size).toBeGreaterThan(1);
  });

  it("draws numbers in [0, 1) that spread evenly and use all 53 bits", () => {
    const randomness = new Randomness("s");
    const numbers = Array.from({ length: 2_000 }, () => randomness.number("a"));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
    expect(numbers.some((number) => (number * 2 ** 53) % 2 === 1)).toBe(true);
  });

  it("draws version 4 UUIDs", () => {
    const randomness = new Randomness("s");
    for (let n = 0; n < 100; n++)
      expect(randomness.uuid("a")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("counts the numbers that each actor drew, in an order of its own, and no bytes", () => {
    const randomness = new Randomness("s");
    randomness.bytes("b", 1);
    randomness.number("b");
    randomness.number("a");
    randomness.number("b");
    randomness.uuid("c");
    expect(randomness.numbers()).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("is the same on every machine and in every release: recorded schedules depend on it", () => {
    const randomness = new Randomness("holdfast");
    const all = [randomness.uuid("isolate-1"), randomness.number("isolate-1"), randomness.bytes("issuer", 40).join()];
    expect(createHash("sha256").update(all.join("\n")).digest("hex").slice(0, 16)).toBe("4de7bf07402727ea");
  });
});
