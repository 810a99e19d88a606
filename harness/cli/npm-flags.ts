import { HoldfastError } from "../model/error.ts";

/** The options of ours whose names mean nothing to npm itself: when npm has one of them, it took it from us. */
const OURS = [
  ...["profile", "strategy", "isolates", "loads", "page", "faults", "time_steps", "explore", "schedules", "lane"],
  ...["shrink", "corpus", "record", "step"],
  ...["port", "access_token_lifetime"],
];

/**
 * `npm run holdfast run --isolates 2` keeps the flag for npm and hands on the number; without this check the wrong cells
 * would run.
 *
 * @param call How to call the command through npm, up to its flags.
 * @throws HoldfastError `BAD_USAGE` when npm has kept a flag of ours.
 */
export function assertNpmKeptNothing(environment: Readonly<Record<string, string | undefined>>, call: string): void {
  const kept = OURS.find((name) => environment[`npm_config_${name}`] !== undefined);
  if (kept === undefined) return;
  const flag = `--${kept.replaceAll("_", "-")}`;
  throw new HoldfastError("BAD_USAGE", `expected ${flag} after "--", but npm kept it for itself`, `write: ${call} ${flag} …`);
}
