import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isLoopback } from "../../src/loopback.ts";
import { isStarted, type VerifyConfig } from "../lanes/live/config.ts";
import { checkedConfig } from "../lanes/live/config-schema.ts";
import { moduleBeside } from "../model/beside.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";

/** A configuration, and the folder that its paths begin at. */
export interface LoadedConfig {
  readonly config: VerifyConfig;
  readonly folder: string;
}

/**
 * Reads the configuration of `holdfast verify`.
 *
 * @throws HoldfastError `BAD_USAGE` when there is none, when it is not as it must be, and for a host that is not this machine unless the
 * configuration says that it is the user's own
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  // npm runs scripts in the folder of package.json and says where it was called in INIT_CWD.
  const path = [resolve(file), resolve(process.env.INIT_CWD ?? "", file)].find((tried) => existsSync(tried));
  if (path === undefined) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a configuration at ${file}, and there is none`,
      "write one, see docs/verify.md, or name another with --config",
    );
  }
  const module = await imported(path).catch((error: unknown) => {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError("BAD_USAGE", `expected ${file} to load, but it threw ${describeError(error)}`, "mend it", { cause: error });
  });
  if (module.default === undefined) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected ${file} to export a configuration as its default, got nothing`,
      "export default defineConfig({ … })",
    );
  }
  const config = checkedConfig(module.default);
  assertOwnHost(config);
  return { config, folder: dirname(path) };
}

/** A configuration that imports `holdfast` gets this very program's, wherever it stands. */
async function imported(path: string): Promise<{ readonly default?: unknown }> {
  const own = moduleBeside(import.meta.url, "../library/index").href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) => (specifier === "holdfast" ? { url: own, shortCircuit: true } : next(specifier, context)),
  });
  try {
    return await import(pathToFileURL(path).href);
  } finally {
    hooks.deregister();
  }
}

/** What signs in, floods and breaks connections is for one's own apps alone. */
function assertOwnHost({ app }: VerifyConfig): void {
  if (isStarted(app)) return;
  const url = URL.parse(app.url);
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected app.url to be an http(s) URL without a path, got ${JSON.stringify(app.url)}`,
      "as in http://localhost:3000",
    );
  }
  if (isLoopback(url.hostname) || app.hostIsMine === url.hostname) return;
  const got = app.hostIsMine === undefined ? url.hostname : `${url.hostname} and hostIsMine: ${JSON.stringify(app.hostIsMine)}`;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected app.url to be on this machine, got ${got}`,
    `if that host is yours, say so in the configuration: hostIsMine: ${JSON.stringify(url.hostname)}`,
  );
}
