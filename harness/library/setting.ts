import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { SCENARIOS } from "../../scenarios/index.ts";
import type { Profile } from "../issuer/profile.ts";
import { profileFrom } from "../issuer/profile-json.ts";
import { profileNamed, profiles } from "../issuer/profiles.ts";
import { STORY, storyScenario } from "../lanes/story.ts";
import { storySchema } from "../lanes/story-schema.ts";
import { checked } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Story } from "../model/story.ts";
import type { Target } from "../model/target.ts";
import { BUILT_IN_TARGETS } from "../targets/index.ts";
import { defineScenario } from "./define-scenario.ts";
import { defineTarget } from "./define-target.ts";
import { loadTarget, scenarioNamed } from "./registry.ts";
import { OWN, type Own } from "./report.ts";

const NO_STORY = { code: "BAD_USAGE", what: "the story", hint: "take it as storyCells of holdfast/fast-check makes it" } as const;

/** A thing that a cell names: the thing, its name, and whether it is somebody's own, which no name finds again. */
interface Thing<T> {
  readonly thing: T;
  readonly name: string;
  readonly own: boolean;
}

/** What a cell is made of, as it is given: by name, or as an object of one's own. */
export interface Given {
  readonly target: Target | URL | string;
  readonly scenario: Scenario | Story | string;
  readonly profile: Profile | string;
}

/** The same found. */
export interface Found {
  readonly target: Thing<Target>;
  readonly scenario: Thing<Scenario>;
  readonly profile: Thing<Profile>;
  /** What the scenario plays, where that is a story. */
  readonly story: Story | undefined;
  readonly own: readonly Own[];
}

/**
 * Finds what a cell is made of.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` that says what was expected
 */
export async function found(given: Given): Promise<Found> {
  const things = {
    scenario: scenarioGiven(given.scenario),
    target: await targetGiven(given.target),
    profile: profileGiven(given.profile),
  };
  return { ...things, story: isStory(given.scenario) ? given.scenario : undefined, own: OWN.filter((kind) => things[kind].own) };
}

async function targetGiven(given: Target | URL | string): Promise<Thing<Target>> {
  if (typeof given === "string" || given instanceof URL) {
    const name = given instanceof URL ? pathOf(given) : given;
    return { thing: await loadTarget(name), name, own: false };
  }
  const thing = defineTarget(given);
  assertOwnName("target", thing.name, [...BUILT_IN_TARGETS.keys()]);
  return { thing, name: thing.name, own: true };
}

function isStory(given: Given["scenario"]): given is Story {
  return typeof given === "object" && "acts" in given;
}

function scenarioGiven(given: Given["scenario"]): Thing<Scenario> {
  if (typeof given === "string") return { thing: scenarioNamed(given), name: given, own: false };
  if (isStory(given)) return { thing: storyScenario(checked(storySchema, given, NO_STORY)), name: STORY, own: false };
  const shipped = SCENARIOS.get(given.name) === given;
  if (!shipped) assertOwnName("scenario", given.name, [...SCENARIOS.keys(), STORY]);
  return { thing: defineScenario(given), name: given.name, own: !shipped };
}

function profileGiven(given: Profile | string): Thing<Profile> {
  if (typeof given === "string") return { thing: profileNamed(given), name: given, own: false };
  const shipped = Object.values<Profile>(profiles).includes(given);
  if (shipped) return { thing: given, name: given.name, own: false };
  // Where it is known from is for people, and no knob.
  const { evidence: _evidence, source: _source, ...knobs } = given;
  const thing = profileFrom(knobs);
  assertOwnName("profile", thing.name, Object.keys(profiles));
  return { thing, name: thing.name, own: true };
}

/** A replay string has only names: one's own thing under the name of another would be taken for that one. */
function assertOwnName(kind: string, name: string, taken: readonly string[]): void {
  if (!taken.includes(name)) return;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected a name of its own for your ${kind}, got "${name}", which Holdfast has a ${kind} by`,
    `rename it; taken are ${taken.join(", ")}`,
  );
}

/** The path from where the process runs, so that a replay string means the same on another machine. */
function pathOf(url: URL): string {
  if (url.protocol !== "file:")
    throw new HoldfastError(
      "BAD_USAGE",
      `expected the URL of a file, got ${url.protocol}…`,
      'write new URL("./my-target.ts", import.meta.url)',
    );
  const path = relative(process.cwd(), fileURLToPath(url)).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}
