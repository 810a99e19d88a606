/** The value below which so much of a sample lies, by the nearest rank; 0 of an empty one. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** For people: `p50 3 ms, p90 8 ms, p99 21 ms, max 1,402 ms`. */
export function latencies(milliseconds: readonly number[]): string {
  const shares: readonly (readonly [string, number])[] = [
    ["p50", 0.5],
    ["p90", 0.9],
    ["p99", 0.99],
    ["max", 1],
  ];
  return shares.map(([name, share]) => `${name} ${Math.round(percentile(milliseconds, share)).toLocaleString("en")} ms`).join(", ");
}
