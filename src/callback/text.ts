declare const usable: unique symbol;

/** A text with something to see in it, short and clean enough for any database: made by {@link readText} alone. */
export type Text = string & { readonly [usable]: true };

/** Characters. WorkOS ids have 30 to 40; with the longest prefix of an idempotency key these still fit the repository's 256. */
const MAX_ID = 240;

/**
 * Reads a text from outside.
 *
 * @param most characters; default 240, for an id
 * @returns `absent` for whatever is no string or has nothing visible in it, `malformed` for a text that is too long or holds
 * control characters or half a character, which databases refuse.
 *
 * @example
 * ```ts
 * readText("user_ada"); // "user_ada"
 * readText(" "); // { kind: "absent" }
 * ```
 */
export function readText(value: unknown, most = MAX_ID): Text | { readonly kind: "absent" | "malformed" } {
  if (typeof value !== "string" || /^[\s\p{Cc}\p{Cf}]*$/u.test(value)) return { kind: "absent" };
  if (value.length > most || /[\p{Cc}\p{Cs}]/u.test(value)) return { kind: "malformed" };
  return value as Text;
}
