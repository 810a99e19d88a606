import { hash } from "node:crypto";
import type { StateKey } from "../model/program.ts";
import { Unordered } from "../model/unordered.ts";

/** A part of a state that belongs to one piece of work, or to none. */
export interface Item {
  readonly task: string | null;
  /** Canonical: no random bytes. It names its own task and actors wherever it means them. */
  readonly text: string;
}

/** A state taken apart: what belongs to pieces of work, and the rest. */
export interface Parts {
  /** Plain data, one for each that has any; an {@link Unordered} array in it stands for a set. */
  readonly rest: readonly unknown[];
  readonly items: readonly Item[];
  /** What can happen next, in the order in which it is offered. */
  readonly choices: readonly Item[];
}

/** What may be exchanged without any difference. */
export interface Symmetry {
  /** Tasks, each with the actor that works at it and a class: tasks of one class at one actor may be exchanged. */
  readonly tasks: ReadonlyMap<string, { readonly actor: string; readonly class: string }>;
  /** Actors that may be exchanged, each together with its tasks. */
  readonly actors: readonly string[];
}

export const NO_SYMMETRY: Symmetry = { tasks: new Map(), actors: [] };

type Names = ReadonlyMap<string, string>;

/**
 * The key of a state up to the exchange of what is alike: tasks and actors are renamed by their rank among their like, in an order
 * that does not depend on their names where anything else tells them apart. A renaming is a permutation, whatever the ranks, so
 * equal keys always stand for states that are equal up to one; where ranks are tied, equal states may get two keys, which costs
 * time and nothing else.
 */
export function stateKey({ rest, items, choices }: Parts, symmetry: Symmetry): StateKey {
  const parts = split(rest, items, symmetry);
  const groups = group(parts);
  const names = new Map<string, string>();
  const twins = new Map<string, string>();
  for (const [place, { actor, tasks }] of groups.entries()) {
    const name = symmetry.actors.includes(actor) ? `actor#${place}` : actor;
    const twin = name === actor ? actor : `actor#${firstOf(groups, place)}`;
    names.set(actor, name);
    twins.set(actor, twin);
    for (const [rank, task] of tasks.entries()) {
      names.set(task.name, `${name} ${task.like}#${rank}`);
      twins.set(task.name, `${twin} ${task.like}#${firstOf(tasks, rank)}`);
    }
  }
  const text = textOf(parts, names);
  const identify = renaming(areTwins(parts, groups, names, text) ? twins : names);
  return { key: hash("sha1", `${parts.plain}\n${text}`, "base64url"), choices: choices.map((choice) => identify(choice.text)) };
}

interface Split {
  /** What speaks of nobody who may be renamed, which is most, as text. */
  readonly plain: string;
  readonly rest: readonly unknown[];
  readonly items: readonly Item[];
  /** The names that occur at all. */
  readonly spoken: ReadonlySet<string>;
  readonly symmetry: Symmetry;
}

function split(rest: readonly unknown[], items: readonly Item[], symmetry: Symmetry): Split {
  const { tasks, actors } = symmetry;
  const names = new Set([...tasks.keys(), ...actors]);
  if (names.size === 0) return { plain: JSON.stringify(rest), rest: [], items, spoken: new Set(), symmetry };
  const pattern = patternOf([...names].sort().join("|"));
  const plain: string[] = [];
  const spoken = new Set(items.flatMap(({ task, text }) => [task ?? [], text.match(pattern) ?? []].flat()));
  const speaking = rest.filter((part) => {
    const text = canonicalText(part, (same) => same);
    const mentioned = text.match(pattern);
    if (mentioned === null) plain.push(text);
    else for (const name of mentioned) spoken.add(name);
    return mentioned !== null;
  });
  // Of a task that has ended and of which nobody speaks, nothing is left that a renaming could change.
  const left = new Map([...symmetry.tasks].filter(([name]) => spoken.has(name)));
  return { plain: plain.join("\n"), rest: speaking, items, spoken, symmetry: { tasks: left, actors: symmetry.actors } };
}

/** Something in the order of its signature: all that is known of it, its name aside. */
interface Ranked {
  /** Only what has this in common may be exchanged. */
  readonly like: string;
  readonly signature: string;
}

interface RankedTask extends Ranked {
  readonly name: string;
}

interface Group extends Ranked {
  readonly actor: string;
  readonly tasks: readonly RankedTask[];
}

