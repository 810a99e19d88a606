import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { expect, it } from "vitest";

const HOLDFAST = resolve(import.meta.dirname, "../cli/holdfast.mjs");

it("without DATABASE_URL there is a server of this machine's own, for as long as somebody uses it, and its data stay", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-own-"));
  // Postgres runs as another user where root starts it.
  await chmod(folder, 0o755);
  const campaign = async (...words: readonly string[]) => {
    const env = { ...process.env, DATABASE_URL: "", TMPDIR: folder, NO_COLOR: "1" };
    const child = spawn(process.execPath, [HOLDFAST, "campaign", ...words], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { status, said: out + err };
  };
  // Of the project that is worked in.
  const project = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const asRoot = join(folder, `holdfast-campaigns-${userInfo().username}-${project}`);
  const own = process.getuid?.() === 0 ? asRoot : join(folder, ".holdfast", "campaigns");
  const answers = async () => {
    const { password, port } = JSON.parse(await readFile(join(own, "server.json"), "utf8"));
    const client = new pg.Client({ connectionString: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` });
    client.on("error", () => {});
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  };
  try {
    // Two who need it at once: one of their keepers starts it.
    const none = await Promise.all([campaign("status"), campaign("status")]);
    for (const { status, said } of none) expect([status, said]).toEqual([2, expect.stringContaining("there is none yet")]);
    const { status, said } = await campaign("start", resolve(import.meta.dirname, "../../fixtures/campaigns/minute.json"));
    expect([status, said]).toEqual([0, expect.stringContaining(`it is in a Postgres of this machine's own, in ${own}`)]);
    while (await answers()) await new Promise((done) => setTimeout(done, 500));
    expect((await campaign("status")).said).toContain("Campaign 1 · minute · 5 cells");
    while (await answers()) await new Promise((done) => setTimeout(done, 500));
  } finally {
    await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 200 });
  }
  // A real server, which ends by itself once nobody has been there for ten seconds.
}, 180_000);
