import { hash } from "node:crypto";
import type { StateKey } from "../model/program.ts";
import type { Unordered } from "../model/unordered.ts";
import { collectNames, fill, NameOpener, type OpenText } from "./open-text.ts";

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

/** A key that takes less time: nothing may be exchanged, and sets that came about in different orders are told apart. */
export function plainKey({ rest, items }: Pick<Parts, "rest" | "items">): string {
  return digest([JSON.stringify(rest), ...items.map(({ text }) => text).sort()].join("\n"));
}

/**
 * The key of a state up to the exchange of what is alike: tasks and actors are renamed by their rank among their like, in an order
 * that does not depend on their names where anything else tells them apart. A renaming is a permutation, whatever the ranks, so
 * equal keys always stand for states that are equal up to one; where ranks are tied, equal states may get two keys, which costs
 * time and nothing else.
 */
export function stateKey({ rest, items, choices }: Parts, symmetry: Symmetry): StateKey {
  const names = [...new Set([...symmetry.tasks.keys(), ...symmetry.actors, ...[...symmetry.tasks.values()].map(({ actor }) => actor)])];
  const opener = new NameOpener(names);
  const state = open({ rest, items }, opener, names, symmetry);
  const groups = groupsOf(state);
  const renamed = [...names];
  const twins = [...names];
  for (const [place, group] of groups.entries()) {
    const name = group.isExchangeable ? `actor#${place}` : (names[group.actor] as string);
    const twin = group.isExchangeable ? `actor#${firstOf(groups, place)}` : name;
    renamed[group.actor] = name;
    twins[group.actor] = twin;
    for (const [rank, task] of group.tasks.entries()) {
      renamed[task.name] = `${name} ${task.like}#${rank}`;
      twins[task.name] = `${twin} ${task.like}#${firstOf(group.tasks, rank)}`;
    }
  }
  const keyBy = (naming: readonly string[]) =>
    digest([...state.rest.map(({ text }) => fill(text, naming)), ...filled(state.items, naming)].join("\n"));
  const told = areTwins(state, groups, renamed) ? twins : renamed;
  return {
    key: keyBy(renamed),
    choices: choices.map(({ text }) => fill(opener.text(text), told)),
    own: { key: keyBy(names), choices: choices.map(({ text }) => digest(text)) },
  };
}

/** A text and the indexes of the names that it speaks of. */
interface Part {
  readonly text: OpenText;
  readonly spoken: ReadonlySet<number>;
}

interface OpenItem extends Part {
  readonly task: number | null;
}

/** A state of which the names are left open; they are known by their indexes. */
interface OpenState {
  readonly rest: readonly Part[];
  readonly items: readonly OpenItem[];
  /** What does not belong to a task that may be renamed. */
  readonly common: readonly OpenItem[];
  readonly names: readonly string[];
  /** The tasks of which somebody speaks: of one that has ended nothing is left that a renaming could change. */
  readonly tasks: ReadonlyMap<number, { readonly actor: number; readonly class: string }>;
  /** All actors, and whether each may be exchanged. */
  readonly actors: ReadonlyMap<number, boolean>;
}

function open({ rest, items }: Pick<Parts, "rest" | "items">, opener: NameOpener, names: readonly string[], symmetry: Symmetry): OpenState {
  const indexes = new Map(names.map((name, index) => [name, index]));
  const part = (text: OpenText): Part => {
    const spoken = new Set<number>();
    collectNames(text, spoken);
    return { text, spoken };
  };
  const openRest = rest.map((one) => part(opener.data(one)));
  const openItems = items.map(({ task, text }): OpenItem => {
    const index = task !== null && symmetry.tasks.has(task) ? (indexes.get(task) as number) : null;
    return { task: index, ...part(opener.text(text)) };
  });
  const spoken = new Set([...openRest, ...openItems].flatMap((one) => [...one.spoken]));
  for (const { task } of openItems) if (task !== null) spoken.add(task);
  const actors = new Map(symmetry.actors.map((name) => [indexes.get(name) as number, true]));
  const tasks: [number, { readonly actor: number; readonly class: string }][] = [];
  for (const [name, { actor, class: like }] of symmetry.tasks) {
    const [task, at] = [indexes.get(name) as number, indexes.get(actor) as number];
    if (!spoken.has(task)) continue;
    tasks.push([task, { actor: at, class: like }]);
    if (!actors.has(at)) actors.set(at, false);
  }
  const common = openItems.filter(({ task }) => task === null);
  return { rest: openRest, items: openItems, common, names, tasks: new Map(tasks), actors };
}

