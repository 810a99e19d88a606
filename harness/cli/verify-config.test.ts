import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "./verify-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

let written = 0;

/** A file of its own each time, since a module is loaded once. */
async function config(text: string): Promise<string> {
  const file = join(folder, `config-${++written}.mjs`);
  await writeFile(file, text);
  return file;
}

const withUrl = (url: string, more = "") =>
  config(
    `export default { name: "shop", app: { url: "${url}"${more} }, pages: ["/"], signedIn: { status: 200 }, signedOut: { location: "/login" } };`,
  );

test.each(["http://localhost:3000", "http://127.0.0.1:3000/", "http://[::1]:3000", "https://shop.localhost"])(
  "%s is this machine",
  async (url) => {
    const loaded = await loadConfig(await withUrl(url));
    expect(loaded).toMatchObject({ folder, config: { app: { url } } });
  },
);

test("another host is refused unless its owner says so", async () => {
  await expect(loadConfig(await withUrl("https://shop.example"))).rejects.toMatchObject({
    code: "BAD_USAGE",
    message: "expected app.url to be on this machine, got shop.example",
    hint: 'if that host is yours, say so in the configuration: hostIsMine: "shop.example"',
  });
  await expect(loadConfig(await withUrl("https://shop.example", ', hostIsMine: "other.example"'))).rejects.toMatchObject({
    message: 'expected app.url to be on this machine, got shop.example and hostIsMine: "other.example"',
  });
  expect((await loadConfig(await withUrl("https://shop.example", ', hostIsMine: "shop.example"'))).config.name).toBe("shop");
});

test("a URL has no path, and is one", async () => {
  await expect(loadConfig(await withUrl("http://localhost:3000/app"))).rejects.toMatchObject({
    message: 'expected app.url to be an http(s) URL without a path, got "http://localhost:3000/app"',
  });
  await expect(loadConfig(await withUrl("localhost:3000"))).rejects.toMatchObject({ code: "BAD_USAGE" });
});

test("a file that is not there, exports nothing, or throws is one clear error", async () => {
  await expect(loadConfig(join(folder, "none.ts"))).rejects.toMatchObject({
    message: `expected a configuration at ${join(folder, "none.ts")}, and there is none`,
  });
  await expect(loadConfig(await config("export const config = {};"))).rejects.toMatchObject({
    message: expect.stringContaining("to export a configuration as its default"),
  });
  await expect(loadConfig(await config("throw new Error('no');"))).rejects.toMatchObject({
    message: expect.stringContaining("it threw Error: no"),
  });
});
