import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, matrixCells } from "../../harness/cli/matrix-cells.ts";
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

describe("the committed matrix", () => {
  it("has every strategy of every target under every issuer beside everything that may go wrong, and each came to its end", () => {
    expect(clients.map(({ target, strategy }) => `${target} ${strategy}`)).toEqual(
      targets.flatMap(({ name, strategies }) => strategies.map((strategy) => `${name} ${strategy}`)),
    );
    expect(clients.map(({ about }) => about)).toEqual(targets.flatMap(({ about = null, strategies }) => strategies.map(() => about)));
    expect(profiles).toEqual(CATALOGUE.profiles.map(({ name }) => name));
    expect(circumstances).toEqual(CIRCUMSTANCES.map(({ faults, timeSteps }) => ({ faults, timeSteps })));
    expect(committed.notEnded).toBe(0);
    expect(new Set(cells.map((cell) => JSON.stringify([cell.target, cell.strategy, cell.profile, cell.faults, cell.timeSteps]))).size).toBe(
      clients.length * profiles.length * circumstances.length,
    );
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
  it("every counterexample still shows what it shows", async () => {
    for (const { id, replay, invariants } of counterexamples) {
      const { spec, schedule } = decodeReplay(replay);
      const { report } = await replayCell(await settingOf(spec), schedule);
      expect(
        report.result.violations.map(({ invariant }) => invariant),
        id,
      ).toEqual(invariants);
    }
  });

  it.each(clients.map(({ target, strategy }, index) => ({ target, strategy, profile: profiles[(index * 7) % profiles.length] as string })))(
    "$target/$strategy under $profile comes to the same without a fault",
    async (client) => {
      const part = { clients: [client], profiles: [client.profile], circumstances: ["none"], crypto, schedules, seed };
      const [spec] = matrixCells(part);
      const { result } = await runCell(await cellOf(spec as NonNullable<typeof spec>));
      const before = cells.find(
        ({ target, strategy, profile, faults, timeSteps }) =>
          target === client.target && strategy === client.strategy && profile === client.profile && faults === "" && timeSteps === 0,
      );
      expect(before).toMatchObject({ outcome: outcomeOf(result), states: result.states, schedules: result.schedules });
    },
  );
});