/** Something in the order of its signature: all that is known of it, its name aside. */
interface Ranked {
  /** Only what has this in common may be exchanged. */
  readonly like: string;
  readonly signature: string;
}

interface RankedTask extends Ranked {
  readonly name: number;
}

interface Group extends Ranked {
  readonly actor: number;
  readonly isExchangeable: boolean;
  readonly tasks: readonly RankedTask[];
}

/** The actors that have tasks or may be exchanged, ranked, each with its tasks in their ranks. */
function groupsOf({ rest, items, common, names, tasks, actors }: OpenState): readonly Group[] {
  const anonymous = [...names];
  for (const name of [...actors.keys(), ...tasks.keys()]) anonymous[name] = "*";
  const mentions = (me: readonly number[], naming: readonly string[]): string => {
    const speaks = ({ spoken }: Part) => me.some((name) => spoken.has(name));
    const texts = rest.flatMap((part, place) => (speaks(part) ? `${place} ${fill(part.text, naming)}` : []));
    // What belongs to nobody who may be renamed may still speak of them.
    return [...texts, ...filled(common.filter(speaks), naming)].join("\n");
  };
  const groups = [...actors].map(([actor, isExchangeable]): Group => {
    const naming = [...anonymous];
    if (isExchangeable) naming[actor] = "@";
    const own = isExchangeable ? [actor] : [];
    const ranked: RankedTask[] = [];
    for (const [name, task] of tasks) {
      if (task.actor !== actor) continue;
      const me = [...naming];
      me[name] = "§";
      const texts = filled(
        items.filter((item) => item.task === name),
        me,
      );
      ranked.push({ name, like: task.class, signature: [...texts, mentions([...own, name], me)].join("\n") });
    }
    ranked.sort((a, b) => compare(a.like, b.like) || compare(a.signature, b.signature) || compareNames(names, a.name, b.name));
    const signatures = ranked.map(({ like, signature }) => `${like} ${signature}`);
    const signature = [mentions([actor], naming.with(actor, "@")), ...signatures].join("\n");
    return { actor, isExchangeable, like: isExchangeable ? "" : (names[actor] as string), tasks: ranked, signature };
  });
  return groups.sort((a, b) => compare(a.signature, b.signature) || compareNames(names, a.actor, b.actor));
}

/** The place of the first of those that are alike, who stands for all of them. */
function firstOf(ranked: readonly Ranked[], place: number): number {
  const { signature, like } = ranked[place] as Ranked;
  return ranked.findIndex((other) => other.signature === signature && other.like === like);
}

/** Whether those whose signatures are equal may really be exchanged: something could speak of two of them at once. */
function areTwins({ rest, items }: OpenState, groups: readonly Group[], names: readonly string[]): boolean {
  const isInvariant = (swap: readonly (readonly [number, number])[]) => {
    const swapped = [...names];
    for (const [a, b] of swap) {
      swapped[a] = names[b] as string;
      swapped[b] = names[a] as string;
    }
    const speaks = ({ spoken }: Part) => swap.some(([a, b]) => spoken.has(a) || spoken.has(b));
    const [restToo, itemsToo] = [rest.filter(speaks), items.filter(speaks)];
    return (
      restToo.every(({ text }) => fill(text, names) === fill(text, swapped)) &&
      filled(itemsToo, names).join("\n") === filled(itemsToo, swapped).join("\n")
    );
  };
  for (const [place, one] of groups.entries()) {
    for (const [rank, task] of one.tasks.entries()) {
      const before = one.tasks[rank - 1];
      if (before !== undefined && firstOf(one.tasks, rank) < rank && !isInvariant([[before.name, task.name]])) return false;
    }
    const before = groups[place - 1];
    if (before === undefined || !one.isExchangeable || firstOf(groups, place) === place) continue;
    const pairs = one.tasks.map((task, rank) => [(before.tasks[rank] as RankedTask).name, task.name] as const);
    if (!isInvariant([[before.actor, one.actor], ...pairs])) return false;
  }
  return true;
}

/** Texts with their names, in an order of their own. */
function filled(parts: readonly Part[], names: readonly string[]): string[] {
  return parts.map(({ text }) => fill(text, names)).sort();
}

function digest(text: string): string {
  return hash("sha1", text, "base64url");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `load-2` before `load-10`. */
function compareNames(names: readonly string[], a: number, b: number): number {
  const [one, other] = [names[a] as string, names[b] as string];
  return one.length - other.length || compare(one, other);
}
