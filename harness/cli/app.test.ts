import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { CookieJar } from "tough-cookie";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = resolve(import.meta.dirname, "holdfast.mjs");

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The environment of a terminal: npm's own variables, which this test may have been started with, are not in it. */
function terminal(changes: Record<string, string>): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^(DATABASE_URL|COOKIE_PASSWORDS|API_KEY_PEPPERS|RECORD_SEAL_KEYS)$/i.test(name),
  );
  return { ...Object.fromEntries(own), ...changes };
}

/** Starts a command; `ready` resolves to all that it has printed once it says how to stop it, `ended` when nobody can print any more. */
function start(command: string, words: readonly string[], changes: Record<string, string> = {}) {
  const child: ChildProcess = spawn(command, words, { cwd: ROOT, env: terminal(changes) });
  let [out, err] = ["", ""];
  child.stderr?.on("data", (data) => {
    err += data;
  });
  const ended = new Promise<Ended>((done, reject) => {
    child.on("error", reject);
    child.on("close", (status) => done({ status, out, err }));
  });
  const ready = new Promise<string>((done, reject) => {
    child.stdout?.on("data", (data) => {
      out += data;
      if (out.includes("Ctrl+C stops both.\n")) done(out);
    });
    ended.then(({ err }) => reject(new Error(`it ended before it was ready: ${err}`)), reject);
  });
  return { child, ready, ended };
}

/** Takes a browser's way through redirects, with its cookies. */
async function go(jar: CookieJar, url: string, init: RequestInit = {}) {
  let [next, options] = [url, init];
  for (let hop = 0; hop < 10; hop++) {
    const headers = { ...options.headers, cookie: await jar.getCookieString(next) };
    const response = await fetch(next, { ...options, headers, redirect: "manual" });
    for (const setCookie of response.headers.getSetCookie()) await jar.setCookie(setCookie, next);
    const location = response.headers.get("location");
    if (location === null) return { url: next, status: response.status, html: await response.text() };
    next = new URL(location, next).href;
    options = {};
  }
  throw new Error(`more than ten redirects from ${url}`);
}

describe("npm run app", () => {
  it("says where to sign in; a person signs in, reads the page and signs out; and it stops with npm", async () => {
    const { child, ready, ended } = start("npm", ["run", "-s", "app", "--", "--port", "0"]);
    const printed = await ready;
    const origin = /App +(http:\/\/localhost:\d+)\n/.exec(printed)?.[1] ?? "";
    const issuer = /Issuer +(http:\/\/127\.0\.0\.1:\d+), profile workos/.exec(printed)?.[1] ?? "";
    const logins = printed.match(/http:\S+login_hint=\S+/g) ?? [];
    expect(logins).toEqual([`${origin}/login?login_hint=ada%40example.test`, `${origin}/login?login_hint=ben%40example.test`]);

    const jar = new CookieJar();
    const home = await go(jar, logins[0] ?? "");
    expect([home.url, home.status]).toEqual([`${origin}/`, 200]);
    expect(home.html).toContain("<h1>ada&#39;s Workspace</h1>");
    const signedOut = await go(jar, `${origin}/logout`, { method: "POST", headers: { origin } });
    expect([signedOut.url, signedOut.html.includes("You are signed out")]).toEqual([`${origin}/`, true]);
    expect((await go(jar, `${origin}/`)).html).toContain("You are signed out");

    child.kill("SIGTERM");
    const { out, err } = await ended;
    expect(err).toBe("");
    expect(out).toContain("stopped\n");
    for (const gone of [origin, issuer]) await expect(fetch(gone)).rejects.toThrow("fetch failed");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("stops with %s and exits 0", async (signal) => {
    const { child, ready, ended } = start(process.execPath, [
      MAIN,
      "app",
      "--port",
      "0",
      "--profile",
      "logto",
      "--access-token-lifetime",
      "5",
    ]);
    const printed = await ready;
    expect(printed).toContain("profile logto: a spent refresh token works for 3 s more");
    expect(printed).toContain("an access token lives 5 s");
    expect(printed).toContain("random, gone when this stops; to keep them set COOKIE_PASSWORDS, API_KEY_PEPPERS, RECORD_SEAL_KEYS");
    child.kill(signal);
    expect(await ended).toEqual({ status: 0, out: `${printed}stopped\n`, err: "" });
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["a port that is none", ["--port", "http"], {}, "whole number from 0 to 65535"],
    ["an unknown profile", ["--port", "0", "--profile", "nobody"], {}, 'expected a profile, got "nobody"\n  known: workos'],
    ["no lifetime", ["--port", "0", "--access-token-lifetime", "0"], {}, "whole number from 1 to 86400"],
    ["a word too many", ["4000"], {}, "too many arguments"],
    [
      "a flag that npm has kept",
      ["4000"],
      { npm_config_port: "true" },
      'expected --port after "--", but npm kept it for itself\n  write: npm run app -- --port …',
    ],
    [
      "a database that is none",
      ["--port", "0"],
      { DATABASE_URL: "mysql://ada:s3cret@h/db" },
      "expected DATABASE_URL to be a URL of Postgres",
    ],
    [
      "a password that is too short",
      ["--port", "0"],
      { COOKIE_PASSWORDS: "s3cret" },
      "expected COOKIE_PASSWORDS to be passwords of at least 32",
    ],
  ])("exits 2 for %s, with one clear error", async (_, words, changes, message) => {
    const { ready, ended } = start(process.execPath, [MAIN, "app", ...words], changes);
    ready.catch(() => {});
    const { status, out, err } = await ended;
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at |s3cret/);
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(3);
  });

  it("exits 2 when the port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => taken.once("listening", listening));
    const { port } = taken.address() as AddressInfo;
    const { ready, ended } = start(process.execPath, [MAIN, "app", "--port", String(port)]);
    ready.catch(() => {});
    expect(await ended).toEqual({
      status: 2,
      out: "",
      err: `error BAD_USAGE: expected port ${port} of 127.0.0.1 to be free, but something listens there\n  choose another port, or stop what is there\n`,
    });
    taken.close();
  });
});
