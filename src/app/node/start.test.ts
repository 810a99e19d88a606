import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSigner, ISSUER } from "../../callback/callback.testing.ts";
import type { LogEntry } from "../../callback/refusal.ts";
import { startServer, type TestServer } from "../../repository/postgres/server.testing.ts";
import { systemPorts } from "../system-ports.ts";
import type { Environment } from "./environment.ts";
import { readSettings } from "./settings.ts";
import { startApp } from "./start.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const signer = await createSigner();
const iat = Math.floor(Date.now() / 1000);
const authorization = `Bearer ${await signer.sign({ iss: ISSUER, client_id: "client_1", iat, exp: iat + 300 })}`;
const SECRETS = { COOKIE_PASSWORDS: "p".repeat(32), API_KEY_PEPPERS: `1:${KEY}`, RECORD_SEAL_KEYS: `1:${KEY}` };

/** The issuer answers for its users, and for nothing else: keys come from the settings. */
const ports = { ...systemPorts(), fetch: (async () => Response.json({ id: "user_ada", email: "ada@example.test" })) as typeof fetch };

async function start(environment: Environment = {}) {
  const log: LogEntry[] = [];
  const settings = readSettings(
    {
      PORT: "0",
      WORKOS_CLIENT_ID: "client_1",
      WORKOS_API_KEY: "sk_1",
      WORKOS_ISSUERS: ISSUER,
      WORKOS_JWKS: JSON.stringify(signer.jwks),
      ...environment,
    },
    ports,
  );
  return { ...(await startApp(settings, { ports, log: (entry) => log.push(entry) })), log };
}

async function callback(origin: string): Promise<string> {
  const response = await fetch(`${origin}/v1/auth/web/callback`, { method: "POST", headers: { authorization } });
  expect(response.status).toBe(200);
  return response.text();
}

describe("in memory", () => {
  test("the app answers where it says, and is gone when it is closed", async () => {
    const app = await start();
    expect(app.origin).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await (await fetch(app.origin)).text()).toContain("You are signed out");
    expect(await callback(app.origin)).toContain("ada@example.test");
    await app.close();
    await expect(fetch(app.origin)).rejects.toThrow("fetch failed");
    expect(app.log).toEqual([]);
  });

  test("it sends browsers back to the origin that it was told", async () => {
    const app = await start({ APP_ORIGIN: "https://app.example", PORT: "0" });
    expect(app.origin).toBe("https://app.example");
    await app.close();
  });
});

describe("in Postgres", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test("what one process has stored, another with the same secrets replays", async () => {
    const database = await server.createDatabase();
    const environment = { ...SECRETS, DATABASE_URL: database.connectionString };
    const one = await start(environment);
    const first = await callback(one.origin);
    await one.close();
    const two = await start(environment);
    expect(await callback(two.origin)).toBe(first);
    expect(first).toContain('"secret":"hfk_');
    await two.close();
    const { rows } = await database
      .pool()
      .query("select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    expect(rows).toEqual([{ n: 0 }]);
    await database.close();
  });

  test("a database that cannot be used is named, without its password", async () => {
    const { port } = new URL((await server.createDatabase()).connectionString);
    const nowhere = start({ DATABASE_URL: `postgres://ada:s3cret@127.0.0.1:${port}/nowhere` });
    await expect(nowhere).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringMatching(
        new RegExp(`^expected a usable Postgres at 127\\.0\\.0\\.1:${port}/nowhere \\(DATABASE_URL\\), got (28P01|3D000)$`),
      ),
      hint: expect.not.stringContaining("s3cret"),
    });
    await expect(start({ DATABASE_URL: "postgres://ada:s3cret@127.0.0.1:1/app" })).rejects.toThrow(
      "expected a usable Postgres at 127.0.0.1:1/app (DATABASE_URL), got ECONNREFUSED",
    );
  });
});
