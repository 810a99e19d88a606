import { readFileSync, rmSync } from "node:fs";
import { extname, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installed, install } from "./installed.testing.ts";

const DOC = readFileSync(resolve(import.meta.dirname, "../../docs/library.md"), "utf8");

/** A block of code in the document, by what stands behind its language. */
function block(title: string): string {
  const found = [...DOC.matchAll(/^```\w+ (.*)\n([\s\S]*?)^```$/gm)].find((match) => match[1] === title)?.[2];
  if (found === undefined) throw new Error(`docs/library.md has no block "${title}"`);
  return found;
}

const FUNCTION = / {2}\/\*\* Requests that find[\s\S]*?\n {2}\}\n/;
const BEFORE = block("shop.ts");
const AFTER = BEFORE.replace(FUNCTION, () => block("shop.ts: refresh"));
const TEST = block("session.test.ts");
/** What the test has beside its exploration: imports, and the target. */
const TARGET = TEST.slice(0, TEST.indexOf("test.explore("));

let shop: Installed;
beforeAll(async () => {
  shop = await install(["vitest", "fast-check", "typescript", "@types/node", "openid-client"]);
  const compilerOptions = { target: "es2024", module: "nodenext", strict: true, noEmit: true, types: ["node"], skipLibCheck: true };
  const strict = { allowImportingTsExtensions: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  shop.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...compilerOptions, ...strict } }));
}, 120_000);
afterAll(() => rmSync(shop.folder, { recursive: true, force: true }));

describe("the worked example of docs/library.md, where Holdfast is installed", () => {
  it("catches the race as the page shows it, in code that type-checks", async () => {
    shop.write("shop.ts", BEFORE);
    shop.write("session.test.ts", TEST);
    expect(await shop.run("tsc")).toEqual({ status: 0, said: "" });
    const { status, said } = await shop.run("vitest", "run", "session.test.ts");
    expect(said).toContain(block("output"));
    expect(said).toMatch(/❯ session\.test\.ts:\d+:6/);
    expect(status).toBe(1);
  });

  it("holds, and is proved, once it is mended as the page says", async () => {
    expect(AFTER).not.toBe(BEFORE);
    shop.write("shop.ts", AFTER);
    shop.write("session.test.ts", TEST + block("session.test.ts, more"));
    expect(await shop.run("tsc")).toEqual({ status: 0, said: "" });
    const { status, said } = await shop.run("vitest", "run", "session.test.ts");
    expect(said).toContain("2 passed");
    expect(status).toBe(0);
  });

  it("is not done yet: a second instance breaks it, and an issuer that is down for a moment", async () => {
    shop.write("shop.ts", AFTER);
    shop.write("isolates.test.ts", TEST.replace("loads: 3,", "loads: 3,\n  isolates: 2,"));
    shop.write("faults.test.ts", TEST.replace("loads: 3,", 'loads: 3,\n  faults: "issuer-503",'));
    const { status, said } = await shop.run("vitest", "run", "isolates.test.ts", "faults.test.ts");
    expect(said).toMatch(/isolate-\d for ada\/load-\d \(step \d+\) and by isolate-\d/);
    expect(said).toContain("no-spurious-logout and outage-is-not-logout are violated");
    expect(said).toContain("2 failed (2)");
    expect(status).toBe(1);
  });

  it("plays the page's own scenario, and its stories", async () => {
    shop.write("shop.ts", AFTER);
    const more = block("session.test.ts, more");
    shop.write("stories.test.ts", TARGET + more.slice(0, more.indexOf("test(")) + block("stories"));
    const use = 'test.explore("it holds", settingsWhileExpired, { target: shop, profile: "better-auth", schedules: 50 });';
    shop.write("scenario.test.ts", `${TARGET}${block("scenario")}${use}`);
    shop.write("sessions.ts", block("store"));
    expect(await shop.run("tsc")).toEqual({ status: 0, said: "" });
    const { status, said } = await shop.run("vitest", "run", "scenario.test.ts", "stories.test.ts");
    expect(said).toContain("2 passed (2)");
    expect(status).toBe(0);
  });
});

