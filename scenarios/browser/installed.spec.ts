import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "../../harness/library/playwright.ts";
import { findExamples } from "../examples.testing.ts";
import { type Installed, install } from "../package/installed.testing.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PLAYWRIGHT = join("node_modules", "@playwright", "test", "cli.js");

/** A block of code in a document, by what stands behind its language. */
function block(file: string, title: string): string {
  const text = readFileSync(join(ROOT, "docs", file), "utf8");
  const found = [...text.matchAll(/^```\w+ (.*)\n([\s\S]*?)^```$/gm)].find((match) => match[1] === title)?.[2];
  if (found === undefined) throw new Error(`docs/${file} has no block "${title}"`);
  return found;
}

/** What the shop is before and after it is mended, as docs/library.md has it. */
const BEFORE = block("library.md", "shop.ts");
const AFTER = BEFORE.replace(/ {2}\/\*\* Requests that find[\s\S]*?\n {2}\}\n/, () => block("library.md", "shop.ts: refresh"));

// It is built and packed here, once for all of them.
test.describe.configure({ mode: "default", timeout: 240_000 });

let shop: Installed;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  shop = await install(["@playwright/test", "@sparticuz/chromium", "typescript", "@types/node"]);
  const compilerOptions = { target: "es2024", lib: ["es2024", "dom"], module: "nodenext", strict: true, noEmit: true, types: ["node"] };
  const strict = { skipLibCheck: true, allowImportingTsExtensions: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  shop.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...compilerOptions, ...strict } }));
  shop.write("playwright.config.ts", block("browser.md", "playwright.config.ts"));
});
test.afterAll(() => rmSync(shop.folder, { recursive: true, force: true }));

/** The files of the one test that failed. */
function evidence(): { readonly files: readonly string[]; read(file: string): string } {
  const results = join(shop.folder, "test-results");
  const [folder = ""] = existsSync(results) ? readdirSync(results).filter((name) => !name.startsWith(".")) : [];
  return { files: readdirSync(join(results, folder)), read: (file) => readFileSync(join(results, folder, file), "utf8") };
}

test("the example of docs/browser.md, where Holdfast is installed, fails as the page says, and all that is known of it is in one folder", async ({
  tab,
}) => {
  shop.write("shop.ts", BEFORE);
  shop.write("shop.spec.ts", block("browser.md", "shop.spec.ts"));
  expect(await shop.run("tsc")).toEqual({ status: 0, said: "" });
  const { status, said } = await shop.run("node", PLAYWRIGHT, "test");
  expect(said).toMatch(/1 failed[\s\S]*a tab that is closed while it loads takes nobody with it[\s\S]*1 passed/);
  expect(status).toBe(1);

  const { files, read } = evidence();
  expect(files).toEqual(expect.arrayContaining(["trace.zip", "test-failed-1.png", "journal.txt", "sequence.html"]));
  for (const line of block("browser.md", "journal").trim().split("\n")) expect(read("journal.txt")).toContain(line);
  expect(read("journal.txt")).not.toMatch(/eyJ/);

  const page = await tab(null);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  await page.setContent(read("sequence.html"));
  const picture = page.getByRole("img", { name: /^Sequence picture of \d+ messages$/ });
  await expect(picture).toContainText("tab-1");
  await expect(picture).toContainText("RT F1.g0");
  expect(complaints).toEqual([]);
});

test("the example passes once the shop is mended as docs/library.md says", async () => {
  expect(AFTER).not.toBe(BEFORE);
  shop.write("shop.ts", AFTER);
  shop.write("shop.spec.ts", block("browser.md", "shop.spec.ts"));
  const { status, said } = await shop.run("node", PLAYWRIGHT, "test");
  expect(said).toContain("2 passed");
  expect(status).toBe(0);
});

test("the example in the documentation of `test` passes, with the reference app", async () => {
  const example = findExamples().find(({ file, name }) => file === "harness/library/playwright.ts" && name === "test");
  shop.write("shop.spec.ts", example?.code ?? "");
  expect(await shop.run("tsc")).toEqual({ status: 0, said: "" });
  const { status, said } = await shop.run("node", PLAYWRIGHT, "test");
  expect(said).toContain("1 passed");
  expect(status).toBe(0);
});
