import { connect } from "node:net";
import type { VerifyConfig } from "./config.ts";
import { itemsNamed } from "./plan/index.ts";
import { type Verified, verifyApp } from "./verify.ts";

/** What a run of some items comes to, and what was said meanwhile. */
export async function verified(
  config: VerifyConfig,
  only: readonly string[],
  signal = new AbortController().signal,
): Promise<Verified & { readonly said: string }> {
  let said = "";
  const say = (words: string) => {
    said += words;
  };
  const shared = { folder: import.meta.dirname, signal, say, progress: () => {}, playAgain: () => "" };
  return { ...(await verifyApp({ config, items: itemsNamed(only), ...shared })), said };
}

/** The items that broke something, each with what. */
export function brokenIn({ reports }: Pick<Verified, "reports">): Readonly<Record<string, readonly string[]>> {
  const broken = reports.filter(({ result }) => result.violations.length > 0);
  return Object.fromEntries(broken.map(({ result }) => [result.scenario, result.violations.map(({ invariant }) => invariant)]));
}

/** An app as one line of JavaScript: `answer(url, response)` is all that it does. */
export function scripted(answer: string, overrides: Partial<VerifyConfig> = {}): VerifyConfig {
  const script = `
    const { createServer } = require("node:http");
    const origin = process.env.APP_ORIGIN, issuer = process.env.OIDC_ISSUER;
    const go = (response, location) => response.writeHead(302, { location }).end();
    createServer((request, response) => {
      const url = new URL(request.url, origin);
      ${answer}
    }).listen(Number(process.env.PORT), "127.0.0.1");`;
  return {
    ...{ name: "scripted", app: { command: [process.execPath, "-e", script], readyWithin: 10 } },
    ...{ pages: ["/"], signedIn: { status: 200 }, signedOut: { location: "/login" }, issuer: { accessTokenLifetime: 2 }, patience: 5 },
    ...overrides,
  };
}

/** Whether somebody listens at a port of this machine. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
