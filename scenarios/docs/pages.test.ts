import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { allPages } from "./pages.ts";

const ROOT = new URL("../../", import.meta.url);

test("the pages that are made of sources and results are what their sources say: otherwise run `npm run docs`", async () => {
  const pages = await allPages();
  for (const { file, text } of pages) expect(await readFile(new URL(file, ROOT), "utf8"), file).toBe(text);
  for (const folder of ["docs/invariants", "docs/known-bugs"]) {
    const own = pages.flatMap(({ file }) => (file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : []));
    expect((await readdir(new URL(folder, ROOT))).sort()).toEqual(own.sort());
  }
}, 60_000);

test("every link from one of them to another leads somewhere", async () => {
  const pages = await allPages();
  const files = new Set(pages.map(({ file }) => file));
  for (const { file, text } of pages) {
    for (const [, link = ""] of text.matchAll(/\]\((\.\.\/(?:invariants|known-bugs)\/[^)]+|[\w-]+\.md)\)/g)) {
      expect(files, `${file}: ${link}`).toContain(new URL(link, `file:///${file}`).pathname.slice(1));
    }
  }
}, 60_000);
