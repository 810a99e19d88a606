import { startEmbedded } from "./embedded.ts";
import { openServer } from "./open-server.ts";
import type { PostgresServer } from "./server.ts";

/** The server of a test file: the one that the environment names; else the quickest, whether or not a Docker engine answers. */
export async function openTestServer(): Promise<PostgresServer> {
  const { DATABASE_URL: url = "", HOLDFAST_POSTGRES_IMAGE: image = "" } = process.env;
  return url === "" && image === "" ? startEmbedded() : openServer();
}
