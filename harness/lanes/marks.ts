import { HoldfastError } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";

/**
 * Takes the marks that a scenario reaches.
 *
 * @throws HoldfastError `BAD_USAGE` for one that it does not declare, and so would never be missed
 */
export function marksOf({ name, mustReach }: Pick<Scenario, "name" | "mustReach">, reached: Set<string>): (mark: string) => void {
  return (mark) => {
    if (!mustReach.includes(mark)) {
      throw new HoldfastError("BAD_USAGE", `expected a mark that ${name} declares, got "${mark}"`, "add it to mustReach");
    }
    reached.add(mark);
  };
}
