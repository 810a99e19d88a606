import { readFile } from "node:fs/promises";
import { KNOWN_BUGS } from "../../fixtures/known-bugs/index.ts";
import { INVARIANTS } from "../../harness/invariants/index.ts";
import type { Invariant } from "../../harness/model/invariant.ts";
import { SCENARIOS } from "../index.ts";
import { DATABASE_SCENARIOS } from "../postgres/index.ts";
import { type Page, PROPERTIES } from "./page.ts";

const FOLDER = "docs/invariants";

/** A page for each invariant, made of its source, and their list. */
export async function invariantPages(): Promise<readonly Page[]> {
  const pages = await Promise.all(Object.values(INVARIANTS).map(pageOf));
  const lines = Object.values(INVARIANTS).map(
    ({ id, holds, classes }) => `| [${id}](${id}.md) | ${holds} | ${classes.join(", ") || "–"} |`,
  );
  const text = [
    "# Invariants",
    "",
    "Each is a small state machine that reads what happens in a run: the issuer's journal, the jars, the wires and the store, never what the",
    "target says of itself. When it breaks, it says *because*: the events, in order, that make it false. The letters are the properties that",
    "the [known bugs](../known-bugs/README.md) break.",
    "",
    "| invariant | holds when | letters |",
    "|---|---|---|",
    ...lines,
    "",
  ].join("\n");
  return [{ file: `${FOLDER}/README.md`, text }, ...pages];
}

async function pageOf({ id, holds, classes }: Invariant): Promise<Page> {
  const source = `harness/invariants/${id}.ts`;
  const said = describedIn(await readFile(new URL(`../../${source}`, import.meta.url), "utf8"), id);
  const bugs = KNOWN_BUGS.filter(({ foundBy }) => foundBy === id);
  const demanding = [...SCENARIOS.values(), ...DATABASE_SCENARIOS.values()].filter(({ invariants }) => invariants.includes(id));
  const text = [
    `# ${id}`,
    "",
    `It holds when ${holds}.`,
    "",
    said,
    "",
    ...(classes.length === 0 ? [] : [...classes.map((letter) => `- **${letter}**: ${PROPERTIES[letter as keyof typeof PROPERTIES]}`), ""]),
    demanding.length === 0
      ? "No scenario demands it of everyone: a target promises it for a strategy (`promises`)."
      : `Demanded of everyone in ${listed(demanding.map(({ name }) => name))}.`,
    "",
    ...(bugs.length === 0
      ? []
      : ["Known bugs that it must find:", "", ...bugs.map((bug) => `- [${bug.id}](../known-bugs/${bug.id}.md): ${bug.title}`), ""]),
    `Its source: [${source}](../../${source}). Its tests stand beside it, and show what breaks it and what it stays silent on.`,
    "",
  ].join("\n");
  return { file: `${FOLDER}/${id}.md`, text };
}

/** Every name but the last with a comma behind it. */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}

/** What stands above an invariant in its source, without the example. */
function describedIn(source: string, id: string): string {
  const [, comment = ""] = /\/\*\*\n((?: \*[^\n]*\n)+?) \*\/\nexport const \w+: Invariant/.exec(source) ?? [];
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, ""));
  const example = lines.findIndex((line) => line.startsWith("@"));
  const text = lines
    .slice(0, example < 0 ? undefined : example)
    .join("\n")
    .trim();
  if (text === "") throw new Error(`expected ${id} to say above its source what it is`);
  return text;
}
