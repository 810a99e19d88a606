import { HoldfastError } from "../../model/error.ts";

/** What somebody is told whose Postgres server does not answer. It names the place, and no part of a password. */
export function unreachable(url: string, cause: unknown): HoldfastError {
  const place = URL.parse(url);
  // Where a password hides a user from the parser, what looks like the host is a part of them.
  const isPlace = place !== null && (place.username !== "" || !url.includes("@"));
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "an error without a code";
  return new HoldfastError(
    "BAD_USAGE",
    `expected a Postgres server at ${isPlace ? `${place.hostname}:${place.port === "" ? "5432" : place.port}` : "DATABASE_URL"}, got ${code}`,
    "start it or mend DATABASE_URL; without that variable, Holdfast starts a server of its own",
    { cause },
  );
}
