import { HoldfastError } from "../model/error.ts";

/** The options of `run` whose names mean nothing to npm itself: when npm has one of them, it took it from us. */
const OURS = ["profile", "strategy", "isolates", "loads", "page", "faults", "time_steps", "explore", "schedules", "lane"];

/**
 * `npm run holdfast run --isolates 2` keeps the flag for npm and hands on the number; without this check the wrong cells
 * would run.
 *
 * @throws HoldfastError `BAD_USAGE` when npm has kept a flag of ours.
 */
export function assertNpmKeptNothing(environment: Readonly<Record<string, string | undefined>>): void {
  const kept = OURS.find((name) => environment[`npm_config_${name}`] !== undefined);
  if (kept === undefined) return;
  const flag = `--${kept.replace("_", "-")}`;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected ${flag} after "--", but npm kept it for itself`,
    `write: npm run -s holdfast -- run ${flag} …`,
  );
}
