import type { Estimate } from "../model/timed.ts";

/** What an interval leaves out on each side, at 95 %. */
const TAIL = 0.025;

/**
 * How often something happens in `exposure` units, of which it happened `count` times: exact for a Poisson count, whatever its size
 * (Garwood, "Fiducial Limits for the Poisson Distribution", 1936). Nothing seen still has an upper bound.
 *
 * @example
 * ```ts
 * const { value, low, high } = poissonRate(0, 1_000_000);
 * [value, low, Math.round(high * 1e9) / 1e3]; // [0, 0, 3.689]
 * ```
 */
export function poissonRate(count: number, exposure: number): Estimate {
  const low = count === 0 ? 0 : solve((mean) => 1 - poissonBelow(count - 1, mean) - TAIL, 0, count);
  const high = solve((mean) => TAIL - poissonBelow(count, mean), count, 2 * count + 20);
  return { value: count / exposure, low: low / exposure, high: high / exposure };
}

/**
 * The mean of independent observations with the interval of Student's t; null for fewer than two.
 *
 * @example
 * ```ts
 * meanOf([1, 2, 3])?.value; // 2
 * ```
 */
export function meanOf(observations: readonly number[]): Estimate | null {
  const count = observations.length;
  if (count < 2) return null;
  const value = average(observations);
  const error = Math.sqrt(varianceOf(observations) / count);
  const reach = studentQuantile(count - 1) * error;
  return { value, low: value - reach, high: value + reach };
}

/** Variance by mean, about 1 for a Poisson count; null for fewer than two observations, or where nothing was observed. */
export function dispersionOf(counts: readonly number[]): number | null {
  const mean = average(counts);
  return counts.length < 2 || mean === 0 ? null : varianceOf(counts) / mean;
}

/** P(X ≤ count) of a Poisson distribution, summed by logarithms, so that no term is too small to begin with. */
function poissonBelow(count: number, mean: number): number {
  let logarithm = -mean;
  let sum = Math.exp(logarithm);
  for (let k = 1; k <= count; k++) {
    logarithm += Math.log(mean / k);
    sum += Math.exp(logarithm);
  }
  return sum;
}

/** The two-sided 95 % quantile of Student's t. */
function studentQuantile(freedom: number): number {
  return solve((t) => studentWithin(t, freedom) - (1 - 2 * TAIL), 0, 100);
}

/** P(|T| ≤ t) for whole degrees of freedom (Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4). */
function studentWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= (Math.cos(angle) ** 2 * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** Where a rising function is zero, by halving. */
function solve(rising: (x: number) => number, low: number, high: number): number {
  let [below, above] = [low, high];
  while (rising(above) < 0) above *= 2;
  // As far as a double goes.
  for (let halvings = 0; halvings < 100; halvings++) {
    const middle = (below + above) / 2;
    if (rising(middle) < 0) below = middle;
    else above = middle;
  }
  return above;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
