import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { cellOfBug, KNOWN_BUGS, KNOWN_COSTS } from "../fixtures/known-bugs/index.ts";
import { INVARIANTS } from "../harness/invariants/index.ts";
import { runCell } from "../harness/lanes/cell.ts";
import { cellOf } from "../harness/library/registry.ts";

/** Schedules: each bug is found within a few of them. `npm run catalogue` has more for what must hold. */
const SEARCH = { explore: "portfolio", schedules: 100, seed: 7 } as const;
const FIX = { ...SEARCH, schedules: 15 } as const;

describe.each(KNOWN_BUGS.map((bug) => [bug.id, bug] as const))("%s", (_, bug) => {
  it(`is found by ${bug.foundBy}`, async () => {
    const { result } = await runCell(await cellOf(cellOfBug(bug, "bug", SEARCH)));
    expect(result.error).toBeNull();
    expect(result.verdict).toBe("violated");
    expect(result.violations.map(({ invariant }) => invariant)).toContain(bug.foundBy);
  });

  it("is mended by its fix", async () => {
    const { result } = await runCell(await cellOf(cellOfBug(bug, "fix", FIX)));
    expect(result.violations.flatMap(({ because }) => because)).toEqual([]);
    expect([result.verdict, result.error]).toEqual(["holds", null]);
  });
});

it("every class of the field notes has a known bug of its own, and every part of the stories", () => {
  const classes = KNOWN_BUGS.flatMap((bug) => bug.class?.number ?? []);
  expect(classes).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  const stories = Map.groupBy([...KNOWN_BUGS, ...KNOWN_COSTS], ({ story }) => story ?? "");
  expect([stories.get("five-minute-logout")?.length, stories.get("sign-in-callback")?.length]).toEqual([4, 7]);
});

it("every bug of a class must be found by an invariant that guards what the class breaks", () => {
  for (const bug of KNOWN_BUGS) {
    if (bug.class === null) continue;
    const guarded = INVARIANTS[bug.foundBy].classes;
    expect(
      bug.class.breaks.some((letter) => guarded.includes(letter)),
      `${bug.id}: ${guarded.join(", ")}`,
    ).toBe(true);
  }
});

it("every folder of a known bug is in the list, under its own name", async () => {
  const folders = (await readdir("fixtures/known-bugs", { withFileTypes: true })).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...KNOWN_BUGS, ...KNOWN_COSTS].map(({ id }) => id).sort());
});
