import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { codeVersion, sourcesOf, versionOf } from "./code-version.ts";

const PRODUCT = {
  "package.json": '{ "version": "1.2.3" }',
  "package-lock.json": "{}",
  "harness/cli/run.ts": "export const run = 1;",
  "harness/issuer/page/page.js": "run();",
  "scenarios/index.ts": "export {};",
  "src/app.ts": "export {};",
  "fixtures/tokens/one.json": "{}",
} as const;

const TARGET = {
  "target.ts": `
    import { answer } from "./answer.ts";
    export default {
      name: "small", describe: "a target", strategies: ["one"], promises: {},
      create: () => ({ fetch: async () => answer() }), classify: () => "other",
    };`,
  "answer.ts": "export const answer = () => new Response();",
} as const;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-code-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(place: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, place, path)), { recursive: true });
    writeFileSync(join(folder, place, path), text);
  }
  return join(folder, place);
}

describe("the version of the code", () => {
  const versionWith = (files: Readonly<Record<string, string>>, place = "changed") => {
    write(place, { ...PRODUCT, ...files });
    return versionOf(sourcesOf(join(folder, place)), []);
  };

  it("is the package's version and what its files come to, wherever they are", () => {
    const version = versionOf(sourcesOf(write("here", PRODUCT)), []);
    expect(version).toMatch(/^1\.2\.3-[0-9a-f]{12}$/);
    cpSync(join(folder, "here"), join(folder, "some/where/else"), { recursive: true });
    expect(versionOf(sourcesOf(join(folder, "some/where/else")), [])).toBe(version);
  });

  it.each([
    ["a source", { "harness/cli/run.ts": "export const run = 2;" }],
    ["a script", { "harness/issuer/page/page.js": "" }],
    ["data", { "fixtures/tokens/one.json": "[]" }],
    ["what is installed", { "package-lock.json": '{ "packages": {} }' }],
    ["a new file", { "src/more.ts": "" }],
  ])("is another one with %s", (_, change) => {
    expect(versionWith(change)).not.toBe(versionWith({}, "before"));
  });

  it("is another one where text only stands in another file", () => {
    const versions = [
      { "src/a.ts": "1", "src/b.ts": "2" },
      { "src/a.ts": "12", "src/b.ts": "" },
      { "src/a.ts": "2", "src/b.ts": "1" },
    ];
    expect(new Set(versions.map((files, index) => versionWith(files, String(index)))).size).toBe(3);
  });

  it.each([
    "fixtures/traces/one.json",
    "fixtures/campaigns/nightly.json",
    "scenarios/bench/main.ts",
    "harness/cli/run.test.ts",
    "src/app.testing.ts",
    "scenarios/browser/app.spec.ts",
    "fixtures/sdks/one/node_modules/one/index.js",
    "fixtures/apps/one/dist/index.js",
    "harness/cli/README.md",
    "reports/latest/report.json",
    "docs/run.schema.json",
  ])("has nothing to do with %s", (path) => {
    expect(versionWith({ [path]: "{}" })).toBe(versionWith({}, "before"));
  });

  it("goes by the code of the targets, in whatever order they come", () => {
    const product = sourcesOf(write("here", PRODUCT));
    expect(versionOf(product, ["a", "b"])).toBe(versionOf(product, ["b", "a"]));
    expect(versionOf(product, ["a", "b"])).not.toBe(versionOf(product, ["a"]));
    expect(versionOf(product, ["a", "b"])).not.toBe(versionOf(product, ["ab"]));
  });
});

describe("the version of this very code", () => {
  it("is the same for a target module that is somewhere else, and another one when what it imports is", async () => {
    const here = await codeVersion([join(write("here", TARGET), "target.ts")]);
    const there = await codeVersion([join(write("quite/another/place", TARGET), "target.ts")]);
    const other = await codeVersion([join(write("other", { ...TARGET, "answer.ts": "export const answer = () => null;" }), "target.ts")]);
    expect(here).toMatch(new RegExp(`^${packageJson.version.replaceAll(".", "\\.")}-[0-9a-f]{12}$`));
    expect(there).toBe(here);
    expect(other).not.toBe(here);
    expect(await codeVersion([])).not.toBe(here);
  });

  it("tells targets apart by the versions of what they run, and refuses what is none", async () => {
    const versions = await Promise.all([["reference"], ["workos-node"], ["workos-node", "reference"]].map(codeVersion));
    expect(new Set(versions).size).toBe(3);
    expect(await codeVersion(["reference", "workos-node", "reference"])).toBe(versions[2]);
    await expect(codeVersion(["nobody"])).rejects.toMatchObject({ code: "BAD_USAGE" });
  });
});