describe("the package, where it is installed", () => {
  it("runs a target's module on the command line, and plays the counterexample again", async () => {
    shop.write("shop.ts", BEFORE);
    shop.write("shop.target.ts", TARGET.replace('import { test } from "holdfast/vitest";\n', "").replace("const shop =", "export default"));
    const race = ["run", "page-loads-at-expiry", "--target", "./shop.target.ts", "--profile", "better-auth", "--loads", "3"];
    const { status, said } = await shop.run("npx", "--offline", "holdfast", ...race);
    expect(said).toContain("1 cell: 1 breaks an invariant.");
    expect(status).toBe(1);
    const again = /npx (holdfast) (replay) (hf1_\S+)/.exec(said)?.slice(1) ?? [];
    const replayed = await shop.run("npx", "--offline", ...again);
    expect(replayed.said).toContain("The trace is the recorded one.");
    expect(replayed.status).toBe(1);
  });

  it("lists what there is, also what needs something to be installed first", async () => {
    const { status, said } = await shop.run("holdfast", "list");
    expect(said).toContain("page-loads-at-expiry");
    expect(said).toMatch(/workos-node +expected @workos-inc\/node to be installed/);
    expect(said).toMatch(/authkit-session +expected @workos\/authkit-session and @workos-inc\/node to be installed/);
    expect(said.replace(/\s+/g, " ")).toContain("(openid-client 6.");
    expect(status).toBe(0);
  });

  it("runs a target of an SDK that its owner has installed", async () => {
    const race = ["run", "page-loads-at-expiry", "--target", "openid-client", "--profile", "zitadel", "--explore", "fifo", "--loads", "2"];
    const { status, said } = await shop.run("holdfast", ...race);
    expect(said).toContain("isolate-1 presents RT F1.g0 again for ada/load-2");
    expect(status).toBe(1);
  });

  it.each(["forks", "threads"])(
    "explores in vitest's pool %s, a module with state of its own, aloud, beside tests with sockets",
    async (pool) => {
      shop.write("shop.ts", AFTER);
      shop.write(
        "shop.target.ts",
        `${TARGET.replace('import { test } from "holdfast/vitest";\n', "").replace("const shop =", "export default")}\nconsole.log("evaluated");\n`,
      );
      shop.write("pool.test.ts", POOL);
      const { status, said } = await shop.run("vitest", "run", "pool.test.ts", `--pool=${pool}`);
      expect(said).toContain("3 passed");
      expect(said).toContain("evaluated");
      expect(status).toBe(0);
    },
  );

  it("says so where vitest gives tests a realm of their own", async () => {
    shop.write("pool.test.ts", POOL);
    const { status, said } = await shop.run("vitest", "run", "pool.test.ts", "--pool=vmThreads");
    expect(said).toContain("expected to run in Node's own realm");
    expect(status).toBe(1);
  });

  it("serves the fake issuer, with its page", async () => {
    shop.write("issuer.mjs", ISSUER);
    expect(await shop.run("node", "issuer.mjs")).toEqual({ status: 0, said: "200 text/html; charset=utf-8\n" });
  });

  it("has what runs and its types, and nothing else", () => {
    expect([...new Set(shop.files.map((file) => extname(file)))].sort()).toEqual(["", ".css", ".html", ".js", ".json", ".md", ".ts"]);
    expect(shop.files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
    expect(shop.files.filter((file) => /\.(test|testing)\./.test(file))).toEqual([]);
  });
});

const POOL = `
import net from "node:net";
import { once } from "node:events";
import { explore } from "holdfast";
import { expect, test } from "holdfast/vitest";
import { describe, vi } from "vitest";

const target = new URL("./shop.target.ts", import.meta.url);

describe.concurrent("beside one another", () => {
  test("sockets come and go", async () => {
    for (let i = 0; i < 20; i++) {
      const server = net.createServer().listen(0);
      await once(server, "listening");
      const client = net.connect(server.address().port);
      await once(client, "connect");
      client.destroy();
      server.close();
    }
  });
  test("an exploration", async () => {
    expect(await explore({ target, profile: "better-auth", loads: 2, schedules: 30 })).toHold();
  });
});

test("fake timers are in the way while they are there", async () => {
  vi.useFakeTimers();
  await expect(explore({ target })).rejects.toThrow("something has replaced Date");
  vi.useRealTimers();
  expect(await explore({ target, loads: 2, schedules: 2 })).toHold();
});
`;

const ISSUER = `
import { newSigningKey, profiles, startIssuerServer } from "holdfast/issuer";

const server = await startIssuerServer({
  profile: profiles.workos,
  clientId: "client_test",
  apiKey: "sk_test",
  accessTokenLifetime: 300_000,
  users: [],
  keys: [await newSigningKey("key_1")],
  controlBearer: "a-bearer-that-nobody-guesses",
});
const page = await fetch(server.origin + "/_holdfast/");
console.log(page.status, page.headers.get("content-type"));
await server.close();
`;
