import type { RunResult } from "../model/cell.ts";
import { counted } from "./words.ts";

/**
 * What a run came to that somebody stopped, as a line; empty for one that came to its end.
 *
 * @example
 * ```ts
 * renderInterruption({ version: 1, seed: 1, notStarted: 3, cells: [] });
 * // Interrupted: 0 cells were done, 0 were cut off, 3 were not begun.
 * ```
 */
export function renderInterruption({ notStarted, cells }: RunResult): string {
  if (notStarted === undefined) return "";
  const cutOff = cells.filter(({ interrupted }) => interrupted).length;
  const [done, cut, missing] = [cells.length - cutOff, cutOff, notStarted];
  return `Interrupted: ${counted(done, "cell")} ${was(done)} done, ${cut} ${was(cut)} cut off, ${missing} ${was(missing)} not begun.\n`;
}

function was(count: number): string {
  return count === 1 ? "was" : "were";
}
