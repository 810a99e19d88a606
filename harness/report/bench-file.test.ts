import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bench } from "./bench.testing.ts";
import { benchBeside } from "./bench-file.ts";

describe("the bench beside a report", () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  });
  afterEach(() => rm(place, { recursive: true }));

  it("is found beside the report's directory, which need not be there yet", async () => {
    await writeFile(join(place, "bench.json"), JSON.stringify(bench));
    expect(await benchBeside(join(place, "latest"))).toEqual(bench);
  });

  it("is nothing where there is none", async () => {
    expect(await benchBeside(join(place, "latest"))).toBeNull();
  });

  it.each([
    ["no JSON", "{"],
    ["another file of that name", JSON.stringify({ suites: [] })],
    ["a bench of another version", JSON.stringify({ ...bench, version: 2 })],
    ["one that has lost its machine", JSON.stringify({ ...bench, machine: undefined })],
  ])("is nothing where it is %s", async (_what, text) => {
    await writeFile(join(place, "bench.json"), text);
    expect(await benchBeside(join(place, "latest"))).toBeNull();
  });
});
