import type { TraceEntry } from "../model/trace.ts";
import { parseLabel } from "./label.ts";
import type { Reason } from "./reasons.ts";

/** What stands above a cell whose verdict is `cannot-be-had`: the client is not accused of anything. */
export const LIMIT_TITLE = "cannot be had: a limit of the issuer";

/** The one line below it, around the words that name the step of the fault. */
export const LIMIT_LINE = {
  before: "A fault",
  after: " left the session without a refresh token that works, and this issuer has no call that gives another.",
} as const;

/**
 * The step in which a fault took the live refresh token of the family that the *because* is about: the last answer of
 * the issuer that carried one and was lost, or presentation of one that the wire delivered twice. Null when the trace does not show it.
 */
export function destroyedIn(trace: readonly TraceEntry[], reasons: readonly Reason[]): number | null {
  const families = new Set(reasons.flatMap(({ text }) => text.match(/\bRT [^\s.]+\./g) ?? []));
  const lost = trace.findLast(
    ({ kind, from, to, label }) =>
      kind.startsWith("fault:") &&
      (from === "issuer" || (to === "issuer" && kind.endsWith("-duplicated"))) &&
      parseLabel(label).tokens.some((token) => families.has(`${token.split(".", 1)[0] ?? ""}.`)),
  );
  return lost?.step ?? null;
}
