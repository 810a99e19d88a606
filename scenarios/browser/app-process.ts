import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { AppSurroundings, StartedApp } from "../../harness/library/playwright.ts";

const MAIN = new URL("../../src/app/node/main.ts", import.meta.url).pathname;
/** What a deployment keeps from one process to the next. */
const SECRETS = {
  COOKIE_PASSWORDS: "a-password-of-the-specs-with-enough-characters",
  API_KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString("base64")}`,
  RECORD_SEAL_KEYS: `1:${Buffer.alloc(32, 2).toString("base64")}`,
};

/** The reference app as a process of its own, with the issuer's keys as they are at its first start, that can be started anew. */
export function appProcess() {
  let environment: Readonly<Record<string, string>> = {};
  let child: ChildProcess | null = null;

  async function run(port: string): Promise<string> {
    const { PATH = "" } = process.env;
    child = spawn(process.execPath, [MAIN], { env: { PATH, ...environment, PORT: port }, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      if (line.startsWith("listening at ")) return line.slice("listening at ".length);
    }
    throw new Error("the app ended before it listened");
  }

  async function stop(): Promise<void> {
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }

  let port = "0";
  return {
    async start(surroundings: AppSurroundings): Promise<StartedApp> {
      environment = { ...surroundings.environment, ...SECRETS, WORKOS_JWKS: JSON.stringify(surroundings.issuer.settings.jwks) };
      const origin = await run("0");
      port = new URL(origin).port;
      return { origin, close: stop };
    },
    /** Another process at the same address. */
    async restart(): Promise<void> {
      await stop();
      await run(port);
    },
  };
}
