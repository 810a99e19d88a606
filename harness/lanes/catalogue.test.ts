import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import { fifo } from "../explore/fifo.ts";
import { profiles } from "../issuer/profiles.ts";
import { HoldfastError, unknownName } from "../model/error.ts";
import { CATALOGUE, explorerNamed, resolveSetting } from "./catalogue.ts";

describe("the catalogue", () => {
  it.each(Object.entries(CATALOGUE))("has %s, each named once and explained in words", (_, entries) => {
    expect(entries.length).toBeGreaterThan(1);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    for (const { name, describe } of entries) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(describe.length).toBeGreaterThan(10);
    }
  });
});

describe("a cell's names", () => {
  it("stand for the profile and the explorer of that name", async () => {
    const { spec, scenario, target } = await cellOf({ profile: "better-auth" });
    expect(resolveSetting(spec, scenario, target)).toEqual({ spec, scenario, target, profile: profiles["better-auth"] });
    expect(explorerNamed("fifo")).toBe(fifo);
  });

  it("are refused when nobody has them, with those that there are", async () => {
    const { spec, scenario, target } = await cellOf({});
    const refused = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return error;
      }
      throw new Error("it was taken");
    };
    const errors = [
      refused(() => resolveSetting({ ...spec, profile: "nobody" }, scenario, target)),
      refused(() => resolveSetting({ ...spec, strategy: "hope" }, scenario, target)),
      refused(() => explorerNamed("psychic")),
    ] as HoldfastError[];
    expect(errors.every((error) => error instanceof HoldfastError && error.exitStatus === 2)).toBe(true);
    expect(errors.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ["BAD_USAGE", 'expected a profile, got "nobody"', `known: ${Object.keys(profiles).join(", ")}`],
      ["BAD_USAGE", 'expected a strategy of reference, got "hope"', "known: ledger, server-session, single-flight, naive"],
      ["BAD_USAGE", 'expected an explorer, got "psychic"', "known: portfolio, fifo, random, pct, delay, exhaustive"],
    ]);
  });

  it.each(["toString", "__proto__", "constructor", ""])("are not found in what every object has: %j", async (name) => {
    const { spec, scenario, target } = await cellOf({});
    expect(() => resolveSetting({ ...spec, profile: name }, scenario, target)).toThrow(HoldfastError);
    expect(() => explorerNamed(name)).toThrow(HoldfastError);
  });

  it("are asked for with the right article", () => {
    expect(unknownName("invariant", "x", ["a", "b"]).message).toBe('expected an invariant, got "x"');
    expect(unknownName("target", "x", ["a", "b"])).toMatchObject({ message: 'expected a target, got "x"', hint: "known: a, b" });
  });
});
