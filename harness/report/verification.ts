import type { CellResult } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";
import { counted } from "./words.ts";

/** What became of an invariant over a whole plan. */
export interface InvariantStanding {
  readonly invariant: InvariantId;
  readonly standing: (typeof STANDINGS)[number];
  /** Where, or why not. */
  readonly detail: string;
}

export const STANDINGS = ["violated", "held", "not observed"] as const;

/** Every invariant that the items of a plan were about. What nobody could see is *not observed*, and never said to hold. */
export function standingsOf(cells: readonly CellResult[]): readonly InvariantStanding[] {
  const ids = cells.flatMap(({ observations }) => [
    ...(observations?.observed ?? []),
    ...(observations?.notObserved ?? []).map(({ invariant }) => invariant),
  ]);
  const standings = [...new Set(ids)].map((invariant) => standingOf(invariant, cells));
  return STANDINGS.flatMap((wanted) => standings.filter(({ standing }) => standing === wanted));
}

function standingOf(invariant: InvariantId, cells: readonly CellResult[]): InvariantStanding {
  const broken = cells.filter(({ violations }) => violations.some((violation) => violation.invariant === invariant));
  const limits = broken.filter(({ verdict }) => verdict === "cannot-be-had");
  if (broken.length > limits.length) return { invariant, standing: "violated", detail: `in ${namesOf(broken)}` };
  const seen = cells.filter((cell) => hasObserved(cell, invariant) && !limits.includes(cell)).length;
  const limit = limits.length === 0 ? [] : [`cannot be had in ${namesOf(limits)}, a limit of the issuer`];
  if (seen > 0) return { invariant, standing: "held", detail: [`in ${counted(seen, "item")}`, ...limit].join("; ") };
  const reasons = cells.flatMap(({ observations }) => observations?.notObserved ?? []).filter((one) => one.invariant === invariant);
  const why = [...new Set([...limit, ...reasons.map((reason) => reason.why)])];
  return { invariant, standing: "not observed", detail: why.length === 0 ? "no item of the plan came to its end" : why.join("; ") };
}

function namesOf(cells: readonly CellResult[]): string {
  return cells.map(({ scenario }) => scenario).join(", ");
}

/** An item that came to no end has shown nothing. */
function hasObserved({ observations, verdict, interrupted }: CellResult, invariant: InvariantId): boolean {
  return verdict !== "error" && !interrupted && (observations?.observed ?? []).includes(invariant);
}
