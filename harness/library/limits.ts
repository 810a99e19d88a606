import { z } from "zod";
import { GRANULARITIES } from "../model/cell.ts";

function wholeNumber(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return z.int(expected).min(from, expected).max(to, expected);
}

/** The numbers of a cell, within what a replay string can say. */
export const LIMITS = {
  isolates: wholeNumber(1, 64),
  loads: wholeNumber(1, 1_000),
  /** Milliseconds. */
  accessTokenLifetime: wholeNumber(10_000, 86_400_000),
  faults: wholeNumber(1, 9_999),
  timeSteps: wholeNumber(0, 10_000),
  schedules: wholeNumber(1, 100_000_000),
  seed: wholeNumber(0, 2 ** 31 - 1),
  page: z.enum(["request", "document"], '"request" or "document"'),
  crypto: z.enum(GRANULARITIES, '"inline", "ordered" or "interleaved"'),
} as const;
