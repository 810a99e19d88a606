import { describe, expect, it } from "vitest";
import { profiles } from "../harness/issuer/profiles.ts";
import { runCell } from "../harness/lanes/cell.ts";
import type { CellSpec } from "../harness/model/cell.ts";
import { BUILT_IN_TARGETS } from "../harness/targets/index.ts";
import { cellOf } from "./cells.testing.ts";
import { SCENARIOS } from "./index.ts";

/** Every third page load is late, so tokens are presented twice, and most issuers refuse one of them. */
const RACE: Partial<CellSpec> = { loads: 3, schedules: 12 };

/** What a target does not offer: an SDK that opens cookies knows no upgrades and no bearer tokens, and fetches no keys for a token that it was just given. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  "workos-node": ["upgrades-at-expiry", "forged-tokens", "key-set-outage", "logout-during-refresh", "switches-organization"],
};

const cells = [...BUILT_IN_TARGETS.keys()].flatMap((target) =>
  [...SCENARIOS.keys()]
    .filter((scenario) => !WITHOUT[target]?.includes(scenario))
    .flatMap((scenario) => Object.keys(profiles).map((profile) => ({ target, scenario, profile }))),
);

// A target that throws at an issuer's answer says nothing of anybody's session: what it makes of every issuer's refusals is its verdict.
describe.each([...BUILT_IN_TARGETS.keys()])("%s", (target) => {
  it.each(cells.filter((cell) => cell.target === target))("has an answer under $profile, $scenario", async (cell) => {
    const { result } = await runCell(await cellOf({ ...RACE, ...cell }));
    expect(result.error).toBeNull();
  });
});
