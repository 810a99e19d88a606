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
  // The names of each object that is open. An array has a set too, which stays empty.
  const open: Set<string>[] = [];
  // In valid JSON a string that a colon follows is a name, and it stands in an object.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (colon === ":") {
      const names = open.at(-1) as Set<string>;
      const name: string = JSON.parse(text as string);
      if (names.has(name)) return true;
      names.add(name);
    }
  }
  return false;
}
