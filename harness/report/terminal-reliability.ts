import type { Client, ReliabilityCell, ReliabilityResult } from "../model/reliability.ts";
import { paintIn } from "./paint.ts";
import {
  circumstanceName,
  clientName,
  OUTCOME_MEANS,
  OUTCOME_WORD,
  packagesOf,
  reliabilityCell,
  reliabilityErrors,
  reliabilityLead,
  rowOf,
  sumWords,
  tallyOf,
} from "./reliability.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { plain } from "./words.ts";
import { hang, wrap } from "./wrap.ts";

/**
 * The matrix of clients and issuers as text: for each client what it comes to, issuers under which it is worth the same together.
 *
 * @example
 * ```ts
 * renderReliability(result, { colour: process.stdout.isTTY });
 * ```
 */
export function renderReliability(result: ReliabilityResult, options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const meant = tallyOf(result.cells).flatMap(([outcome]) => hang(`  ${OUTCOME_WORD[outcome]}: `, `${OUTCOME_MEANS[outcome]}.`, width));
  return [
    ...result.clients.flatMap((client) => [
      paint.bold(plain(clientName(client))) + paint.dim(packagesOf(client) === null ? "" : ` (${plain(packagesOf(client) ?? "")})`),
      ...linesOf(result, client).flatMap(([worth, profiles]) => hang(`  ${worth}: `, plain(profiles.join(", ")), width)),
      "",
    ]),
    ...wrap(reliabilityLead(result), width).map((line) => paint.bold(line)),
    ...wrap(reliabilityCell(result), width),
    ...meant.map((line) => paint.dim(line)),
    ...reliabilityErrors(result)
      .flatMap((error) => hang("  ✗ ", error, width))
      .map((line) => paint.red(line)),
    "",
  ].join("\n");
}

/** What a client is worth, and the issuers under which it is. */
function linesOf(result: ReliabilityResult, client: Client): readonly (readonly [worth: string, profiles: readonly string[]])[] {
  const worth = Map.groupBy(result.profiles, (profile) => worthOf(rowOf(result, client, profile).filter((cell) => cell !== undefined)));
  return [...worth].sort(([a], [b]) => a.length - b.length);
}

/** All that is not proved is named. */
function worthOf(cells: readonly ReliabilityCell[]): string {
  const tally = tallyOf(cells);
  if (tally.length === 0) return "nothing known";
  if (tally.length === 1) return sumWords(cells);
  const named = tally.map(([outcome, count]) => {
    const own = cells.filter((cell) => cell.outcome === outcome).map(circumstanceName);
    return `${count} ${OUTCOME_WORD[outcome]}${outcome === "proved" || own.length > FEW ? "" : ` (${own.join(", ")})`}`;
  });
  return named.join(", ");
}

/** As many as somebody reads in a line. */
const FEW = 3;
