import { random } from "../explore/random.ts";
import { explorerNamed } from "../lanes/catalogue.ts";
import { runPart } from "../lanes/cell.ts";
import { cellOf } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Piece } from "./pieces.ts";
import type { Sized } from "./plan.ts";

/** Schedules that tell how long one takes, after one that warms everything up. */
const SAMPLE = 8;

/** How a cell's search is cut into pieces. */
export function kindOf({ explore }: CellSpec): Piece["kind"] {
  if (explore === "exhaustive") return "share";
  return explorerNamed(explore).divides === true ? "stretch" : "whole";
}

/**
 * How long cells take, by a few schedules of one cell of each kind: what differs in the issuer's profile or the seed alone takes about
 * as long.
 */
export async function sized(specs: readonly CellSpec[]): Promise<readonly Sized[]> {
  const paces = new Map<string, number>();
  const cells: Sized[] = [];
  for (const [cell, spec] of specs.entries()) {
    const { profile: _profile, seed: _seed, schedules, expect: _expect, explore, ...alike } = spec;
    const key = JSON.stringify(alike);
    const kind = kindOf(spec);
    const pace = paces.get(key) ?? (kind === "share" ? 0 : await paceOf(spec));
    if (kind !== "share") paces.set(key, pace);
    cells.push({ cell, kind, schedules: explore === "fifo" ? 1 : schedules, pace });
  }
  return cells;
}

/** Milliseconds of one schedule. */
async function paceOf(spec: CellSpec): Promise<number> {
  const cell = { ...(await cellOf(spec)), explorer: random };
  await runPart(cell, { from: 0, schedules: 1 });
  const began = performance.now();
  const { schedules } = await runPart(cell, { from: 1, schedules: SAMPLE });
  return (performance.now() - began) / Math.max(1, schedules);
}
