import { HoldfastError } from "../model/error.ts";

/** The options of ours whose names mean nothing to npm itself: when npm has one of them, it took it from us. */
const OURS = [
  ...["profile", "strategy", "isolates", "loads", "page", "faults", "time_steps", "explore", "schedules", "lane"],
  ...["shrink", "corpus", "record", "step", "shard"],
  ...["port", "access_token_lifetime", "seed_file", "surface", "origin", "host", "control_bearer"],
];

/** The commands that take flags, and how each is called through npm, up to them. */
const CALLS: ReadonlyMap<string, string> = new Map([
  ["run", "npm run -s holdfast -- run"],
  ["merge", "npm run -s holdfast -- merge"],
  ["replay", "npm run -s holdfast -- replay"],
  ["issuer", "npm run -s holdfast -- issuer"],
  ["app", "npm run app --"],
]);

/**
 * `npm run holdfast run --isolates 2` keeps the flag for npm and hands on the number; without this check the wrong cells
 * would run. It comes before the arguments are read, which the number alone makes no sense of.
 *
 * @throws HoldfastError `BAD_USAGE` when npm has kept a flag of ours.
 */
export function assertNpmKeptNothing(environment: Readonly<Record<string, string | undefined>>, command: string | undefined): void {
  const call = CALLS.get(command ?? "");
  const kept = OURS.find((name) => environment[`npm_config_${name}`] !== undefined);
  if (call === undefined || kept === undefined) return;
  const flag = `--${kept.replaceAll("_", "-")}`;
  throw new HoldfastError("BAD_USAGE", `expected ${flag} after "--", but npm kept it for itself`, `write: ${call} ${flag} …`);
}
