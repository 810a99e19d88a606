import { hash } from "node:crypto";
import type { StateKey } from "../model/program.ts";
import { Unordered } from "../model/unordered.ts";

/** A part of a state that belongs to one piece of work, or to none. */
export interface Item {
  readonly task: string | null;
  /** Canonical: no random bytes. It names its own task, if any, wherever it means it. */
  readonly text: string;
}

/** A state taken apart: what belongs to pieces of work, and the rest. */
export interface Parts {
  /** Plain data; an {@link Unordered} array in it stands for a set. */
  readonly rest: unknown;
  readonly items: readonly Item[];
  /** What can happen next, in the order in which it is offered. */
  readonly choices: readonly Item[];
}

/** By task: tasks of one class may be exchanged for each other without any difference. */
export type Symmetry = ReadonlyMap<string, string>;

type Rename = (text: string) => string;

/**
 * The key of a state up to the exchange of tasks that are alike: tasks are renamed by their rank among their class, in an order
 * that does not depend on their names where anything else tells them apart. A renaming is a permutation, whatever the ranks, so
 * equal keys always stand for states that are equal up to one; where ranks are tied, equal states may get two keys, which costs
 * time and nothing else.
 */
export function stateKey(parts: Parts, symmetry: Symmetry): StateKey {
  const own = itemsByTask(parts.items, symmetry);
  const classes = groupBy([...symmetry.keys()], (task) => symmetry.get(task) as string);
  const names = new Map<string, string>();
  const twins = new Map<string, string>();
  for (const [name, tasks] of classes) {
    const ranked = rank(parts, tasks, own);
    // The first of those that are alike in everything stands for all of them.
    let first = 0;
    for (const [place, { task, signature }] of ranked.entries()) {
      if (signature !== ranked[first]?.signature) first = place;
      names.set(task, `${name}#${place}`);
      twins.set(task, `${name}#${first}`);
    }
  }
  const rename = renaming(names);
  const texts = parts.items.map(({ text }) => rename(text)).sort();
  const key = hash("sha1", `${canonicalText(parts.rest, rename)}\n${texts.join("\n")}`, "base64url");
  const identify = areExchangeable(parts, twins, names) ? renaming(twins) : rename;
  return { key, choices: parts.choices.map(({ text }) => identify(text)) };
}

interface Ranked {
  readonly task: string;
  readonly signature: string;
}

/** The tasks of a class in the order of all that is known of each, its name aside. */
function rank({ rest }: Parts, tasks: readonly string[], own: ReadonlyMap<string, string>): readonly Ranked[] {
  const others = new Map(tasks.map((task) => [task, "*"]));
  const mentioned = canonicalText(rest, renaming(others)) !== canonicalText(rest, (text) => text);
  const ranked = tasks.map((task) => {
    const about = mentioned ? canonicalText(rest, renaming(new Map([...others, [task, "§"]]))) : "";
    return { task, signature: `${own.get(task) ?? ""}\n${about}` };
  });
  return ranked.sort((a, b) => compare(a.signature, b.signature) || compareNames(a.task, b.task));
}

/** By task: all that is its own, with its name taken out. */
function itemsByTask(items: readonly Item[], symmetry: Symmetry): Map<string, string> {
  const texts = new Map<string, string[]>();
  for (const { task, text } of items) {
    if (task === null || !symmetry.has(task)) continue;
    const list = texts.get(task) ?? [];
    texts.set(task, list);
    list.push(renaming(new Map([[task, "§"]]))(text));
  }
  return new Map([...texts].map(([task, list]) => [task, list.sort().join("\n")]));
}

/** Whether twins may be exchanged pairwise: their signatures say so, unless something speaks of two of them at once. */
function areExchangeable({ rest, items }: Parts, twins: ReadonlyMap<string, string>, names: ReadonlyMap<string, string>): boolean {
  const groups = groupBy([...twins.keys()], (task) => twins.get(task) as string);
  for (const tasks of groups.values()) {
    for (let index = 1; index < tasks.length; index++) {
      const [a, b] = [tasks[index - 1] as string, tasks[index] as string];
      const swapped = new Map([...names, [a, names.get(b) as string], [b, names.get(a) as string]]);
      if (canonicalText(rest, renaming(swapped)) !== canonicalText(rest, renaming(names))) return false;
      if (items.some((item) => speaksOf(item, a, b))) return false;
    }
  }
  return true;
}

/** Whether one of two tasks occurs in what is not its own. */
function speaksOf({ task, text }: Item, a: string, b: string): boolean {
  const others = [a, b].filter((name) => name !== task);
  return renaming(new Map(others.map((name) => [name, "§"])))(text) !== text;
}

/** A task's name where it stands as a whole: `ada/load-1` is no part of `ada/load-12`. */
function renaming(names: ReadonlyMap<string, string>): Rename {
  if (names.size === 0) return (text) => text;
  const pattern = patternOf([...names.keys()]);
  return (text) => text.replace(pattern, (name) => names.get(name) as string);
}

const patterns = new Map<string, RegExp>();

function patternOf(names: readonly string[]): RegExp {
  const source = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(`(?<![\\w/-])(?:${source})(?![\\w-])`, "g");
    patterns.set(source, pattern);
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

function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(item);
  }
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `load-2` before `load-10`. */
function compareNames(a: string, b: string): number {
  return a.length - b.length || compare(a, b);
}
