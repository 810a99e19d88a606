import { describe, expect, it } from "vitest";
import { Chance } from "./chance.ts";

const MANY = 20_000;

function draw<T>(name: string, one: (chance: Chance) => T): T[] {
  const chance = new Chance(name);
  return Array.from({ length: MANY }, () => one(chance));
}

const partOf = (values: readonly number[], is: (value: number) => boolean) => values.filter(is).length / values.length;

describe("a stream of random numbers", () => {
  it("is the same for the same name, and another for another", () => {
    const lognormal = (chance: Chance) => chance.lognormal({ median: 1, p99: 10 });
    expect(draw("ada", lognormal)).toEqual(draw("ada", lognormal));
    expect(draw("ada", lognormal)).not.toEqual(draw("ben", lognormal));
  });

  it("has every whole number below the limit about as often", () => {
    const dice = draw("dice", (chance) => chance.whole(6));
    // A standard error is 0.0026.
    for (const face of [0, 1, 2, 3, 4, 5]) expect(Math.abs(partOf(dice, (value) => value === face) - 1 / 6)).toBeLessThan(0.01);
    expect(dice.every((value) => Number.isInteger(value) && value >= 0 && value < 6)).toBe(true);
  });

  it("has uniform numbers from 0 to below 1", () => {
    const values = draw("uniform", (chance) => chance.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    for (const part of [0.1, 0.5, 0.9]) expect(Math.abs(partOf(values, (value) => value < part) - part)).toBeLessThan(0.012);
  });
});

describe("a lognormal draw", () => {
  const values = draw("delays", (chance) => chance.lognormal({ median: 40, p99: 400 }));

  it("is below its median every other time, and above its p99 once in a hundred", () => {
    // Standard errors of 0.0035 and 0.0007.
    expect(Math.abs(partOf(values, (value) => value < 40) - 0.5)).toBeLessThan(0.012);
    expect(Math.abs(partOf(values, (value) => value > 400) - 0.01)).toBeLessThan(0.0025);
  });

  it("is symmetric in its logarithm: as far below the median as above it", () => {
    expect(Math.abs(partOf(values, (value) => value < 4) - 0.01)).toBeLessThan(0.0025);
    expect(Math.min(...values)).toBeGreaterThan(0);
  });

  it.each([
    [{ median: 7, p99: 7 }, 7],
    [{ median: 0, p99: 0 }, 0],
  ])("without a spread, as in %j, is the median and draws nothing", (spread, value) => {
    const [one, other] = [new Chance("same"), new Chance("same")];
    expect(one.lognormal(spread)).toBe(value);
    expect(one.uniform()).toBe(other.uniform());
  });
});
