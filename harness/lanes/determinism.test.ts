import { describe, expect, it } from "vitest";
import notTheSameTwice from "../../fixtures/targets/not-the-same-twice.ts";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { Target } from "../model/target.ts";
import { loadModuleTarget } from "../targets/index.ts";
import { runCell } from "./cell.ts";

async function errorOf(strategy: string, target = notTheSameTwice) {
  const cell = await cellOf({ strategy, explore: "fifo", loads: 2 }, { target });
  return (await runCell(cell)).result.error;
}

describe("a run that is not the same twice", () => {
  it.each([
    ["uptime", "likely source: process.uptime, called by isolate-1: the runs are the same as soon as it answers the same"],
    [
      "uptime-and-marks",
      "likely source: process.uptime and performance.mark, called by isolate-1: the runs are the same as soon as they answer",
    ],
    ["environment", "likely source: process.env.HOLDFAST_PAGES, which a run changes and the next one sees"],
    ["global", "likely source: Array.prototype.pages, which a run changes and the next one sees"],
    ["another-realm", "likely source: vm.runInNewContext, called by isolate-1: another realm has a clock and randomness of its own"],
    ["captured-clock", "likely source: the machine's clock"],
    ["captured-random", "likely source: Math.random of the machine"],
    ["counter", "likely source: a number that grows from run to run"],
    ["cache", "likely source: something that is kept from run to run"],
  ])("for the reason %s has it named, with the first step that differs", async (strategy, source) => {
    const error = await errorOf(strategy);
    expect(error).toMatchObject({ code: "NONDETERMINISM", message: expect.stringContaining(source) });
    expect(error?.message).toMatch(/first difference, in step \d+: the headers or the body of "\d+ /);
  });

  it("because the second one never ends has its likely source named as well", async () => {
    let isolates = 0;
    const target: Target = {
      ...notTheSameTwice,
      async create(environment) {
        const { fetch } = await notTheSameTwice.create(environment);
        const isFirst = isolates++ === 0;
        return { fetch: (request) => (isFirst ? fetch(request) : new Promise<Response>(() => {})) };
      },
    };
    const error = await errorOf("of-the-world", target);
    expect(error).toMatchObject({ code: "NONDETERMINISM" });
    expect(error?.message).toContain("the second run ended otherwise: after 1 step nothing can happen any more");
    expect(error?.message).toContain("likely source: something that is kept from run to run");
  });

  it("is not what the world gives", async () => {
    expect(await errorOf("of-the-world")).toBeNull();
  });

  it.each(["counter", "cache"])("for a %s in a module is the same twice where the module is given by its path", async (strategy) => {
    const { target } = await loadModuleTarget(new URL("../../fixtures/targets/not-the-same-twice.ts", import.meta.url).pathname, {});
    expect(await errorOf(strategy, target)).toBeNull();
  });
});
