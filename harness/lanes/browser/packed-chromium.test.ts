import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { packedChromium } from "./packed-chromium.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-packed-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The package with a program of a few bytes, which is there half for a while. */
function packed(text: string) {
  let unpacked = 0;
  const load = async () => ({
    default: {
      async executablePath() {
        const program = join(tmpdir(), "chromium");
        if (existsSync(program)) return program;
        unpacked++;
        writeFileSync(program, text.slice(0, 1));
        await new Promise(setImmediate);
        writeFileSync(program, text);
        return program;
      },
    },
  });
  return { load, times: () => unpacked };
}

it("is unpacked once, and whole for everybody who asks meanwhile", async () => {
  const { load, times } = packed("a program");
  const found = await Promise.all([1, 2, 3].map(async () => readFileSync(await packedChromium(load), "utf8")));
  expect(found).toEqual(["a program", "a program", "a program"]);
  const before = times();
  expect(await packedChromium(load)).toBe(await packedChromium(load));
  expect(times()).toBe(before);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(tmpdir()).toBe(folder);
});

it("is not what somebody else has left under the package's name", async () => {
  writeFileSync(join(folder, "chromium"), "another program");
  expect(readFileSync(await packedChromium(packed("a program").load), "utf8")).toBe("a program");
});

it("is unpacked beside what has its name and is no folder of ours", async () => {
  const { load } = packed("a program");
  const name = (await packedChromium(load)).split("/").at(-2) ?? "";
  rmSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name), "a file");
  expect(readFileSync(await packedChromium(load), "utf8")).toBe("a program");
});

it("is where a package says that does not go by the folder of temporary files", async () => {
  const load = async () => ({ default: { executablePath: async () => "/opt/chromium" } });
  expect(await packedChromium(load)).toBe("/opt/chromium");
  expect(readdirSync(folder)).toEqual([]);
});

it("is missed with a word about what to do", async () => {
  const load = () => Promise.reject(new Error("Cannot find package"));
  await expect(packedChromium(load)).rejects.toMatchObject({ code: "BAD_USAGE", hint: expect.stringContaining("HOLDFAST_CHROMIUM") });
});
