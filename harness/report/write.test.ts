import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeReport } from "./write.ts";

let root: string;
let place: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "holdfast-report-"));
  place = join(root, "reports", "latest");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const first = { "report.json": "{}\n", "counterexamples/1-a.txt": "a\n" };
const text = (path: string) => readFile(join(place, path), "utf8");
const usageError = (message: RegExp) => expect.objectContaining({ code: "BAD_USAGE", message: expect.stringMatching(message) });

describe("a report", () => {
  test("is written with its directories", async () => {
    await writeReport(place, first);
    expect(await text("report.json")).toBe("{}\n");
    expect(await text("counterexamples/1-a.txt")).toBe("a\n");
  });

  test("replaces an earlier one whole, and leaves nothing beside it", async () => {
    await writeReport(place, first);
    await writeReport(place, { "report.json": "2\n", "index.html": "page" });
    expect((await readdir(place)).sort()).toEqual(["index.html", "report.json"]);
    expect(await text("report.json")).toBe("2\n");
    expect(await readdir(join(root, "reports"))).toEqual(["latest"]);
  });

  test("may go into an empty directory", async () => {
    await mkdir(place, { recursive: true });
    await writeReport(place, first);
    expect(await text("report.json")).toBe("{}\n");
  });

  test("goes to where a symbolic link leads, and the link stays", async () => {
    const real = join(root, "elsewhere");
    await mkdir(real);
    await mkdir(join(root, "reports"));
    await symlink(real, place);
    await writeReport(place, first);
    expect(await readlink(place)).toBe(real);
    expect(await readFile(join(real, "report.json"), "utf8")).toBe("{}\n");
  });
});

describe("a failure", () => {
  test("on the way leaves the earlier report as it was, and nothing half-written", async () => {
    await writeReport(place, first);
    // The second path needs a directory where the first one has made a file.
    const broken = writeReport(place, { "report.json": "2\n", "index.html": "x", "index.html/inner": "y" });
    await expect(broken).rejects.toEqual(usageError(/cannot be/));
    expect(await text("report.json")).toBe("{}\n");
    expect(await text("counterexamples/1-a.txt")).toBe("a\n");
    expect(await readdir(join(root, "reports"))).toEqual(["latest"]);
  });

  test("of the first report leaves no directory in its place", async () => {
    await expect(writeReport(place, { a: "", "a/b": "" })).rejects.toEqual(usageError(/cannot be/));
    expect(await readdir(join(root, "reports"))).toEqual([]);
  });

  test("says so when the place is a file, and leaves the file alone", async () => {
    await mkdir(join(root, "reports"));
    await writeFile(place, "mine");
    await expect(writeReport(place, first)).rejects.toEqual(usageError(/is a file/));
    expect(await readFile(place, "utf8")).toBe("mine");
  });

  test("says so when there can be no such place", async () => {
    await writeFile(join(root, "reports"), "a file where a directory should be");
    await expect(writeReport(place, first)).rejects.toEqual(usageError(/ENOTDIR/));
  });

  test("protects a directory that holds something else", async () => {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "thesis.md"), "mine");
    await expect(writeReport(place, first)).rejects.toEqual(usageError(/also holds "thesis.md"/));
    expect(await readdir(place)).toEqual(["thesis.md"]);
  });
});
