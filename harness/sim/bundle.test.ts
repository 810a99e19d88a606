import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundleModule } from "./bundle.ts";
import { EPOCH, inWorld, openWorld } from "./world.testing.ts";

const FILES = {
  "entry.ts": `
    import { helper } from "./helper.ts";
    import legacy from "./legacy.cjs";
    import { readFileSync } from "node:fs";
    enum Unerasable { Yes = "yes" }
    interface Erased { readonly a: string }
    let count: number = 0;
    const capturedDate = Date;
    const capturedFetch = fetch;
    const atLoad = Date.now();
    export const next = (): number => ++count;
    export const cache = new Map<string, Erased>();
    export const shared = (): number => helper();
    export const lazy = async (): Promise<number> => (await import("./lazy.ts")).bump();
    export const builtin = async (): Promise<string> => typeof (await import("node:zlib")).gzip;
    export const meta = (): string => import.meta.url;
    export const write = (value: unknown): void => { (globalThis as any).leaked = value; (global as any).also = value; };
    export const read = (): unknown[] => [(globalThis as any).leaked, (global as any).also, "leaked" in globalThis];
    export const patch = (): void => { globalThis.fetch = (() => "patched") as never; };
    export const patched = (): unknown => (globalThis.fetch as any)();
    export const now = (): number[] => [Date.now(), new capturedDate().getTime(), globalThis.Date.now(), atLoad];
    export const identities = (): boolean[] => [capturedFetch === fetch, [] instanceof Array, new Error() instanceof Error, globalThis.crypto.subtle !== undefined];
    export const rest = { legacy, unerasable: Unerasable.Yes, readFileSync: typeof readFileSync };
    export const error = (): Error => new TypeError("mine");
  `,
  "helper.ts": "let calls = 0; export const helper = (): number => ++calls;",
  "lazy.ts": "let bumps = 0; export const bump = (): number => ++bumps;",
  "legacy.cjs": "let n = 0; module.exports = { directory: __dirname, next: () => ++n };",
  "throws.ts": 'throw new RangeError("while it loads");',
  "syntax.ts": "const = ;",
  "missing.ts": 'import "./nowhere.ts";',
  "absent-package.ts": 'import "no-such-package-at-all"; export const a = 1;',
} as const;

let directory = "";
const bundle = (file: keyof typeof FILES): Promise<Bundle> => bundleModule(join(directory, file));
const evaluate = (from: Bundle) => from.evaluate() as Record<string, (value?: unknown) => unknown>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-bundle-"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("bundleModule", () => {
  it("has a fingerprint that is the same elsewhere, and another one where any module of it is", async () => {
    const { fingerprint } = await bundle("entry.ts");
    const copy = join(directory, "in/another/place");
    for (const name of Object.keys(FILES)) cpSync(join(directory, name), join(copy, name));
    expect((await bundleModule(join(copy, "entry.ts"))).fingerprint).toBe(fingerprint);
    writeFileSync(join(copy, "lazy.ts"), "let bumps = 0; export const bump = (): number => --bumps;");
    expect((await bundleModule(join(copy, "entry.ts"))).fingerprint).not.toBe(fingerprint);
  });

  it("gives each evaluation module state of its own, in the entry, its imports, its CommonJS and what it loads later", async () => {
    const entry = await bundle("entry.ts");
    const [first, second] = [evaluate(entry), evaluate(entry)];
    expect([first.next?.(), first.next?.(), second.next?.()]).toEqual([1, 2, 1]);
    expect([first.shared?.(), first.shared?.(), second.shared?.()]).toEqual([1, 2, 1]);
    expect([await first.lazy?.(), await first.lazy?.(), await second.lazy?.()]).toEqual([1, 2, 1]);
    const legacies = [first, second].map(({ rest }) => (rest as unknown as { legacy: { next(): number } }).legacy);
    expect([legacies[0]?.next(), legacies[0]?.next(), legacies[1]?.next()]).toEqual([1, 2, 1]);
    expect(first.cache).not.toBe(second.cache);
  });

  it("keeps what is written to globalThis or global to the one that wrote it", async () => {
    const entry = await bundle("entry.ts");
    const [first, second] = [evaluate(entry), evaluate(entry)];
    first.write?.("mine");
    first.patch?.();
    expect(first.read?.()).toEqual(["mine", "mine", true]);
    expect(second.read?.()).toEqual([undefined, undefined, false]);
    expect(first.patched?.()).toBe("patched");
    expect("leaked" in globalThis).toBe(false);
    expect(String(globalThis.fetch)).not.toContain("patched");
  });

  it("runs the module in this realm and on the façades, also where it captured a global while it loaded", async () => {
    const entry = await bundle("entry.ts");
    await inWorld(() => {
      const instance = evaluate(entry);
      expect(instance.now?.()).toEqual([EPOCH, EPOCH, EPOCH, EPOCH]);
      expect(instance.identities?.()).toEqual([true, true, true, true]);
      expect(instance.error?.()).toBeInstanceOf(TypeError);
    });
  });

  it("keeps the import() of a module in the bundle, or of Node, within the step", async () => {
    const entry = await bundle("entry.ts");
    const world = openWorld();
    const results: unknown[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, async () => {
      const instance = evaluate(entry);
      results.push(await instance.lazy?.(), await instance.builtin?.());
    });
    await world.open();
    expect(results).toEqual([1, "function"]);
  });

  it("takes TypeScript that types alone do not erase, and says where the module came from", async () => {
    const { rest, meta } = evaluate(await bundle("entry.ts"));
    expect(rest).toMatchObject({ unerasable: "yes", readFileSync: "function", legacy: { directory } });
    expect(meta?.()).toBe(pathToFileURL(join(directory, "entry.ts")).href);
  });

  it("throws what a module throws while it loads, at each evaluation", async () => {
    const throws = await bundle("throws.ts");
    expect(() => throws.evaluate()).toThrow(new RangeError("while it loads"));
    expect(() => throws.evaluate()).toThrow(new RangeError("while it loads"));
  });

  it("says at once what the bundler finds wrong, and at evaluation which package is not there", async () => {
    await expect(bundle("syntax.ts")).rejects.toThrow(/syntax\.ts/);
    await expect(bundle("missing.ts")).rejects.toThrow(/nowhere\.ts/);
    await expect(bundleModule(join(directory, "no-such-file.ts"))).rejects.toThrow(/no-such-file\.ts/);
    const absent = await bundle("absent-package.ts");
    expect(() => absent.evaluate()).toThrow(/no-such-package-at-all/);
  });
});
