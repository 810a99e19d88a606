import { SCENARIOS, TIMED_SCENARIOS } from "../../scenarios/index.ts";
import { DATABASE_SCENARIOS } from "../../scenarios/postgres/index.ts";
import { CATALOGUE, type Entry } from "../lanes/catalogue.ts";
import { DATABASE_FAULTS } from "../lanes/faults.ts";
import { PLAN } from "../lanes/live/plan/index.ts";
import { loadTarget } from "../library/registry.ts";
import { HoldfastError } from "../model/error.ts";
import type { Target } from "../model/target.ts";
import { BUILT_IN_TARGETS } from "../targets/index.ts";

/** `holdfast list`: every name that the other commands take, with a line of explanation. */
export async function list(): Promise<string> {
  const targets = await Promise.all(
    [...BUILT_IN_TARGETS.keys()].map((name) => loadTarget(name).then(versioned, (error) => missing(name, error))),
  );
  const sections: readonly (readonly [string, readonly Entry[]])[] = [
    ["Scenarios", [...SCENARIOS.values()]],
    ["Timed scenarios", [...TIMED_SCENARIOS.values()]],
    ["Scenarios of the lane postgres", [...DATABASE_SCENARIOS.values()]],
    ["Targets", targets],
    [
      "Strategies",
      targets.filter(({ strategies }) => strategies.length > 0).map(({ name, strategies }) => ({ name, describe: strategies.join(", ") })),
    ],
    ["Profiles", CATALOGUE.profiles],
    ["Invariants", CATALOGUE.invariants],
    ["Explorers", CATALOGUE.explorers],
    ["Faults", CATALOGUE.faults],
    ["Faults of the lane postgres", DATABASE_FAULTS],
    ["Plan of verify", PLAN],
  ];
  return sections.map(([title, entries]) => `${title}\n${entries.map(line).join("")}`).join("\n");
}

/** A target of somebody else's code is listed with the version that would run. */
function versioned({ name, describe, strategies, about }: Target): Pick<Target, "name" | "describe" | "strategies"> {
  return { name, describe: about === undefined ? describe : `${describe} (${about.package} ${about.version})`, strategies };
}

/** A target of which something is not installed is listed all the same, with what to do. */
function missing(name: string, error: unknown): Pick<Target, "name" | "describe" | "strategies"> {
  if (!(error instanceof HoldfastError)) throw error;
  return { name, describe: `${error.message}: ${error.hint}`, strategies: [] };
}

const WIDTH = 100;
const INDENT = 26;

function line({ name, describe }: Entry): string {
  const lines = [""];
  for (const word of describe.split(/\s+/)) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length + 1 > WIDTH - INDENT) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return `  ${name.padEnd(INDENT - 2)}${lines.join(`\n${" ".repeat(INDENT)}`)}\n`;
}
