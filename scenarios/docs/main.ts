import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { allPages } from "./pages.ts";

/** `npm run docs`: writes the pages that are made of the sources, and removes those of what is gone. */
const ROOT = new URL("../../", import.meta.url);
const pages = await allPages();
for (const folder of new Set(pages.map(({ file }) => dirname(file)).filter((name) => name !== "docs"))) {
  const known = new Set(pages.map(({ file }) => file));
  await mkdir(new URL(folder, ROOT), { recursive: true });
  for (const name of await readdir(new URL(folder, ROOT)))
    if (!known.has(`${folder}/${name}`)) await rm(new URL(`${folder}/${name}`, ROOT));
}
for (const { file, text } of pages) await writeFile(new URL(file, ROOT), text);
console.log(`${pages.length} pages`);
