/**
 * An error of somebody else's code for one line of ours: its kind, its message and the place that threw it. Long words
 * are left out: a message may quote a token, a password or a key.
 *
 * @example
 * ```ts
 * describeError("boom"); // "string"
 * ```
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = /\n\s+at (.*)/.exec(error.stack ?? "")?.[1];
  return `${error.name}: ${error.message.replace(/[\w+/=.~*-]{24,}/g, "…")}${place === undefined ? "" : ` at ${place}`}`;
}
