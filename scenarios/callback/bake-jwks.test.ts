import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CORPUS } from "../../fixtures/tokens/forge.ts";
import { bakeJwksTo } from "../../harness/cli/bake-jwks.ts";

const MAIN = resolve(import.meta.dirname, "../../harness/cli/holdfast.mjs");
const URL_ = "https://api.workos.test/sso/jwks/client_1";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-bake-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ports(reply: () => Response) {
  return { fetch: async () => reply(), now: () => 0, wait: () => new Promise<void>(() => {}) };
}

function holdfast(...words: string[]): Promise<{ readonly status: number | null; readonly out: string; readonly err: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [MAIN, "bake-jwks", ...words], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
    });
    child.on("error", reject);
    child.on("close", (status) => done({ status, out, err }));
  });
}

describe("holdfast bake-jwks", () => {
  test.each([
    [2, "baked 2 keys\n"],
    [1, "baked 1 key\n"],
  ])("writes %d of the issuer's keys and says so", async (count, said) => {
    const out = join(folder, "baked.json");
    const jwks = { keys: CORPUS.jwks.keys.slice(0, count) };
    expect(
      await bakeJwksTo(
        URL_,
        { out, timeout: 1_000 },
        ports(() => Response.json(jwks)),
      ),
    ).toBe(said);
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(jwks);
  });

  test("writes an empty set over an older one when the issuer is down, and says that", async () => {
    const out = join(folder, "baked.json");
    await bakeJwksTo(
      URL_,
      { out, timeout: 1_000 },
      ports(() => Response.json(CORPUS.jwks)),
    );
    const said = await bakeJwksTo(
      URL_,
      { out, timeout: 1_000 },
      ports(() => new Response("", { status: 503 })),
    );
    expect(said).toBe("failed: the answer was 503; the keys will be fetched at run time\n");
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({ keys: [] });
  });

  test("as a process: skips an issuer on this machine with status 0, the set on the standard output", async () => {
    const { status, out, err } = await holdfast("http://localhost:1/jwks");
    expect({ status, out: JSON.parse(out), err }).toEqual({
      status: 0,
      out: { keys: [] },
      err: "skipped: the issuer is on this very machine; its keys will be fetched at run time\n",
    });
  });

  test.each([
    ["client_1", /expected the URL of a key set, got "client_1"/],
    ["file:///etc/passwd", /expected the URL of a key set/],
    ["https://", /expected the URL of a key set/],
  ])("as a process: status 2 for %s", async (url, said) => {
    const { status, err } = await holdfast(url);
    expect(status).toBe(2);
    expect(err).toMatch(said);
  });
});
