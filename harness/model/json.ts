/**
 * A text as JSON; something else where it is none.
 *
 * @example
 * ```ts
 * jsonOr('{"a":1}', null); // { a: 1 }
 * jsonOr("<html>", null); // null
 * ```
 */
export function jsonOr(text: string, instead: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return instead;
  }
}
