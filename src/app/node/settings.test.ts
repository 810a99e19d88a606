import { describe, expect, test } from "vitest";
import type { Environment } from "./environment.ts";
import { readSettings } from "./settings.ts";
import { StartError } from "./start-error.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const LEAST = { WORKOS_CLIENT_ID: "client_1", WORKOS_API_KEY: "sk_secret_1" };

let drawn = 0;
const ports = { randomBytes: (length: number) => new Uint8Array(length).fill(++drawn) };
const settingsOf = (environment: Environment) => readSettings({ ...LEAST, ...environment }, ports);

function refusal(environment: Environment): StartError {
  try {
    readSettings(environment, ports);
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("expected a refusal, got settings");
}

describe("the settings", () => {
  test("are WorkOS, loopback, memory and random secrets where nothing else is said", () => {
    expect(settingsOf({ PORT: " ", DATABASE_URL: "" })).toEqual({
      host: "127.0.0.1",
      port: 3000,
      origin: null,
      workos: {
        origin: "https://api.workos.com",
        pageOrigins: ["https://*.authkit.app"],
        issuers: ["https://api.workos.com", "https://api.workos.com/user_management/client_1"],
        clientId: "client_1",
        apiKey: "sk_secret_1",
        grace: 30_000,
        dialect: "standard",
        jwks: null,
      },
      databaseUrl: null,
      secrets: expect.objectContaining({ random: ["COOKIE_PASSWORDS", "API_KEY_PEPPERS", "RECORD_SEAL_KEYS"] }),
    });
  });

  test("are what the environment says", () => {
    const jwks = { keys: [{ kty: "RSA" }] };
    const settings = settingsOf({
      HOST: "0.0.0.0",
      PORT: "8080",
      APP_ORIGIN: "https://app.example/",
      WORKOS_API_HOSTNAME: "127.0.0.1",
      WORKOS_API_HTTPS: "false",
      WORKOS_API_PORT: "9000",
      WORKOS_AUTHKIT_ORIGINS: "https://auth.example, http://localhost:9001",
      WORKOS_ISSUERS: "https://one.example, https://two.example,",
      WORKOS_GRACE_SECONDS: "0",
      WORKOS_DIALECT: "dex",
      WORKOS_JWKS: JSON.stringify(jwks),
      DATABASE_URL: "postgresql://app:secret@db.example/app",
      COOKIE_PASSWORDS: `${"n".repeat(32)}, ${"o".repeat(32)}`,
      API_KEY_PEPPERS: `2:${KEY}, 1:${KEY}`,
      RECORD_SEAL_KEYS: `1:${KEY}`,
    });
    expect(settings).toMatchObject({ host: "0.0.0.0", port: 8080, origin: "https://app.example" });
    expect(settings.workos).toMatchObject({
      origin: "http://127.0.0.1:9000",
      pageOrigins: ["https://auth.example", "http://localhost:9001"],
      issuers: ["https://one.example", "https://two.example"],
      grace: null,
      dialect: "dex",
      jwks,
    });
    const { cookiePasswords, peppers, sealKeys, random } = settings.secrets;
    expect(cookiePasswords).toEqual(["n".repeat(32), "o".repeat(32)]);
    expect([...peppers, ...sealKeys].map(({ version, key }) => [version, key[0]])).toEqual([
      ["2", 7],
      ["1", 7],
      ["1", 7],
    ]);
    expect([random, settings.databaseUrl]).toEqual([[], "postgresql://app:secret@db.example/app"]);
  });

  test("have other random secrets in every process, under versions that no other process has", () => {
    const [one, two] = [settingsOf({}).secrets, settingsOf({}).secrets];
    expect(one.cookiePasswords[0]).not.toBe(two.cookiePasswords[0]);
    expect(one.cookiePasswords[0]?.length).toBeGreaterThanOrEqual(32);
    expect(one.peppers[0]?.version).not.toBe(two.peppers[0]?.version);
    expect(one.sealKeys[0]?.key).not.toEqual(two.sealKeys[0]?.key);
    expect(one.peppers[0]?.key).toHaveLength(32);
  });
});

describe("a setting that is not as it must be", () => {
  test.each<[Environment, string]>([
    [{ WORKOS_CLIENT_ID: " " }, "expected WORKOS_CLIENT_ID to be set, got nothing"],
    [{ WORKOS_API_KEY: undefined }, "expected WORKOS_API_KEY to be set, got nothing"],
    [{ PORT: "http" }, 'expected PORT to be a whole number from 0 to 65535, got "http"'],
    [{ PORT: "65536" }, 'expected PORT to be a whole number from 0 to 65535, got "65536"'],
    [{ PORT: "-1" }, 'expected PORT to be a whole number from 0 to 65535, got "-1"'],
    [{ HOST: "0.0.0.0" }, 'expected APP_ORIGIN to be set, since HOST is "0.0.0.0" and not this very machine, got nothing'],
    [{ APP_ORIGIN: "app.example" }, 'expected APP_ORIGIN to be an http(s) origin without a path, got "app.example"'],
    [{ APP_ORIGIN: "https://app.example/x" }, 'expected APP_ORIGIN to be an http(s) origin without a path, got "https://app.example/x"'],
    [{ APP_ORIGIN: "ftp://app.example" }, 'expected APP_ORIGIN to be an http(s) origin without a path, got "ftp://app.example"'],
    [{ WORKOS_API_HTTPS: "yes" }, 'expected WORKOS_API_HTTPS to be true or false, got "yes"'],
    [{ WORKOS_API_PORT: "0" }, 'expected WORKOS_API_PORT to be a whole number from 1 to 65535, got "0"'],
    [{ WORKOS_API_HOSTNAME: "https://x" }, 'expected WORKOS_API_HOSTNAME to be a host name, got "https://x"'],
    [{ WORKOS_API_HOSTNAME: "x/y" }, 'expected WORKOS_API_HOSTNAME to be a host name, got "x/y"'],
    ...["https://auth.example/x", "auth.example", "https://*", "https://a.example; script-src *", "https://a.example,"].map(
      (origins): [Environment, string] => [
        { WORKOS_AUTHKIT_ORIGINS: origins },
        "expected WORKOS_AUTHKIT_ORIGINS to be http(s) origins without a path, with commas between, got",
      ],
    ),
    [{ WORKOS_GRACE_SECONDS: "soon" }, 'expected WORKOS_GRACE_SECONDS to be a whole number from 0 to 3600, got "soon"'],
    [
      { WORKOS_DIALECT: "klingon" },
      'expected WORKOS_DIALECT to be one of standard, auth0, cognito, dex, hydra, supabase, zitadel, got "klingon"',
    ],
    [{ WORKOS_DIALECT: "constructor" }, 'got "constructor"'],
    [{ WORKOS_JWKS: "{" }, "expected WORKOS_JWKS to be a key set as JSON, got 1 characters of something else"],
    [{ WORKOS_JWKS: '{"keys":[null]}' }, "expected WORKOS_JWKS to be a key set as JSON, got 15 characters of something else"],
    [{ DATABASE_URL: "mysql://app:secret-1@h/db" }, "expected DATABASE_URL to be a URL of Postgres, got something else"],
    [{ COOKIE_PASSWORDS: `${"n".repeat(32)},secret-1` }, "with commas between, got one of 8"],
    [{ API_KEY_PEPPERS: "secret-1" }, "expected API_KEY_PEPPERS to be like 2:BASE64,1:BASE64"],
    [{ API_KEY_PEPPERS: "1:c2VjcmV0LTE=" }, "each key of 32 bytes, got something else"],
    [{ RECORD_SEAL_KEYS: `1:${KEY},1:${KEY}` }, "expected RECORD_SEAL_KEYS to be like"],
  ])("%j is refused, with what was expected, what came and what to do, and no secret", (environment, said) => {
    const { message, hint } = refusal({ ...LEAST, ...environment });
    expect(message).toContain(said);
    expect(hint).toMatch(/^(set|leave|generate) /);
    expect(message + hint).not.toContain("secret-1");
  });
});
