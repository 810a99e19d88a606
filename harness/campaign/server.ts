import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { z } from "zod";
import { startKept } from "../lanes/postgres/embedded.ts";
import { freePort } from "../lanes/postgres/free-port.ts";
import { HoldfastError } from "../model/error.ts";
import { jsonOr } from "../model/json.ts";
import { unreachable } from "./database.ts";

/** Where the database of campaigns is. */
export interface CampaignServer {
  readonly url: string;
  /** What it is, in words. */
  readonly origin: string;
  /** Ends it, if it was started for this; what is in it stays. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const PATIENCE = 10_000;
const placeSchema = z.strictObject({ password: z.string().min(16), port: z.int() });

/**
 * The server at `DATABASE_URL`; without that variable one of this machine's own, which is started where it does not run already. Its data
 * stay for the next command.
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
    return { url, origin: "the database at DATABASE_URL", stop: async () => {} };
  }
  const folder = ownFolder();
  const origin = `a Postgres of this machine's own, in ${folder}`;
  const place = await placeIn(folder);
  const running = `postgres://postgres:${place.password}@127.0.0.1:${place.port}/postgres`;
  if (
    await assertAnswers(running).then(
      () => true,
      () => false,
    )
  ) {
    return { url: running, origin, stop: async () => {} };
  }
  const server = await startKept(folder, place);
  return { ...server, origin };
}

/** Postgres does not run as root, and the user that it runs as then may not get into root's folders. */
function ownFolder(): string {
  return process.getuid?.() === 0 ? join(tmpdir(), `holdfast-campaigns-${userInfo().username}`) : resolve(".holdfast", "campaigns");
}

/** The port stays the same, so that whoever waits for the server finds it again. */
async function placeIn(folder: string): Promise<z.infer<typeof placeSchema>> {
  await mkdir(folder, { recursive: true });
  await assertOwn(folder);
  const file = join(folder, "server.json");
  if (existsSync(file)) {
    const known = placeSchema.safeParse(jsonOr(await readFile(file, "utf8"), null));
    if (known.success) return known.data;
  }
  const place = { password: randomBytes(16).toString("hex"), port: await freePort() };
  await writeFile(file, JSON.stringify(place), { mode: 0o600 });
  return place;
}

/** A folder that somebody else has made where others may write could be a trap. */
async function assertOwn(folder: string): Promise<void> {
  const found = await lstat(folder);
  const isOwn = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && isOwn) return;
  throw new HoldfastError("BAD_USAGE", `expected ${folder} to be a folder of your own, and it is not`, "remove it, or set DATABASE_URL");
}

async function assertAnswers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  client.on("error", () => {});
  await client.connect();
  await client.end();
}
