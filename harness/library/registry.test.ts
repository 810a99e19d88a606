import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultCells } from "../cli/default-cells.ts";
import type { CellSpec } from "../model/cell.ts";
import { cellOf, loadTarget, scenarioNamed, settingOf } from "./registry.ts";

const TARGETS = resolve(import.meta.dirname, "../../fixtures/targets");
const spec = defaultCells(1)[0] as CellSpec;

describe("a target", () => {
  it.each(["reference", "workos-node", "authkit-session", "authkit-react-router", "openid-client", "auth-core"])(
    "%s is found by its own name, and loaded once",
    async (name) => {
      const loading = loadTarget(name);
      expect(loadTarget(name)).toBe(loading);
      expect((await loading).name).toBe(name);
    },
  );

  it("is found by the path of its module, absolute or relative to where one is", async () => {
    const file = join(TARGETS, "naive.ts");
    expect((await loadTarget(file)).name).toBe("naive-example");
    expect((await loadTarget(relative(process.cwd(), file))).name).toBe("naive-example");
  });

  it.each([
    ["a name that nobody has", "mine", "BAD_USAGE", 'expected a target, got "mine"'],
    ["a name that every object has", "constructor", "BAD_USAGE", 'expected a target, got "constructor"'],
    ["a path to nothing", "./nowhere.ts", "BAD_USAGE", `there is no file ${resolve("nowhere.ts")}`],
    ["a path without folder to nothing", "nowhere.mjs", "BAD_USAGE", `there is no file ${resolve("nowhere.mjs")}`],
    [
      "a module that throws",
      join(TARGETS, "throws-on-load.ts"),
      "BAD_TARGET",
      "threw while it loaded: Error: the cookie password is not set",
    ],
    [
      "a module that is no target",
      join(TARGETS, "not-a-target.ts"),
      "BAD_TARGET",
      "of the module's default export to be one line of text, got nothing",
    ],
    ["a file that is no module", resolve(import.meta.dirname, "../../LICENSE"), "BAD_TARGET", "could not be bundled"],
    ["a folder", `${TARGETS}/`, "BAD_TARGET", "could not be bundled"],
  ])("is refused for %s", async (_, name, code, message) => {
    await expect(loadTarget(name)).rejects.toMatchObject({ code, exitStatus: 2, message: expect.stringContaining(message) });
  });

  it("of a module is evaluated afresh for each isolate", async () => {
    const target = await loadTarget(join(TARGETS, "counts-its-pages.ts"));
    const environment = { origin: "https://app.test" } as Parameters<typeof target.create>[0];
    const ask = async () => {
      const instance = await target.create(environment);
      await instance.fetch(new Request("https://app.test/"));
      return (await instance.fetch(new Request("https://app.test/"))).text();
    };
    expect([await ask(), await ask()]).toEqual(["page 2", "page 2"]);
  });
});

describe("a scenario", () => {
  it("is found by its own name", () => {
    expect(scenarioNamed("page-loads-at-expiry").name).toBe("page-loads-at-expiry");
  });

  it.each(["nowhere", "", "toString"])("is refused for %j, with those that there are", (name) => {
    expect(() => scenarioNamed(name)).toThrow(`expected a scenario, got "${name}"`);
  });
});

describe("a cell", () => {
  it("is found with all that its names stand for", async () => {
    const cell = await cellOf(spec);
    expect(cell).toMatchObject({ spec, profile: { name: spec.profile }, target: { name: spec.target }, explorer: { name: spec.explore } });
    expect(await settingOf(spec)).toMatchObject({ spec, scenario: { name: spec.scenario } });
  });

  it.each<[string, Partial<CellSpec>, string]>([
    ["scenario", { scenario: "nowhere" }, "expected a scenario"],
    ["target", { target: "mine" }, "expected a target"],
    ["profile", { profile: "nobody" }, "expected a profile"],
    ["strategy", { strategy: "hope" }, "expected a strategy of reference"],
    ["explorer", { explore: "psychic" }, "expected an explorer"],
  ])("is refused for an unknown %s", async (_, change, message) => {
    await expect(cellOf({ ...spec, ...change })).rejects.toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining(message) });
  });
});
