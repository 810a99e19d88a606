import type { CrashPoint } from "../../model/cell.ts";
import type { StatementFault } from "./faults.ts";
import type { Statement } from "./statement.ts";

/** The statements at which faults have struck, each once, whatever the state in which it did. */
export class CrashPoints {
  readonly #points = new Map<string, CrashPoint>();

  add({ name, task, ordinal }: Statement, fault: StatementFault): void {
    const point = { request: task ?? "", ordinal, statement: name, fault };
    this.#points.set(JSON.stringify(point), point);
  }

  /** In the order of requests and statements. */
  all(): readonly CrashPoint[] {
    return [...this.#points.values()].sort((a, b) => compare(a.request, b.request) || a.ordinal - b.ordinal || compare(a.fault, b.fault));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
