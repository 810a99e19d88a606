import {
  type Circumstance,
  type Client,
  OUTCOMES,
  type Outcome,
  type ReliabilityCell,
  type ReliabilityResult,
} from "../model/reliability.ts";
import { counted, plain } from "./words.ts";

/** How many cells came to what, the best first; what no cell came to is left out. */
export type Tally = readonly (readonly [Outcome, number])[];

/**
 * Counts what cells came to.
 *
 * @example
 * ```ts
 * tallyOf([{ outcome: "broken" }, { outcome: "proved" }, { outcome: "proved" }]); // [["proved", 2], ["broken", 1]]
 * ```
 */
export function tallyOf(cells: readonly Pick<ReliabilityCell, "outcome">[]): Tally {
  return OUTCOMES.map((outcome) => [outcome, cells.filter((cell) => cell.outcome === outcome).length] as const).filter(
    ([, count]) => count > 0,
  );
}

/** A tally in words: `12 proved, 1 cannot be had`. */
function tallied(tally: Tally): string {
  return tally.map(([outcome, count]) => `${count.toLocaleString("en-US")} ${OUTCOME_WORD[outcome]}`).join(", ");
}

/** What stands for an outcome in a sentence. */
export const OUTCOME_WORD: Readonly<Record<Outcome, string>> = {
  proved: "proved",
  held: "held",
  broken: "broken",
  "cannot-be-had": "cannot be had",
  error: "error",
};

/** What the outcomes mean. */
export const OUTCOME_MEANS: Readonly<Record<Outcome, string>> = {
  proved: "every order of events was tried, or is equal to one that was, and breaks nothing; the number is how many states there are",
  held: "as many schedules as the number says were run, and none breaks anything; there are orders that were not tried",
  "cannot-be-had": "a fault made impossible for any client what an invariant demands: a limit of the issuer",
  broken: "an order of events breaks an invariant; where it needs no fault to, it does so beside every fault, which is then not to blame",
  error: "Holdfast cannot vouch for what came of it",
};

/** What a cell came to, in words. */
export function outcomeWords({ outcome, complete, ...cell }: ReliabilityCell, { counterexamples }: ReliabilityResult): string {
  if (outcome === "cannot-be-had") return complete ? "cannot be had" : "cannot be had, the rest held";
  if (outcome !== "broken" || (cell.faults === "" && cell.timeSteps === 0)) return OUTCOME_WORD[outcome];
  const shown = counterexamples.find(({ id }) => id === cell.counterexample);
  return shown?.faults === "" && shown.timeSteps === 0 ? "broken anyway" : "broken";
}

/** How far the search of a cell went that found nothing; null for one that says more by its outcome. */
export function extentOf({ outcome, states, schedules }: ReliabilityCell): { readonly count: number; readonly noun: string } | null {
  if (outcome === "proved") return { count: states, noun: "states" };
  return outcome === "held" ? { count: schedules, noun: "schedules" } : null;
}

/** All cells of a client under an issuer in a few words, the worst first. */
export function sumWords(cells: readonly ReliabilityCell[]): string {
  const tally = tallyOf(cells);
  const [only] = tally;
  if (only === undefined) return "–";
  if (tally.length > 1) return tallied(tally.toReversed());
  return only[1] === 1 ? OUTCOME_WORD[only[0]] : `all ${tallied(tally)}`;
}

/** A column's head. */
export function circumstanceName({ faults, timeSteps }: Circumstance): string {
  if (timeSteps > 0) return "time passes";
  return faults === "" ? "no fault" : faults.replace(/:1$/, "");
}

/** A client in a word. */
export function clientName({ target, strategy }: Pick<Client, "target" | "strategy">): string {
  return `${target}/${strategy}`;
}

/** Whose code a client is: `@workos-inc/node 11.0.0`; null for nobody else's. */
export function packagesOf({ about }: Client): string | null {
  if (about === null) return null;
  const all = [[about.package, about.version] as const, ...Object.entries(about.over)];
  return all.map(([name, version]) => `${name} ${version ?? "of a version that is not known"}`).join(" over ");
}

/** The cells of one client under one issuer. */
export function cellsOf({ cells }: ReliabilityResult, { target, strategy }: Client, profile: string): readonly ReliabilityCell[] {
  return cells.filter((cell) => cell.target === target && cell.strategy === strategy && cell.profile === profile);
}

/** The same in the order of the columns, with a hole where a search had not ended. */
export function rowOf(result: ReliabilityResult, client: Client, profile: string): readonly (ReliabilityCell | undefined)[] {
  const own = cellsOf(result, client, profile);
  return result.circumstances.map(({ faults, timeSteps }) => own.find((cell) => cell.faults === faults && cell.timeSteps === timeSteps));
}

/** The whole in a sentence. */
export function reliabilityLead(result: ReliabilityResult): string {
  const { clients, profiles, circumstances, cells, notEnded } = result;
  const of = `${counted(clients.length, "client")} under ${counted(profiles.length, "issuer profile")} in ${counted(circumstances.length, "circumstance")}`;
  const rest = notEnded === 0 ? "" : ` ${counted(notEnded, "cell")} had not ended when somebody stopped it.`;
  return `${of}${cells.length === 0 ? "" : `: ${tallied(tallyOf(cells))}`}.${rest}`;
}

/** What every cell has in common, in a sentence. */
export function reliabilityCell({ scenario, loads, isolates, crypto, schedules }: ReliabilityResult): string {
  return (
    `Each cell is one client in ${scenario}, ${counted(loads, "page load")} that ${counted(isolates, "isolate")} answer, with crypto=${crypto}, in every order of events, ` +
    `as far as ${counted(schedules, "schedule")} go.`
  );
}

/** What went wrong in cells that ended in an error, each error once, with the clients and issuers it is about. */
export function reliabilityErrors({ cells }: ReliabilityResult): readonly string[] {
  const failed = cells.flatMap(({ error, ...cell }) => (error === null ? [] : [{ ...cell, error }]));
  const alike = Map.groupBy(failed, ({ error, ...cell }) => `${clientName(cell)}: ${error.code}: ${error.message} (${error.hint})`);
  return [...alike].map(([said, own]) => plain(`${said}: under ${[...new Set(own.map(({ profile }) => profile))].join(", ")}`));
}
