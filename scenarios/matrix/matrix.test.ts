import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, matrixCells, RACE } from "../../harness/cli/matrix-cells.ts";
import { CATALOGUE } from "../../harness/lanes/catalogue.ts";
import { replayCell, runCell } from "../../harness/lanes/cell.ts";
import { outcomeOf } from "../../harness/lanes/reliability.ts";
import { decodeReplay } from "../../harness/lanes/replay-string.ts";
import { cellOf, loadTarget, settingOf } from "../../harness/library/registry.ts";
import { parseReliability } from "../../harness/report/index.ts";
import { BUILT_IN_TARGETS } from "../../harness/targets/index.ts";

/** What `npm run matrix` wrote, and somebody committed. */
const committed = parseReliability(readFileSync("reports/matrix.json", "utf8"));
const { clients, profiles, circumstances, cells, counterexamples, crypto, schedules, seed } = committed;
const targets = await Promise.all([...BUILT_IN_TARGETS.keys()].map(loadTarget));

/** What every cell of the committed matrix was searched with, at least. The command takes more unless told otherwise, and more time. */
const COMMITTED = 150;

describe("the committed matrix", () => {
  it("has every strategy of every target under every issuer beside everything that may go wrong, and each came to its end", () => {
    expect(clients.map(({ target, strategy }) => `${target} ${strategy}`)).toEqual(
      targets.flatMap(({ name, strategies }) => strategies.map((strategy) => `${name} ${strategy}`)),
    );
    expect(clients.map(({ about }) => about)).toEqual(targets.flatMap(({ about = null, strategies }) => strategies.map(() => about)));
    expect(profiles).toEqual(CATALOGUE.profiles.map(({ name }) => name));
    expect(circumstances).toEqual(CIRCUMSTANCES.map(({ faults, timeSteps }) => ({ faults, timeSteps })));
    expect(committed).toMatchObject({ ...RACE, crypto: "inline", notEnded: 0 });
    expect(committed.schedules).toBeGreaterThanOrEqual(COMMITTED);
    expect(new Set(cells.map((cell) => JSON.stringify([cell.target, cell.strategy, cell.profile, cell.faults, cell.timeSteps]))).size).toBe(
      clients.length * profiles.length * circumstances.length,
    );
  });

  it("has no cell of which nothing is known", () => {
    expect(cells.filter(({ outcome, error }) => outcome === "error" || error !== null)).toEqual([]);
  });

  it("has nobody who coordinates broken, anywhere, and everybody else broken somewhere", () => {
    const broken = new Set(cells.filter(({ outcome }) => outcome === "broken").map(({ target, strategy }) => `${target} ${strategy}`));
    const careful = ["reference ledger", "reference server-session"];
    const others = clients.map(({ target, strategy }) => `${target} ${strategy}`).filter((client) => !careful.includes(client));
    expect([...broken].sort()).toEqual(others.sort());
  });

  it("names only counterexamples that it has, and has none that nothing names", () => {
    const named = new Set(cells.flatMap(({ counterexample }) => counterexample ?? []));
    expect([...named].sort()).toEqual(counterexamples.map(({ id }) => id).sort());
    for (const { outcome, counterexample } of cells)
      expect(counterexample !== null).toBe(outcome === "broken" || outcome === "cannot-be-had");
  });
});

describe("the committed matrix is no older than the code", () => {
  it("every counterexample still shows what it shows, for the same reasons", async () => {
    for (const { id, replay, invariants, because, steps } of counterexamples) {
      const { spec, schedule } = decodeReplay(replay);
      const { report, trace } = await replayCell(await settingOf(spec), schedule);
      const cell = cells.find(({ counterexample }) => counterexample === id);
      const shown = report.result.violations;
      expect({ id, invariants: shown.map(({ invariant }) => invariant), because: shown[0]?.because }).toEqual({ id, invariants, because });
      expect(trace.length, id).toBe(steps);
      expect(outcomeOf(report.result), id).toBe(cell?.outcome);
    }
  });

  // Each client beside another thing that may go wrong, under another issuer.
  it.each(clients.map((client, index) => ({ ...client, index })))(
    "$target/$strategy comes to the same in one of its cells",
    async ({ target, strategy, index }) => {
      const own = cells.filter(
        (cell) =>
          cell.target === target &&
          cell.strategy === strategy &&
          cell.schedules < QUICK &&
          cell.outcome !== "error" &&
          cell.outcome !== "held",
      );
      const before = own[(index * 37) % own.length] as (typeof own)[number];
      const { name } = CIRCUMSTANCES.find(({ faults, timeSteps }) => faults === before.faults && timeSteps === before.timeSteps) ?? {
        name: "",
      };
      const part = { clients: [{ target, strategy }], profiles: [before.profile], circumstances: [name], crypto, schedules, seed };
      const [spec] = matrixCells(part);
      const { result } = await runCell(await cellOf(spec as NonNullable<typeof spec>));
      expect(before).toMatchObject({ outcome: outcomeOf(result), states: result.states, schedules: result.schedules });
    },
  );
});

/** Schedules that a test can wait for. */
const QUICK = 150;
