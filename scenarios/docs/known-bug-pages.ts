import { readFile } from "node:fs/promises";
import { KNOWN_BUGS, KNOWN_COSTS } from "../../fixtures/known-bugs/index.ts";
import type { KnownBug, KnownCost, StoryId } from "../../fixtures/known-bugs/known-bug.ts";
import { replayCell } from "../../harness/lanes/cell.ts";
import { decodeReplay } from "../../harness/lanes/replay-string.ts";
import { settingOf } from "../../harness/library/registry.ts";
import type { CataloguedBug, CataloguedCost, CatalogueResult } from "../../harness/model/catalogue.ts";
import type { Estimate } from "../../harness/model/timed.ts";
import { renderCounterexample } from "../../harness/report/index.ts";
import { linkTo, type Page, PROPERTIES } from "./page.ts";

const FOLDER = "docs/known-bugs";
const MINUTE = 60_000;

/** What the two stories are, in the words of those who had them. */
const STORIES: Readonly<Record<StoryId, { readonly title: string; readonly tells: string }>> = {
  "five-minute-logout": {
    title: "the five-minute logout",
    tells:
      "A web app signed its users out about every five minutes: its issuer rotates the refresh token at every use and revokes all of a user's sessions when one comes back, and a page load fires several requests at once. " +
      "Its fixes are these four. What they leave open are bugs of their own: a second isolate (03), answers out of order (07), a response lost after the rotation (10), an outage taken for a verdict (17), and stale keys (25).",
  },
  "sign-in-callback": {
    title: "the sign-in callback",
    tells:
      "An API provisions a user when the web app calls it after each sign-in, and the web app may call again. This is what the review of its first version found. One more thing that it found is no bug of the API, and cannot be shown as one: " +
      "a test that did not check which key reached the repository. `npm run mutate` is there for tests.",
  },
};

/** A page for each known bug, made of its source and of what the catalogue found, and their list. */
export async function knownBugPages(catalogue: CatalogueResult): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (const bug of KNOWN_BUGS) pages.push(await pageOf(bug, catalogued(catalogue.bugs, bug.id)));
  for (const cost of KNOWN_COSTS) pages.push(costPage(cost, catalogued(catalogue.costs, cost.id)));
  return [{ file: `${FOLDER}/README.md`, text: list(catalogue) }, ...pages];
}

function catalogued<B extends { readonly id: string }>(all: readonly B[], id: string): B {
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw new Error(`expected ${id} in reports/catalogue.json: run \`npm run catalogue\``);
  return found;
}

async function pageOf(bug: KnownBug, { invariant, schedules, steps, replay }: CataloguedBug): Promise<Page> {
  const source = `fixtures/known-bugs/${bug.id}/target.ts`;
  const client = await readFile(new URL(`../../${source}`, import.meta.url), "utf8");
  const number = bug.id.slice(0, 2);
  const text = [
    `# ${bug.title}`,
    "",
    ...standing(bug),
    bug.happens,
    "",
    `**Its fix.** ${bug.fix}`,
    "",
    ...(bug.seenIn.length === 0 ? [] : [`**Seen in** ${bug.seenIn.map(linkTo).join(", ")}.`, ""]),
    `**Found by** [${invariant}](../invariants/${invariant}.md) in the scenario \`${bug.cell.scenario}\` under the profile \`${bug.cell.profile}\`,` +
      ` after ${schedules === 1 ? "one schedule" : `${schedules} schedules`}; the shrunk trace has ${steps} steps.`,
    "",
    "```sh",
    `npm run -s holdfast -- catalogue --only ${number}`,
    "```",
    "",
    "## The client",
    "",
    `Its strategy \`fix\` (\`isMended\`) differs from \`bug\` in the one thing that is wrong ([source](../../${source})):`,
    "",
    "```ts",
    client.trim(),
    "```",
    "",
    "## The shortest way to see it",
    "",
    "```text",
    (await trace(replay)).trim(),
    "```",
    "",
  ].join("\n");
  return { file: `${FOLDER}/${bug.id}.md`, text };
}

