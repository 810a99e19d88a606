import type { Granularity } from "../model/cell.ts";
import type { Target } from "../model/target.ts";

/** The most loads for which an exhaustive search with a step for each WebCrypto result ends in seconds. */
const MOST_ORDERED_LOADS = 3;

/**
 * How WebCrypto results reach isolates when nobody says so. A search that samples pays about a tenth more for a step a result, and
 * finds what it finds as soon, so it tries them in any order. One that tries everything takes them in order: among four loads of
 * `ledger` on one isolate that makes 3,267 states of 195, and among eight 20,000 runs come to no end, so with many loads it keeps them inline.
 * So does every search of a target that makes dozens of WebCrypto calls a request: four times as many steps, and nothing to see in them.
 *
 * @example
 * ```ts
 * usualGranularity(reference, "random", 8); // "interleaved"
 * ```
 */
export function usualGranularity(target: Pick<Target, "makesManyCryptoCalls">, explore: string, loads: number): Granularity {
  if (target.makesManyCryptoCalls === true) return "inline";
  if (explore !== "exhaustive") return "interleaved";
  return loads <= MOST_ORDERED_LOADS ? "ordered" : "inline";
}
