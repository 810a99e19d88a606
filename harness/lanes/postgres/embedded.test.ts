import { spawn } from "node:child_process";
import { once } from "node:events";
import pg from "pg";
import { expect, test } from "vitest";

test("a process that ends before its time leaves no server and no folder", async () => {
  const embedded = new URL("./embedded.ts", import.meta.url).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(embedded)});
    const { address } = await startEmbedded({ handlesSignals: true });
    console.log(address.url);
    process.exit(4);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  let url = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    url += text;
  });
  const [status] = await once(child, "close");
  expect(status).toBe(4);
  const client = new pg.Client({ connectionString: url.trim() });
  client.on("error", () => {});
  await expect(client.connect()).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNREFUSED|57P03|57P01)$/) });
});

test("a process that has had a server ends with the status that it wants", async () => {
  const embedded = new URL("./embedded.ts", import.meta.url).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(embedded)});
    const server = await startEmbedded();
    await server.stop();
    process.exitCode = 3;`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [status] = await once(child, "close");
  expect([status, said]).toEqual([3, ""]);
});
