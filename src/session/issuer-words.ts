const MAX_SAID = 300; // Characters; enough for any issuer's sentence, and a limit on what reaches a log.

/**
 * What an issuer said, `error: description`, fit for an error text: one line, cut short, without the given secrets.
 *
 * @param parts The issuer's error code and its description; whatever is not a text is left out.
 * @param secrets Strings that the issuer may echo and nobody may read.
 * @returns An empty string when the issuer said nothing.
 *
 * @example
 * ```ts
 * issuerWords(["invalid_client", "unknown client"], []); // "invalid_client: unknown client"
 * ```
 */
export function issuerWords(parts: readonly unknown[], secrets: readonly string[]): string {
  let said = parts.filter((part) => typeof part === "string" && part !== "").join(": ");
  for (const secret of secrets) if (secret !== "") said = said.replaceAll(secret, "[redacted]");
  // A foreign text must not forge lines of a log.
  return said.replace(/\p{Cc}+/gu, " ").slice(0, MAX_SAID);
}
