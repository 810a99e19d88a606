import type { LogEntry } from "../../callback/refusal.ts";
import { systemPorts } from "../system-ports.ts";
import { readSettings } from "./settings.ts";
import { startApp } from "./start.ts";
import { StartError } from "./start-error.ts";
import { stopSignal } from "./stop-signal.ts";

/**
 * `node src/app/node/main.ts` serves the app with the settings of its environment, see `readSettings`. What goes wrong is logged to the
 * standard error, one JSON object a line. It exits with 2 when it cannot start.
 */
async function main(): Promise<void> {
  const stopped = stopSignal();
  const ports = systemPorts();
  const settings = readSettings(process.env, ports);
  const log = (entry: LogEntry) => process.stderr.write(`${JSON.stringify(entry)}\n`);
  const app = await startApp(settings, { ports, log });
  if (settings.secrets.random.length > 0) {
    process.stderr.write(`random for this process, because they are not set: ${settings.secrets.random.join(", ")}\n`);
  }
  process.stdout.write(`listening at ${app.origin}\n`);
  await stopped;
  await app.close();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`error: ${error.message}\n  ${error.hint}\n`);
  process.exitCode = 2;
}
