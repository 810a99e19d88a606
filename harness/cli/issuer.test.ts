import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-issuer-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function start(...options: string[]) {
  const child = spawn(process.execPath, [MAIN, "issuer", ...options]);
  running.push(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ended = once(child, "close").then(([status]) => ({ status: status as number | null, ...said }));
  const ready = async () => {
    while (!said.out.includes("Ctrl+C")) await Promise.race([once(child.stdout, "data"), ended.then(fail)]);
    return said.out;
  };
  const fail = ({ err }: { err: string }) => {
    throw new Error(err);
  };
  return { child, ended, ready };
}

function seed(value: unknown): string {
  const path = join(folder, "seed.json");
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

describe("holdfast issuer", () => {
  test("says what an app needs, serves it, and stops when it is asked to, with what is held", async () => {
    const file = seed({
      clientId: "client_mine",
      users: [{ id: "user_eve", email: "eve@example.test", firstName: "Eve", lastName: "Adams" }],
      faults: [{ at: { endpoint: "users" }, when: "before-commit", effect: { kind: "hold" } }],
    });
    const { child, ended, ready } = start("--port", "0", "--seed-file", file, "--profile", "logto", "--control-bearer", "0123456789abcdef");
    const out = await ready();
    const setting = (name: string) => new RegExp(`${name}=(\\S+)`).exec(out)?.[1];
    expect([setting("WORKOS_CLIENT_ID"), setting("WORKOS_API_HTTPS"), out.includes("profile logto")]).toEqual([
      "client_mine",
      "false",
      true,
    ]);

    const origin = `http://${setting("WORKOS_API_HOSTNAME")}:${setting("WORKOS_API_PORT")}`;
    const held = fetch(`${origin}/user_management/users/user_eve`, { headers: { authorization: `Bearer ${setting("WORKOS_API_KEY")}` } });
    const state = () => fetch(`${origin}/_holdfast/api/state`, { headers: { authorization: "Bearer 0123456789abcdef" } });
    while ((await (await state()).json()).held.length === 0);
    const broken = expect(held).rejects.toThrow("fetch failed");
    child.kill("SIGTERM");
    await broken;
    expect(await ended).toMatchObject({ status: 0, err: "", out: expect.stringMatching(/stopped\n$/) });
  });

  test("names a port that is taken, and exits 2", async () => {
    const first = start("--port", "0");
    const port = /WORKOS_API_PORT=(\d+)/.exec(await first.ready())?.[1] ?? "";
    const { status, err } = await start("--port", port).ended;
    expect(status).toBe(2);
    expect(err).toBe(
      `error BAD_USAGE: expected to listen at 127.0.0.1, port ${port}, got EADDRINUSE\n  choose another port, or 0 for any that is free\n`,
    );
  });

  test.each<[string, unknown, string]>([
    ["is no JSON", "{", "expected a seed file of JSON at"],
    ["says what there is not", { usres: [] }, "expected the whole to have no field but $schema, profile, clientId, "],
    [
      "says what there is not further in",
      { clients: [{ id: "a", secret: null, redirectUrls: [] }] },
      'asksConsent, got "redirectUrls" in ',
    ],
    ["turns a knob that nobody has", { profile: { name: "mine", graze: [] } }, "expected `profile` to have no field but extends, name, "],
    [
      "has a wrong email",
      { users: [{ id: "a", email: "a-secret", firstName: "A", lastName: "B" }] },
      "expected `users.0.email` to be email in",
    ],
    ["names no profile", { profile: "a-secret" }, "expected `profile` to be one of workos, "],
    [
      "turns a knob that there is not",
      { profile: { name: "mine", lateReuse: "a-secret" } },
      "expected `profile.lateReuse` to be one of error, ",
    ],
    [
      "has a rotation that there is not",
      { profile: { name: "mine", rotation: { when: "a-secret" } } },
      "expected `profile.rotation.when` to be one of always, ",
    ],
    ["has a profile of a wrong name", { profile: { name: "A SECRET" } }, "expected `profile.name` to match /^[a-z0-9-]+$/"],
    [
      "has a fault that means nothing",
      { faults: [{ when: "before-commit", effect: { kind: "truncate" } }] },
      "expected a truncated answer `after-commit`",
    ],
  ])("refuses a seed file that %s, and exits 2", async (_, file, message) => {
    const { status, err } = await start("--port", "0", "--seed-file", seed(file)).ended;
    expect([status, err.split("\n").length]).toEqual([2, 3]);
    expect(err).toContain(message);
    expect(err).not.toContain("a-secret");
  });

  test("says how to call it when npm has kept a flag", () => {
    const env = { ...process.env, npm_config_port: "true" };
    const { status, stderr } = spawnSync(process.execPath, [MAIN, "issuer", "4001"], { env, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("write: npm run -s holdfast -- issuer --port …");
  });

  test.each([
    [["--profile", "nobody"], 'expected a profile, got "nobody"'],
    [["--port", "70000"], "Expected a whole number from 0 to 65535."],
    [["--origin", "localhost/path"], "Expected an http or https URL without a path."],
    [["--control-bearer", "short"], "Expected 16 to 200 characters"],
    [["--surface", "saml"], 'expected a surface, got "saml"'],
  ])("refuses %j", async (options, message) => {
    const { status, err } = await start(...options).ended;
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});
