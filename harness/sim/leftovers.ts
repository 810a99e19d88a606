/** Objects that every run of a thread shares, whatever is evaluated afresh for each. */
const SHARED: readonly (readonly [string, object])[] = [
  ["globalThis", globalThis],
  ["process", process],
  ["process.env", process.env],
  ["Math", Math],
  ["JSON", JSON],
  ...[Object, Array, String, Number, Function, Promise, Map, Set, RegExp, Error, Date, Request, Response, Headers, URL].flatMap(
    (made): [string, object][] => [
      [made.name, made],
      [`${made.name}.prototype`, made.prototype],
    ],
  ),
];

/** What stood in the shared objects at one moment, by name. */
export type Standing = ReadonlyMap<string, unknown>;

/** What stands in the objects that all runs share: no getter is called. */
export function standing(): Standing {
  const found = new Map<string, unknown>();
  for (const [name, owner] of SHARED) {
    for (const key of Reflect.ownKeys(owner)) {
      const { value, get } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
      found.set(`${name}.${String(key)}`, get ?? value);
    }
  }
  return found;
}

/** The names of what is new or has changed since. */
export function leftSince(before: Standing): readonly string[] {
  return [...standing()].filter(([name, value]) => !before.has(name) || !Object.is(before.get(name), value)).map(([name]) => name);
}