function standing({ class: own, story }: KnownBug): string[] {
  const told = story === undefined ? [] : [`A part of the story of ${STORIES[story].title}.`, ""];
  if (own === null) return told;
  const letters = own.breaks.map((letter) => `- **${letter}**: ${PROPERTIES[letter]}`);
  return [`Class ${own.number} of the ways in which people are signed out for no reason. It breaks:`, "", ...letters, "", ...told];
}

/** The trace is played anew, so that a page never shows one that is no longer so. */
async function trace(recorded: string | null): Promise<string> {
  if (recorded === null) throw new Error("expected a counterexample in reports/catalogue.json: run `npm run catalogue`");
  const { spec, schedule } = decodeReplay(recorded);
  const { report } = await replayCell(await settingOf(spec), schedule);
  return renderCounterexample(report, { command: "npm run -s holdfast --" });
}

function costPage(cost: KnownCost, { before, after }: CataloguedCost): Page {
  const rows = [before, after].map(
    ({ accessTokenLifetime, logoutsPerSessionDay }) => `| ${accessTokenLifetime / MINUTE} min | ${inWords(logoutsPerSessionDay)} |`,
  );
  const text = [
    `# ${cost.title}`,
    "",
    `A part of the story of ${STORIES[cost.story].title}.`,
    "",
    cost.happens,
    "",
    `**Its fix.** ${cost.fix}`,
    "",
    `Measured over ${cost.days} days of ${cost.people} people who use the client of [${cost.client}](${cost.client}.md) on ${cost.isolates} isolates`,
    `under the profile \`${cost.profile}\`, in worlds where everything takes its time:`,
    "",
    "| an access token lives | logouts a day of each person, with the 95 % interval |",
    "|---|---|",
    ...rows,
    "",
    "```sh",
    `npm run -s holdfast -- catalogue --only ${cost.id.slice(0, 2)}`,
    "```",
    "",
  ].join("\n");
  return { file: `${FOLDER}/${cost.id}.md`, text };
}

function inWords(estimate: Estimate | null): string {
  return estimate === null ? "–" : `${estimate.value.toFixed(2)} (${estimate.low.toFixed(2)} to ${estimate.high.toFixed(2)})`;
}

function list({ bugs, recall, schedulesToFind, steps, precision }: CatalogueResult): string {
  const { classes } = recall;
  const row = ({ id, title, invariant, schedules, steps: own, breaks }: CataloguedBug) =>
    `| [${id}](${id}.md) | ${title} | ${breaks.join(", ") || "–"} | [${invariant}](../invariants/${invariant}.md) | ${schedules} | ${own} |`;
  const head = ["| known bug | what is wrong | letters | found by | schedules | steps |", "|---|---|---|---|---|---|"];
  const ofClasses = bugs.filter(({ story }) => story === null);
  return [
    "# Known bugs",
    "",
    "Each is a bug that was found in the wild, as small as it can be made: a client with one thing wrong, the scenario in which that shows, the",
    "invariant that must find it, and the fix, which must hold. A bug that another invariant finds counts as missed.",
    "",
    `\`npm run catalogue\` looks for all of them: ${recall.bugs.found} of ${recall.bugs.all} are found, of ${classes.found} of the ${classes.all} classes; half of them by schedule`,
    `${schedulesToFind?.median} of the search, all by schedule ${schedulesToFind?.max}; no shrunk trace is longer than ${steps?.max} steps. And it looks for false alarms:`,
    `there are ${precision.falseAlarms} in ${precision.schedules.toLocaleString("en-US")} schedules of ${precision.variants} variants that are correct, the fixes and the reference.`,
    "",
    ...Object.entries(PROPERTIES).map(([letter, says]) => `- **${letter}**: ${says}`),
    "",
    "## By class",
    "",
    ...head,
    ...ofClasses.map(row),
    "",
    ...(Object.entries(STORIES) as [StoryId, (typeof STORIES)[StoryId]][]).flatMap(([story, { title, tells }]) => [
      `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      "",
      tells,
      "",
      ...head,
      ...bugs.filter((bug) => bug.story === story).map(row),
      "",
      ...KNOWN_COSTS.filter((cost) => cost.story === story).flatMap(({ id, title }) => [`And [${id}](${id}.md): ${title}.`, ""]),
    ]),
  ].join("\n");
}
