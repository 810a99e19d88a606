import type { TraceEntry } from "../model/trace.ts";
import { parseLabel } from "./label.ts";
import type { Reason } from "./reasons.ts";

/** What stands above a cell whose verdict is `cannot-be-had`: the client is not accused of anything. */
export const LIMIT_TITLE = "cannot be had: a limit of the issuer";

/** The one line below it, around the words that name the step of the fault. */
export const LIMIT_LINE = {
  before: "A fault",
  after: " destroyed the only copy of the live refresh token, and this issuer has no call that returns it.",
} as const;

/**
 * The step in which a fault took the live refresh token of the family that the *because* is about: the last answer of
 * the issuer that carried one and was lost. Null when the trace does not show it.
 */
export function destroyedIn(trace: readonly TraceEntry[], reasons: readonly Reason[]): number | null {
  const families = new Set(reasons.flatMap(({ text }) => text.match(/\bRT [^\s.]+\./g) ?? []));
  const lost = trace.findLast(
    ({ kind, from, label }) =>
      kind.startsWith("fault:") &&
      from === "issuer" &&
      parseLabel(label).tokens.some((token) => families.has(`${token.split(".", 1)[0] ?? ""}.`)),
  );
  return lost?.step ?? null;
}
