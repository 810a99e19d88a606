import { unknownName } from "../../../model/error.ts";
import { doubleCallback } from "./double-callback.ts";
import type { PlanItem } from "./item.ts";
import { keyRotation } from "./key-rotation.ts";
import { keySetOutage } from "./key-set-outage.ts";
import { lateDuplicate } from "./late-duplicate.ts";
import { logoutRace } from "./logout-race.ts";
import { lostResponse } from "./lost-response.ts";
import { PLAN_NAMES } from "./names.ts";
import { outOfOrder } from "./out-of-order.ts";
import { outages } from "./outages.ts";
import { prefetch } from "./prefetch.ts";
import { race } from "./race.ts";
import { restart } from "./restart.ts";
import { theft } from "./theft.ts";
import { upgrade } from "./upgrade.ts";

/** Everything that a running app is put through, in the order of {@link PLAN_NAMES}. */
export const PLAN: readonly PlanItem[] = [
  ...[race, lateDuplicate, lostResponse, outOfOrder, ...outages, upgrade, prefetch, doubleCallback, logoutRace],
  ...[theft, keyRotation, keySetOutage, restart],
];

/**
 * The items of these names; `outage` stands for all items that begin with it and a dash.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that none has
 *
 * @example
 * ```ts
 * itemsNamed(["key"]).map(({ name }) => name); // ["key-rotation", "key-set-outage"]
 * ```
 */
export function itemsNamed(names: readonly string[]): readonly PlanItem[] {
  const fits = (item: PlanItem, name: string) => item.name === name || item.name.startsWith(`${name}-`);
  const unknown = names.find((name) => !PLAN.some((item) => fits(item, name)));
  if (unknown !== undefined) throw unknownName("item of the plan", unknown, PLAN_NAMES);
  return PLAN.filter((item) => names.some((name) => fits(item, name)));
}
