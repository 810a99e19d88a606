import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HoldfastError } from "../model/error.ts";
import { writeOutput } from "./output.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("an output file", () => {
  it("is written, folders and all, and nothing else is left beside it", async () => {
    await writeOutput(join(folder, "some/where/run.json"), "{}\n");
    expect(readdirSync(join(folder, "some/where"))).toEqual(["run.json"]);
    expect(readFileSync(join(folder, "some/where/run.json"), "utf8")).toBe("{}\n");
  });

  it("takes the place of an older one as a whole", async () => {
    const file = join(folder, "run.json");
    writeFileSync(file, "a much longer text than the new one");
    await writeOutput(file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["run.json"]);
  });

  it.each([
    ["its name is that of a folder", "taken"],
    ["its folder is a file", "a-file/run.json"],
    ["its folder would be below a file", "a-file/deeper/run.json"],
  ])("that cannot be written because %s is one clear error, and leaves everything as it was", async (_, name) => {
    writeFileSync(join(folder, "a-file"), "mine");
    await writeOutput(join(folder, "taken/inside"), "mine too");

    const error = await writeOutput(join(folder, name), "new").catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining(`expected to write ${join(folder, name)}`) });
    expect(readdirSync(folder).sort()).toEqual(["a-file", "taken"]);
    expect(readFileSync(join(folder, "a-file"), "utf8")).toBe("mine");
    expect(readdirSync(join(folder, "taken"))).toEqual(["inside"]);
  });

  it("named - is the standard output", async () => {
    const written: unknown[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(text);
      return true;
    });
    await writeOutput("-", "{}\n").finally(() => write.mockRestore());
    expect(written).toEqual(["{}\n"]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
