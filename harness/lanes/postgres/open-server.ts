import pg from "pg";
import { dockerAnswers, OFFICIAL_IMAGE, startContainer } from "./container.ts";
import { startEmbedded } from "./embedded.ts";
import type { PostgresServer } from "./server.ts";
import { unreachable } from "./unreachable.ts";

/**
 * The server that a run uses: the one at `DATABASE_URL`; else one in a container, of the image `HOLDFAST_POSTGRES_IMAGE` or the official
 * one, when a Docker engine answers; else one from the package registry. What is started for this is removed afterwards. Its address
 * says which it is, and its version.
 *
 * @param options.handlesSignals see {@link startEmbedded}
 * @throws HoldfastError `BAD_USAGE` when there is none to be had, or not the one that the environment asks for.
 */
export async function openServer(
  environment: Variables = process.env,
  options: { readonly handlesSignals?: boolean } = {},
): Promise<PostgresServer> {
  const server = await serverFor(environment, options);
  try {
    return {
      ...server,
      address: { ...server.address, origin: `Postgres ${await versionOf(server.address.url)}, ${server.address.origin}` },
    };
  } catch (error) {
    await server.stop();
    throw unreachable(server.address.url, error);
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

async function serverFor(
  { DATABASE_URL: url = "", HOLDFAST_POSTGRES_IMAGE: image = "" }: Variables,
  options: { readonly handlesSignals?: boolean },
) {
  if (url !== "") return serverAt(url);
  if (image !== "") return startContainer(image);
  if (!(await dockerAnswers())) return startEmbedded(options);
  return startContainer(OFFICIAL_IMAGE).catch(async (): Promise<PostgresServer> => {
    const { address, ...embedded } = await startEmbedded(options);
    const why = `a Docker engine answers, but ${OFFICIAL_IMAGE} cannot be had there`;
    return { ...embedded, address: { ...address, origin: `${address.origin} (${why})` } };
  });
}

/** Somebody else's: nothing of it is halted or restarted. */
function serverAt(url: string): PostgresServer {
  return { address: { origin: "at DATABASE_URL", url, halting: null }, restart: null, stop: async () => {} };
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>("select split_part(current_setting('server_version'), ' ', 1) as version");
    return rows[0]?.version ?? "";
  } finally {
    await client.end();
  }
}

/** Milliseconds for which a server may keep somebody waiting who connects. */
const PATIENCE = 10_000;
