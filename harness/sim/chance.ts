import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Draws, Spread } from "../model/timed.ts";

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.326347874040841;

/**
 * One stream of random numbers, of its own for each purpose: what one of them draws moves no other.
 *
 * @example
 * ```ts
 * const one = new Chance("seed 1, ada's day");
 * const again = new Chance("seed 1, ada's day");
 * one.whole(6) === again.whole(6); // true
 * ```
 */
export class Chance implements Draws {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** @param name equal names give equal streams */
  constructor(name: string) {
    this.#generator = xoroshiro128plus(createHash("sha256").update(name).digest().readInt32BE());
  }

  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  whole(limit: number): number {
    return uniformInt(this.#generator, 0, limit - 1);
  }

  /**
   * Without a spread, the median itself.
   * By Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
   */
  lognormal({ median, p99 }: Spread): number {
    if (median === 0 || p99 === median) return median;
    const normal = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return median * Math.exp((normal * Math.log(p99 / median)) / Z99);
  }
}
