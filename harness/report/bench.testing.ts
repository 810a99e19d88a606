import type { BenchFile } from "./bench-file.ts";

/** A bench of two sizes, with round numbers. */
export const bench: BenchFile = {
  version: 1,
  ratios: [
    { what: "schedules", ratio: 3.14, low: 3, high: 3.5, processor: 3.2, aim: 5 },
    { what: "issuer", ratio: 1.6, low: 1.5, high: 1.7, processor: null, aim: 1 },
    { what: "waitFor alone", ratio: 3, low: 2, high: 4, processor: null, aim: null },
  ],
  cell: "page-loads-at-expiry, <reference>",
  proofs: [
    { loads: 2, states: 87, transitions: 98, runs: 28, interleavings: null, seconds: 0.25 },
    { loads: 3, states: 1_200, transitions: 2_000, runs: 97, interleavings: "29100", seconds: 1 },
  ],
  samplers: [
    { explorer: "random", loads: 2, schedules: 60, steps: 30, milliseconds: 4.25 },
    { explorer: "random", loads: 3, schedules: 60, steps: 40, milliseconds: 7 },
    { explorer: "pct", loads: 3, schedules: 60, steps: 40, milliseconds: 6 },
  ],
  machine: { node: "24.0.0", cores: 2, load: [0.5, 2] },
};
