import { explorerNamed } from "../lanes/catalogue.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Stretch } from "../model/part.ts";
import { sizeOf } from "./cell-size.ts";

/** Which of how many shards, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What a shard runs of the cells, which go by their place in the list of all. */
export interface Share {
  /** Whole cells, in the order of the list. */
  readonly whole: readonly number[];
  /** Stretches of others, in that order, too. */
  readonly parts: readonly CellStretch[];
}

/** Some of the schedules of a cell. */
export interface CellStretch {
  readonly cell: number;
  readonly stretch: Stretch;
}

/** Schedules that a stretch has at least: for fewer, the start of a run and the report of a part cost more than is won. */
const LEAST = 10;

/**
 * What one shard runs. All shards together run every schedule of every cell once, and their sizes (see {@link sizeOf}) differ by no more
 * than that of the largest thing that stays whole: a cell whose search cannot be divided, or less than {@link LEAST} schedules twice.
 * It depends on its arguments alone, so that machines that never speak to each other agree.
 */
export function shardOf(specs: readonly CellSpec[], { index, count }: Shard): Share {
  const taken = sharesOf(specs, count);
  const whole: number[] = [];
  const parts: CellStretch[] = [];
  for (const [cell, spec] of specs.entries()) {
    let from = 0;
    // In the order of the shards.
    for (const [shard, share] of taken.entries()) {
      const schedules = share.get(cell) ?? 0;
      if (shard === index - 1 && schedules === spec.schedules) whole.push(cell);
      else if (shard === index - 1 && schedules > 0) parts.push({ cell, stretch: { from, schedules } });
      from += schedules;
    }
  }
  return { whole, parts };
}

/** How many schedules of which cell each shard runs. */
function sharesOf(specs: readonly CellSpec[], count: number): readonly ReadonlyMap<number, number>[] {
  const shards = Array.from({ length: count }, () => ({ load: 0, share: new Map<number, number>() }));
  const even = specs.reduce((sum, spec) => sum + sizeOf(spec), 0) / count;
  // Of those that have least to do the first.
  const idlest = () => shards.reduce((least, shard) => (shard.load < least.load ? shard : least));
  for (const [cell, spec] of largestFirst(specs)) {
    const each = sizeOf(spec) / spec.schedules;
    for (let left = spec.schedules; left > 0; ) {
      const shard = idlest();
      // Never more than fits: what many shards have too much would be missing in the last.
      const schedules = divides(spec) ? slice(left, Math.floor((even - shard.load) / each)) : left;
      shard.share.set(cell, (shard.share.get(cell) ?? 0) + schedules);
      shard.load += schedules * each;
      left -= schedules;
    }
  }
  return shards.map(({ share }) => share);
}

/** What cannot be divided first: the others then fill up what that has left uneven. Cells of one size keep their order. */
function largestFirst(specs: readonly CellSpec[]): readonly (readonly [cell: number, spec: CellSpec])[] {
  return [...specs.entries()].sort(([, a], [, b]) => Number(divides(a)) - Number(divides(b)) || sizeOf(b) - sizeOf(a));
}

/** So many of the schedules that are left, where there is room for some: no stretch, nor what it leaves, is shorter than it must be. */
function slice(left: number, room: number): number {
  if (left < 2 * LEAST || room >= left) return left;
  return Math.min(Math.max(room, LEAST), left - LEAST);
}

/** A search that ends as soon as it finds what it is expected to find is short, and each part of it would find that. */
function divides({ lane, explore, expect }: CellSpec): boolean {
  return lane === "simulation" && expect !== "violated" && explorerNamed(explore).divides === true;
}
