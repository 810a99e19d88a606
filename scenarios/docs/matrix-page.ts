import type { Client, ReliabilityCell, ReliabilityCounterexample, ReliabilityResult } from "../../harness/model/reliability.ts";
import {
  cellsOf,
  circumstanceName,
  clientName,
  extentOf,
  OUTCOME_MEANS,
  OUTCOME_WORD,
  outcomeWords,
  packagesOf,
  reliabilityCell,
  reliabilityLead,
  rowOf,
  sumWords,
  tallyOf,
} from "../../harness/report/reliability.ts";
import type { Page } from "./page.ts";

/** The matrix as a page, made of what `npm run matrix` has found. */
export function matrixPage(result: ReliabilityResult): Page {
  const { clients, profiles, counterexamples } = result;
  const text = [
    "# The reliability matrix",
    "",
    reliabilityLead(result),
    "",
    reliabilityCell(result),
    "Every client is in the same race, an access token that has expired when two pages load; the columns say what else goes wrong, once.",
    "`npm run matrix` makes it anew, and a page of it that opens in a browser, with a picture of each counterexample: `reports/matrix/index.html`.",
    "",
    ...tallyOf(result.cells).map(([outcome]) => `- **${OUTCOME_WORD[outcome]}**: ${OUTCOME_MEANS[outcome]}`),
    "",
    "## Who stays signed in, under whom",
    "",
    row(["issuer profile", ...clients.map((client) => `[${clientName(client)}](#${anchorOf(client)})`)]),
    rule(clients.length + 1),
    ...profiles.map((profile) => row([profile, ...clients.map((client) => sumOf(result, client, profile))])),
    "",
    "## Every client, whatever goes wrong",
    "",
    ...clients.flatMap((client) => clientPart(result, client)),
    "## Counterexamples",
    "",
    "The shortest of each kind: cells that tell the same story of a client share one.",
    "",
    ...counterexamples.flatMap(counterexamplePart),
  ].join("\n");
  return { file: "docs/matrix.md", text };
}

function sumOf(result: ReliabilityResult, client: Client, profile: string): string {
  return sumWords(cellsOf(result, client, profile));
}

function clientPart(result: ReliabilityResult, client: Client): string[] {
  const { circumstances, profiles } = result;
  const packages = packagesOf(client);
  return [
    `### ${clientName(client)}`,
    "",
    ...(packages === null ? [] : [`${packages}.`, ""]),
    ...(client.about === null ? [] : [...Object.entries(client.about.configuration).map(([what, how]) => `- ${what}: ${how}`), ""]),
    row(["issuer profile", ...circumstances.map(circumstanceName)]),
    rule(circumstances.length + 1),
    ...profiles.map((profile) => row([profile, ...rowOf(result, client, profile).map((cell) => cellOf(cell, result))])),
    "",
  ];
}

function cellOf(cell: ReliabilityCell | undefined, result: ReliabilityResult): string {
  if (cell === undefined) return "–";
  const { outcome, counterexample } = cell;
  const word = outcomeWords(cell, result);
  if (counterexample !== null) return `[${word}](#${counterexample})`;
  if (outcome === "error") return `error ${cell.error?.code ?? ""}`;
  return `${word} ${extentOf(cell)?.count ?? ""}`.trimEnd();
}

function counterexamplePart({ id, invariants, because, steps, replay, ...place }: ReliabilityCounterexample): string[] {
  return [
    `<a id="${id}"></a>`,
    "",
    `**${clientName(place)}** under ${place.profile}, ${circumstanceName(place)}: ${invariants.join(", ")}, in ${steps} steps.`,
    "",
    ...because.map((sentence, index) => `${index + 1}. ${sentence}`),
    "",
    "```sh",
    `npm run -s holdfast -- replay ${replay}`,
    "```",
    "",
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function rule(columns: number): string {
  return `|${"---|".repeat(columns)}`;
}

/** As GitHub makes anchors of headings. */
function anchorOf(client: Client): string {
  return clientName(client)
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}
