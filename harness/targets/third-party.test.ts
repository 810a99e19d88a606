import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_IN_TARGETS } from "./index.ts";
import { loadThirdParty, type ThirdParty } from "./third-party.ts";

const SDK: ThirdParty = {
  ...{ name: "mine", describe: "an SDK of mine", strategies: ["default"], sdk: ["@mine/sdk", "2"] },
  ...{ configuration: { cookie: "mine" }, classify: () => "signed-in" },
};

let project = "";
/** As a target's module stands in an installed Holdfast: there are no fixtures beside it, and the project has the SDK. */
const module = () => pathToFileURL(join(project, "node_modules/holdfast/harness/targets/mine/target.ts")).href;
function write(file: string, text: string): void {
  mkdirSync(join(project, file, ".."), { recursive: true });
  writeFileSync(join(project, file), text);
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "holdfast-third-party-"));
  const says = (text: string) => `export const said = ${JSON.stringify(text)};`;
  const exports = { workerd: "./worker.js", default: "./node.js" };
  write("node_modules/@mine/sdk/package.json", JSON.stringify({ name: "@mine/sdk", version: "2.3.4", type: "module", exports }));
  write("node_modules/@mine/sdk/node.js", says("Node"));
  write("node_modules/@mine/sdk/worker.js", says("a worker"));
  write("node_modules/@mine/sdk/node_modules/below/package.json", JSON.stringify({ name: "below", version: "0.1.0" }));
  write(
    "node_modules/holdfast/harness/targets/mine/handler.ts",
    'import { said } from "@mine/sdk"; let asked = 0; export const createHandler = () => ({ fetch: () => new Response([said, ++asked].join(" ")) });',
  );
});
afterAll(() => rmSync(project, { recursive: true }));

describe("a target of somebody else's code", () => {
  it("says which version runs, over which, and how it is set up", async () => {
    const { about } = await loadThirdParty(module(), { ...SDK, over: [{ name: "below", range: "0.1", comesWithIt: true }] });
    expect(about).toEqual({ package: "@mine/sdk", version: "2.3.4", over: { below: "0.1.0" }, configuration: { cookie: "mine" } });
  });

  it.each<[string, Pick<ThirdParty, "conditions">]>([
    ["Node", {}],
    ["a worker", { conditions: ["workerd"] }],
  ])("runs what its package has for %s, with state of its own in each isolate", async (said, conditions) => {
    const target = await loadThirdParty(module(), { ...SDK, ...conditions });
    for (let isolate = 0; isolate < 2; isolate++) {
      const { fetch } = await target.create(undefined as never);
      const ask = async () => (await fetch(new Request("https://app.test/"))).text();
      expect([await ask(), await ask()]).toEqual([`${said} 1`, `${said} 2`]);
    }
  });

  it("that is not installed is one error that says what to do", async () => {
    const absent = { ...SDK, sdk: ["@mine/absent", "7"], over: [{ name: "@mine/peer", range: "1" }] } as const;
    await expect(loadThirdParty(module(), absent)).rejects.toMatchObject({
      code: "BAD_TARGET",
      message: "expected @mine/absent and @mine/peer to be installed, and they are not",
      hint: "npm install --save-dev @mine/absent@7 @mine/peer@1",
    });
    const half = { ...SDK, over: [{ name: "@mine/peer", range: "1" }] };
    await expect(loadThirdParty(module(), half)).rejects.toThrow("expected @mine/peer to be installed, and it is not");
  });
});

it("every target that comes with Holdfast is called as it is found, and says what it is if it is somebody else's", async () => {
  for (const [name, load] of BUILT_IN_TARGETS) {
    const target = await load();
    expect(target.name).toBe(name);
    if (name === "reference") continue;
    expect(target.about?.version, name).toMatch(/^\d+\.\d+\.\d+$/);
    for (const [over, version] of Object.entries(target.about?.over ?? {}))
      expect(version, `${name} over ${over}`).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(target.about?.configuration ?? {}), name).not.toEqual([]);
  }
});
