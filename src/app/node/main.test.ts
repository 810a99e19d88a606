import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "./environment.ts";
import { listen } from "./listen.ts";

const MAIN = resolve(import.meta.dirname, "main.ts");
const LEAST = { WORKOS_CLIENT_ID: "client_1", WORKOS_API_KEY: "sk_1", PORT: "0" };

/** Starts the server with nothing in its environment but this. */
function main(environment: Environment) {
  const child = spawn(process.execPath, [MAIN], { env: { ...environment } });
  const said = { out: "", err: "" };
  child.stderr.on("data", (data) => {
    said.err += data;
  });
  const ready = new Promise<string>((done) => {
    child.stdout.on("data", (data) => {
      said.out += data;
      const origin = /listening at (\S+)\n/.exec(said.out)?.[1];
      if (origin !== undefined) done(origin);
    });
  });
  const ended = new Promise<{ status: number | null; out: string; err: string }>((done, reject) => {
    child.on("error", reject);
    child.on("close", (status) => done({ status, ...said }));
  });
  return { child, ready, ended };
}

test.each(["SIGINT", "SIGTERM"] as const)("serves until %s, says which secrets are random, and leaves nothing behind", async (signal) => {
  const { child, ready, ended } = main({ ...LEAST, COOKIE_PASSWORDS: "p".repeat(32) });
  const origin = await ready;
  expect(await (await fetch(origin)).text()).toContain("You are signed out");
  child.kill(signal);
  expect(await ended).toEqual({
    status: 0,
    out: `listening at ${origin}\n`,
    err: "random for this process, because they are not set: API_KEY_PEPPERS, RECORD_SEAL_KEYS\n",
  });
  await expect(fetch(origin)).rejects.toThrow("fetch failed");
});

test("logs what it refuses, one line each, with nothing of the token", async () => {
  const { child, ready, ended } = main(LEAST);
  const authorization = "Bearer e30.e30.c2VjcmV0";
  expect((await fetch(`${await ready}/v1/web/me`, { headers: { authorization } })).status).toBe(401);
  child.kill("SIGTERM");
  const { err } = await ended;
  expect(err.split("\n").slice(1)).toEqual([JSON.stringify({ event: "rejected", reason: "algorithm_not_allowed" }), ""]);
});

test("exits 2 with one clear error for a bad environment", async () => {
  expect(await main({ ...LEAST, PORT: "http" }).ended).toEqual({
    status: 2,
    out: "",
    err: 'error: expected PORT to be a whole number from 0 to 65535, got "http"\n  set PORT to one, or leave it out\n',
  });
});

test("exits 2 with one clear error when the port is taken", async () => {
  const taken = await listen({ host: "127.0.0.1", port: 0 });
  const { status, out, err } = await main({ ...LEAST, PORT: String(taken.port) }).ended;
  await taken.close();
  expect([status, out]).toEqual([2, ""]);
  expect(err).toBe(
    `error: expected port ${taken.port} of 127.0.0.1 to be free, but something listens there\n  choose another port, or stop what is there\n`,
  );
});
