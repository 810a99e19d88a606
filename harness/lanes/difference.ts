import type { Run } from "./run.ts";

/** Where two runs of one schedule first differ. */
export interface Difference {
  readonly step: number;
  /** The step as each run has it; the same twice where only a header or a body differs. */
  readonly lines: readonly [string, string];
  /** What differs in it, all that the messages brought included. May contain secrets. */
  readonly texts: readonly [string, string];
}

/** The first step in which two traces differ, lines before messages; null where they are the same. */
export function firstDifference(first: Run, again: Run): Difference | null {
  const [lines, others] = [first.trace.lines(), again.trace.lines()];
  const length = Math.max(lines.length, others.length);
  for (let index = 0; index < length; index++) {
    const [line = "(end)", other = "(end)"] = [lines[index], others[index]];
    if (line !== other) return { step: index + 1, lines: [line, other], texts: [line, other] };
  }
  const [payloads, others2] = [first.trace.payloads(), again.trace.payloads()];
  for (const [index, payload] of payloads.entries()) {
    const other = others2[index] ?? "";
    const line = lines[index] ?? "";
    if (payload !== other) return { step: index + 1, lines: [line, line], texts: [payload, other] };
  }
  return null;
}

/** What a value looks like that is another one in each run. */
export type ValueKind = "clock" | "fraction" | "growing" | "random bytes";

/** One day, in milliseconds: nothing that was written down so near to now is anything but the time of day. */
const NEAR = 86_400_000;

/**
 * What two different texts differ by, as far as its form tells: the machine's time, a fraction as of `Math.random`, a number that grows,
 * or a run of letters and digits as random bytes come. Null where it is something else, for instance another order of the same.
 *
 * @param now the machine's time, milliseconds since the epoch
 */
export function kindOfDifference(first: string, second: string, now: number): ValueKind | null {
  const [a, b] = differingWords(first, second);
  const [x, y] = [Number(a), Number(b)];
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) {
    const isNow = (value: number) => Math.abs(value - now) < NEAR || Math.abs(value * 1_000 - now) < NEAR;
    if (isNow(x) && isNow(y)) return "clock";
    return y > x ? "growing" : null;
  }
  if (/^0\.\d+$/.test(a) && /^0\.\d+$/.test(b)) return "fraction";
  const isRandom = (text: string) => /^[\w+/-]{8,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
  return isRandom(a) && isRandom(b) ? "random bytes" : null;
}

/** The words around the first place in which two texts differ. */
function differingWords(first: string, second: string): readonly [string, string] {
  let at = 0;
  while (at < first.length && first[at] === second[at]) at++;
  let from = at;
  while (from > 0 && isOfWord(first[from - 1] ?? "")) from--;
  const word = (text: string) => /^[\w+/.-]*/.exec(text.slice(from))?.[0].replace(/\.$/, "") ?? "";
  return [word(first), word(second)];
}

function isOfWord(character: string): boolean {
  return /[\w+/.-]/.test(character);
}
