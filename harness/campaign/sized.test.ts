import { expect, it } from "vitest";
import { cell } from "./campaign.testing.ts";
import type { Runner } from "./runner.ts";
import { sized } from "./sized.ts";

it("measures one cell of each kind, and none whose every order of events is searched", async () => {
  const measured: string[] = [];
  const runner = {
    async pace({ explore, loads }) {
      measured.push(`${explore} ${loads}`);
      return loads;
    },
  } as Pick<Runner, "pace"> as Runner;
  const cells = [cell({ explore: "exhaustive" }), cell(), cell({ seed: 9, profile: "logto" }), cell({ loads: 5, explore: "fifo" })];
  expect(await sized(cells, runner)).toEqual([
    { cell: 0, kind: "share", schedules: 60, pace: 0 },
    { cell: 1, kind: "stretch", schedules: 60, pace: 3 },
    { cell: 2, kind: "stretch", schedules: 60, pace: 3 },
    { cell: 3, kind: "whole", schedules: 1, pace: 5 },
  ]);
  expect(measured).toEqual(["random 3", "fifo 5"]);
});
