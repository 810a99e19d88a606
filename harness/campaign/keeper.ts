import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { startKept } from "../lanes/postgres/embedded.ts";
import { HoldfastError } from "../model/error.ts";
import { APPLICATION } from "./database.ts";
import { placeIn } from "./server.ts";

/** Milliseconds between two looks for somebody who is connected. */
const LOOK_EVERY = 1_000;
/** So many looks without anybody, and the server ends. */
const PATIENCE = 10;

/**
 * Keeps a server of this machine's own while somebody uses it. It is a process of its own, in a group of its own: Ctrl-C in a terminal is not
 * meant for it, and the command that happens to need the server first may end before the others.
 */
const folder = process.argv[2] as string;
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
try {
  const { url, stop } = await startKept(folder, await placeIn(folder));
  let asked = false;
  process.on("SIGTERM", () => {
    asked = true;
  });
  const client = new pg.Client({ connectionString: url, application_name: "holdfast keeper" });
  client.on("error", () => {});
  await client.connect();
  for (let alone = 0; alone < PATIENCE && !asked; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    const { rows } = await client.query("select 1 from pg_stat_activity where application_name = $1 limit 1", [APPLICATION]);
    alone = rows.length === 0 ? alone + 1 : 0;
  }
  await client.end();
  await stop();
} catch (error) {
  // Nobody hears it: whoever started this reads it where it looks for the server.
  const words = error instanceof HoldfastError ? error.message : String(error);
  await writeFile(join(folder, "keeper.log"), `${words}\n`);
  process.exitCode = 1;
}
