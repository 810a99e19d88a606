import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dispersionOf, meanOf, poissonRate } from "./intervals.ts";

describe("the exact interval of a Poisson count", () => {
  // Half the quantiles of the chi-squared distribution with 2k and 2k + 2 degrees of freedom, as every table of them has it.
  it.each([
    [0, 0, 3.6889],
    [1, 0.0253, 5.5716],
    [2, 0.2422, 7.2247],
    [3, 0.6187, 8.7673],
    [5, 1.6235, 11.6683],
    [10, 4.7954, 18.3904],
    [20, 12.2165, 30.8884],
    [50, 37.111, 65.9183],
    [100, 81.364, 121.6268],
  ])("of %i is %f to %f", (count, low, high) => {
    const rate = poissonRate(count, 1);
    expect(rate.value).toBe(count);
    expect(rate.low).toBeCloseTo(low, 3);
    expect(rate.high).toBeCloseTo(high, 3);
  });

  it("is that of the count divided by the exposure", () => {
    const [one, many] = [poissonRate(7, 1), poissonRate(7, 1_000)];
    expect(many.value).toBe(0.007);
    expect(many.low).toBeCloseTo(one.low / 1_000, 12);
    expect(many.high).toBeCloseTo(one.high / 1_000, 12);
  });

  it("becomes the normal one for counts of thousands", () => {
    const { low, high } = poissonRate(40_000, 1);
    expect(low).toBeGreaterThan(40_000 - 1.97 * 200);
    expect(low).toBeLessThan(40_000 - 1.94 * 200);
    expect(high).toBeGreaterThan(40_000 + 1.95 * 200);
    expect(high).toBeLessThan(40_000 + 1.98 * 200);
  });

  it("covers the count, and more of it is never less", () => {
    fc.assert(
      fc.property(fc.nat(2_000), (count) => {
        const [rate, next] = [poissonRate(count, 1), poissonRate(count + 1, 1)];
        expect(rate.low).toBeLessThanOrEqual(count);
        expect(rate.high).toBeGreaterThan(count);
        expect(next.low).toBeGreaterThan(rate.low);
        expect(next.high).toBeGreaterThan(rate.high);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe("the interval of a mean", () => {
  /** Two-sided 95 % quantiles of Student's t, by degrees of freedom, as every table of them has it. */
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [10, 2.228],
    [30, 2.042],
    [99, 1.984],
    [1_000, 1.962],
  ])("with %i degrees of freedom reaches %f standard errors to each side", (freedom, quantile) => {
    // Half of them 0 and half 2, or nearly so.
    const observations = Array.from({ length: freedom + 1 }, (_, index) => (index % 2) * 2);
    const estimate = meanOf(observations);
    const mean = observations.reduce((sum, value) => sum + value, 0) / observations.length;
    const squares = observations.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const error = Math.sqrt(squares / freedom / observations.length);
    expect(estimate?.value).toBeCloseTo(mean, 12);
    expect(((estimate?.high ?? 0) - mean) / error).toBeCloseTo(quantile, 3);
    expect((mean - (estimate?.low ?? 0)) / error).toBeCloseTo(quantile, 3);
  });

  it("has no width where nothing differs, and does not exist for one observation or none", () => {
    expect(meanOf([3, 3, 3])).toEqual({ value: 3, low: 3, high: 3 });
    expect([meanOf([3]), meanOf([])]).toEqual([null, null]);
  });
});

describe("the dispersion of counts", () => {
  it("is their variance by their mean", () => {
    expect(dispersionOf([1, 3])).toBe(1);
    expect(dispersionOf([2, 2, 2])).toBe(0);
    expect(dispersionOf([0, 0, 12])).toBe(12);
  });

  it("does not exist where there is nothing to compare", () => {
    expect([dispersionOf([4]), dispersionOf([0, 0])]).toEqual([null, null]);
  });
});
