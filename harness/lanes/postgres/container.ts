import { randomBytes } from "node:crypto";
import { HoldfastError } from "../../model/error.ts";
import { freePort } from "./free-port.ts";
import { POSTGRES_FLAGS, type PostgresServer } from "./server.ts";

/** The official image, of the release that the embedded server is of. */
export const OFFICIAL_IMAGE = "postgres:18";

const PORT = 5432;

/** Milliseconds for an image to come and a server to start. */
const PATIENCE = 180_000;

/** Whether a Docker engine answers; false also where the package testcontainers is not installed. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    const { getContainerRuntimeClient } = await import("testcontainers");
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

/**
 * Postgres in a container, which is gone afterwards.
 *
 * @param image that takes what the official one takes: `POSTGRES_PASSWORD`, and `postgres -c …` as its command
 * @throws HoldfastError `BAD_USAGE` when the image cannot be had, or no server comes of it.
 */
export async function startContainer(image: string): Promise<PostgresServer> {
  const { GenericContainer, Wait } = await import("testcontainers");
  const password = randomBytes(16).toString("hex");
  // Chosen here, because an engine chooses another after a restart.
  const port = await freePort();
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(["postgres", ...POSTGRES_FLAGS.flatMap((flag) => ["-c", flag]), "-c", "listen_addresses=*"])
    .withExposedPorts({ container: PORT, host: port })
    // While an image makes its database, its server listens on no port.
    .withWaitStrategy(Wait.forSuccessfulCommand(`pg_isready --host 127.0.0.1 --port ${PORT} --username postgres`))
    .withStartupTimeout(PATIENCE)
    .start()
    .catch((error: unknown) => {
      throw new HoldfastError(
        "BAD_USAGE",
        `expected a Postgres server in a container of ${image}, got none: ${error instanceof Error ? error.message : String(error)}`,
        "pull it, name another in HOLDFAST_POSTGRES_IMAGE, or set DATABASE_URL to a server whose user may create databases",
        { cause: error },
      );
    });
  return {
    address: {
      origin: `in a container of ${image}`,
      url: `postgres://postgres:${password}@${container.getHost()}:${port}/postgres`,
      // Its processes are another machine's, but for what the server itself may run.
      halting: "program",
    },
    restart: () => container.restart(),
    async stop() {
      await container.stop({ removeVolumes: true });
    },
  };
}
