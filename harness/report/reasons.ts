import type { CellResult } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";

/** One link of a *because* chain. */
export interface Reason {
  /** 1, 2, 3, …; the same sentence has the same number in every chain of a cell. */
  readonly number: number;
  /** The step in which it happened, where it says one. */
  readonly step: number | null;
  /** The sentence without its step. */
  readonly text: string;
}

/** Why one invariant is broken. */
export interface Chain {
  readonly invariant: InvariantId;
  readonly reasons: readonly Reason[];
  readonly replay: string;
}

/** A refresh token put on the wire. */
export interface Presentation {
  /** The step in which it was sent; of a copy that the wire made, the step in which it came. */
  readonly step: number;
  readonly isolate: string;
  readonly isCopy: boolean;
  readonly token: string;
  readonly load: string | null;
}

const STEP = /^step (\d+) · (.*)$/s;
const PRESENTS = /^(?<isolate>\S+) presents (?<token>RT \S+)(?: again)?(?: for (?<load>\S+))?$/;
const REPEATS = /^the wire presents (?<token>RT \S+) of (?<isolate>\S+) once more(?: for (?<load>\S+))?$/;

/**
 * The sentence and its step, apart.
 *
 * @example
 * ```ts
 * splitSentence("step 14 · the issuer rejects RT F1.g0"); // { step: 14, text: "the issuer rejects RT F1.g0" }
 * ```
 */
export function splitSentence(sentence: string): { readonly step: number | null; readonly text: string } {
  const match = STEP.exec(sentence);
  return match === null ? { step: null, text: sentence } : { step: Number(match[1]), text: match[2] ?? "" };
}

/** The numbered *because* chains of a cell, one for each invariant that it breaks. */
export function chainsOf(result: CellResult): readonly Chain[] {
  const numbers = new Map<string, number>();
  return result.violations.map(({ invariant, because, replay }) => ({
    invariant,
    replay,
    reasons: because.map((sentence) => {
      const number = numbers.get(sentence) ?? numbers.size + 1;
      numbers.set(sentence, number);
      return { number, ...splitSentence(sentence) };
    }),
  }));
}

/** Every reason of the chains once, by number. */
export function reasonsOf(chains: readonly Chain[]): readonly Reason[] {
  const once = new Map(chains.flatMap(({ reasons }) => reasons).map((reason) => [reason.number, reason]));
  return [...once.values()].sort((a, b) => a.number - b.number);
}

/**
 * The presentations of one refresh token that stand in a chain, when there are at least two of them: the fatal pair.
 * Empty when the chain tells of something else.
 */
export function fatalPresentations(reasons: readonly Reason[]): readonly Presentation[] {
  const byToken = new Map<string, Presentation[]>();
  for (const { step, text } of reasons) {
    const copy = REPEATS.exec(text);
    const match = copy ?? PRESENTS.exec(text);
    if (match === null || step === null) continue;
    const { isolate = "", token = "", load = null } = match.groups ?? {};
    byToken.set(token, [...(byToken.get(token) ?? []), { step, isolate, isCopy: copy !== null, token, load }]);
  }
  return [...byToken.values()].find((presentations) => presentations.length > 1) ?? [];
}

/** The fatal pair and what came of it, in two sentences; null when there is no such pair. */
export function inShort(reasons: readonly Reason[]): string | null {
  const presentations = fatalPresentations(reasons);
  const [first] = presentations;
  if (first === undefined) return null;
  const times = presentations.length === 2 ? "twice" : `${presentations.length} times`;
  const who = presentations.map(
    ({ isolate, isCopy, load, step }) => `by ${isCopy ? "the wire" : isolate}${load === null ? "" : ` for ${load}`} (step ${step})`,
  );
  const end = reasons.at(-1)?.text ?? "";
  return `the same refresh token, ${first.token}, was presented ${times}: ${who.join(" and ")}. It ends with: ${end}.`;
}
