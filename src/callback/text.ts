declare const usable: unique symbol;

/** A text with something to see in it, short and clean enough for any database: made by {@link readText} alone. */
export type Text = string & { readonly [usable]: true };

/** Characters. WorkOS ids have 30 to 40; an email address has at most 254 (RFC 5321 §4.5.3.1.3). */
const MAX_TEXT = 255;

/**
 * Reads a text from outside.
 *
 * @returns `absent` for whatever is no string or has nothing visible in it, `malformed` for a text that is too long or holds
 * control characters or half a character, which databases refuse.
 *
 * @example
 * ```ts
 * readText("user_ada"); // "user_ada"
 * readText(" "); // { kind: "absent" }
 * ```
 */
export function readText(value: unknown): Text | { readonly kind: "absent" | "malformed" } {
  if (typeof value !== "string" || /^[\s\p{Cc}\p{Cf}]*$/u.test(value)) return { kind: "absent" };
  if (value.length > MAX_TEXT || /[\p{Cc}\p{Cs}]/u.test(value)) return { kind: "malformed" };
  return value as Text;
}
