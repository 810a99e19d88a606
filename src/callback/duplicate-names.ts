/**
 * Whether a JSON text names a member twice in the same object, at any depth. Parsers disagree about which one counts, so a
 * token that does so may mean one thing here and another elsewhere (RFC 7519 §4, RFC 8725 §2.4).
 *
 * @param json must have been accepted by `JSON.parse`.
 *
 * @example
 * ```ts
 * hasDuplicateNames('{"sub":"a","s\\u0075b":"b"}'); // true
 * ```
 */
export function hasDuplicateNames(json: string): boolean {
  // One set of names for each object that is open; null for an array.
  const open: (Set<string> | null)[] = [];
  // In valid JSON a string that a colon follows is a name.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (colon === ":") {
      const names = open.at(-1);
      const name: string = JSON.parse(text ?? "");
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