/** The actors that have tasks or may be exchanged, ranked, each with its tasks in their ranks. */
function group({ rest, items, spoken, symmetry: { tasks, actors } }: Split): readonly Group[] {
  const all = new Map<string, string>([...actors, ...[...tasks.values()].map(({ actor }) => actor)].map((name) => [name, "*"]));
  const anonymous = new Map<string, string>([...all, ...[...tasks.keys()].map((name) => [name, "*"] as const)]);
  // What belongs to nobody who may be renamed may still speak of them.
  const common = items.filter(({ task }) => task === null || !tasks.has(task));
  const plain = textOf({ rest, items: common }, anonymous);
  const mentioned = (names: Names) => {
    if (![...names.keys()].some((name) => spoken.has(name))) return "";
    const text = textOf({ rest, items: common }, new Map([...anonymous, ...names]));
    return text === plain ? "" : text;
  };
  const groups = [...all.keys()].map((actor): Group => {
    const own = [...tasks].filter(([, task]) => task.actor === actor);
    const ranked = own.map(([name, task]): RankedTask => {
      const me: Names = new Map([...(actors.includes(actor) ? [[actor, "@"] as const] : []), [name, "§"]]);
      const texts = items.filter((item) => item.task === name).map(({ text }) => renaming(me)(text));
      return { name, like: task.class, signature: [...texts.sort(), mentioned(me)].join("\n") };
    });
    ranked.sort((a, b) => compare(a.like, b.like) || compare(a.signature, b.signature) || compareNames(a.name, b.name));
    const signatures = ranked.map(({ like, signature }) => `${like} ${signature}`);
    const signature = [mentioned(new Map([[actor, "@"]])), ...signatures].join("\n");
    return { actor, like: actors.includes(actor) ? "" : actor, tasks: ranked, signature };
  });
  return groups.sort((a, b) => compare(a.signature, b.signature) || compareNames(a.actor, b.actor));
}

/** The place of the first of those that are alike, who stands for all of them. */
function firstOf(ranked: readonly Ranked[], place: number): number {
  const { signature, like } = ranked[place] as Ranked;
  return ranked.findIndex((other) => other.signature === signature && other.like === like);
}

/** Whether those whose signatures are equal may really be exchanged: something could speak of two of them at once. */
function areTwins(parts: Split, groups: readonly Group[], names: Names, text: string): boolean {
  const { actors } = parts.symmetry;
  const isInvariant = (swap: readonly (readonly [string, string])[]) => {
    const swapped = new Map(names);
    for (const [a, b] of swap) {
      swapped.set(a, names.get(b) as string);
      swapped.set(b, names.get(a) as string);
    }
    return textOf(parts, swapped) === text;
  };
  for (const [place, one] of groups.entries()) {
    for (const [rank, task] of one.tasks.entries()) {
      const before = one.tasks[rank - 1];
      if (before !== undefined && firstOf(one.tasks, rank) < rank && !isInvariant([[before.name, task.name]])) return false;
    }
    const before = groups[place - 1];
    if (before === undefined || !actors.includes(one.actor) || firstOf(groups, place) === place) continue;
    const pairs = one.tasks.map((task, rank) => [before.tasks[rank]?.name ?? "", task.name] as const);
    if (!isInvariant([[before.actor, one.actor], ...pairs])) return false;
  }
  return true;
}

function textOf({ rest, items }: Pick<Split, "rest" | "items">, names: Names): string {
  const rename = renaming(names);
  return `${canonicalText(rest, rename)}\n${items
    .map(({ text }) => rename(text))
    .sort()
    .join("\n")}`;
}

type Rename = (text: string) => string;

/** Replaces names where they stand as a whole: `ada/load-1` is no part of `ada/load-12`. */
export function renaming(names: Names): Rename {
  if (names.size === 0) return (text) => text;
  const pattern = patternOf([...names.keys()].sort().join("|"));
  return (text) => text.replace(pattern, (name) => names.get(name) as string);
}

const patterns = new Map<string, RegExp>();

function patternOf(names: string): RegExp {
  let pattern = patterns.get(names);
  if (pattern === undefined) {
    const source = names.replace(/[.*+?^${}()[\]\\]/g, "\\$&");
    pattern = new RegExp(`(?<![\\w/-])(?:${source})(?![\\w/-])`, "g");
    patterns.set(names, pattern);
  }
  return pattern;
}

/** JSON after renaming, with each set in an order of its own. */
function canonicalText(value: unknown, rename: Rename): string {
  if (typeof value === "string") return JSON.stringify(rename(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) {
    const texts = Array.from(value, (item) => canonicalText(item, rename));
    return `[${(value instanceof Unordered ? texts.sort() : texts).join(",")}]`;
  }
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(rename(name))}:${canonicalText(item, rename)}`)
    .join(",")}}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `load-2` before `load-10`. */
function compareNames(a: string, b: string): number {
  return a.length - b.length || compare(a, b);
}
