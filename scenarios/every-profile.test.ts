import { describe, expect, it } from "vitest";
import { profiles } from "../harness/issuer/profiles.ts";
import { runCell } from "../harness/lanes/cell.ts";
import type { CellSpec } from "../harness/model/cell.ts";
import { BUILT_IN_TARGETS } from "../harness/targets/index.ts";
import { cellOf } from "./cells.testing.ts";
import { SCENARIOS } from "./index.ts";

/** Every third page load is late, so tokens are presented twice, and most issuers refuse one of them. */
const RACE: Partial<CellSpec> = { loads: 3, schedules: 12 };

const cells = [...BUILT_IN_TARGETS.keys()].flatMap((target) =>
  [...SCENARIOS.keys()].flatMap((scenario) => Object.keys(profiles).map((profile) => ({ target, scenario, profile }))),
);

// A target that throws at an issuer's answer says nothing of anybody's session: what it makes of every issuer's refusals is its verdict.
describe.each([...BUILT_IN_TARGETS.keys()])("%s", (target) => {
  it.each(cells.filter((cell) => cell.target === target))("has an answer under $profile, $scenario", async (cell) => {
    const { result } = await runCell(await cellOf({ ...RACE, ...cell }));
    expect(result.error).toBeNull();
  });
});
