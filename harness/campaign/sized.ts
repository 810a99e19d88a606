import { explorerNamed } from "../lanes/catalogue.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Piece } from "./pieces.ts";
import type { Sized } from "./plan.ts";
import { JobDied, type Runner } from "./runner.ts";

/** How a cell's search is cut into pieces. */
export function kindOf({ explore }: CellSpec): Piece["kind"] {
  if (explore === "exhaustive") return "share";
  return explorerNamed(explore).divides === true ? "stretch" : "whole";
}

/**
 * How long cells take, by a few schedules of one cell of each kind: what differs in the issuer's profile or the seed alone takes about
 * as long.
 *
 * @throws HoldfastError `TARGET_CRASHED` for a cell that ends the process in which it is tried, or hangs there
 */
export async function sized(specs: readonly CellSpec[], runner: Runner): Promise<readonly Sized[]> {
  const paces = new Map<string, number>();
  const cells: Sized[] = [];
  for (const [cell, spec] of specs.entries()) {
    const { profile: _profile, seed: _seed, schedules, expect: _expect, explore, ...alike } = spec;
    const key = JSON.stringify(alike);
    const kind = kindOf(spec);
    if (kind === "share") {
      // The same cell may be searched at random, too: that it was not measured here says nothing of it there.
      cells.push({ cell, kind, schedules, pace: 0 });
      continue;
    }
    const pace = paces.get(key) ?? (await paceIn(runner, spec));
    paces.set(key, pace);
    cells.push({ cell, kind, schedules: explore === "fifo" ? 1 : schedules, pace });
  }
  return cells;
}

async function paceIn(runner: Runner, spec: CellSpec): Promise<number> {
  try {
    return await runner.pace(spec);
  } catch (error) {
    if (!(error instanceof JobDied)) throw error;
    throw new HoldfastError(
      "TARGET_CRASHED",
      `expected a few schedules of ${spec.target}, ${spec.strategy}, ${spec.profile} to tell how long one takes: ${error.message}`,
      "run that cell by itself, with holdfast run, and mend what ends or hangs it; nothing was begun",
      { cause: error },
    );
  }
}
