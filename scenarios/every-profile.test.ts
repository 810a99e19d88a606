import { describe, expect, it } from "vitest";
import { profiles } from "../harness/issuer/profiles.ts";
import { runCell } from "../harness/lanes/cell.ts";
import type { CellSpec } from "../harness/model/cell.ts";
import { cellOf } from "./cells.testing.ts";

/** Every third page load is late, so tokens are presented twice, and most issuers refuse one of them. */
const RACE: Partial<CellSpec> = { loads: 3, schedules: 12 };

/** The scenarios in which issuers have something of their own to say. `workos-node` opens cookies, and offers no more than pages. */
const SCENARIOS = ["page-loads-at-expiry", "reloads-at-expiry", "issuer-outage"];
const TARGETS = {
  reference: [...SCENARIOS, "logout-during-refresh", "switches-organization"],
  "workos-node": SCENARIOS,
  "authkit-session": [...SCENARIOS, "logout-during-refresh"],
  "authkit-react-router": [...SCENARIOS, "logout-during-refresh"],
  "openid-client": [...SCENARIOS, "logout-during-refresh"],
  "auth-core": [...SCENARIOS, "logout-during-refresh"],
};

// A target that throws at an issuer's answer says nothing of anybody's session: what it makes of every issuer's refusals is its verdict.
describe.each(Object.entries(TARGETS))("%s", (target, scenarios) => {
  const cells = scenarios.flatMap((scenario) => Object.keys(profiles).map((profile) => ({ target, scenario, profile })));
  it.each(cells)("has an answer under $profile, $scenario", async (cell) => {
    const { result } = await runCell(await cellOf({ ...RACE, ...cell }));
    expect(result.error).toBeNull();
  });
});
