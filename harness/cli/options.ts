import { InvalidArgumentError } from "commander";
import type { Shard } from "./shards.ts";

/** More machines than that nobody has for one run. */
const MOST_SHARDS = 1_000;

/**
 * A parser for an option that is a whole number within bounds.
 *
 * @example
 * ```ts
 * wholeNumber(1, 64)("8"); // 8
 * ```
 */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
  };
}

/** A parser for an option that is a shard, as in 2/4: the second of four. */
export function shardOption(text: string): Shard {
  const [, index, count] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []).map(Number) as [unknown, number?, number?];
  if (index !== undefined && count !== undefined && index <= count && count <= MOST_SHARDS) return { index, count };
  throw new InvalidArgumentError(`Expected a shard of at most ${MOST_SHARDS.toLocaleString("en-US")}, as in 2/4: the second of four.`);
}

/** A parser for an option that is one of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`Expected one of: ${words.join(", ")}.`);
  };
}

/** A parser for an option that is several of what another one is, with commas between them. */
export function listOf<T>(parse: (text: string) => T): (text: string) => readonly T[] {
  return (text) => text.split(",").map(parse);
}

/** A parser for an option that is several names. */
export const namesOf = listOf((name) => {
  if (name !== "") return name;
  throw new InvalidArgumentError("Expected names with commas between them.");
});

/** A parser for an option that is where something is reached: scheme, host and port of a URL. */
export function httpOrigin(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, "")) return url.origin;
  throw new InvalidArgumentError("Expected an http or https URL without a path.");
}

/** A parser for an option that is a bearer which nobody guesses. */
export function longBearer(text: string): string {
  if (/^[\w.~+/-]{16,200}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected 16 to 200 characters that a bearer may have.");
}
