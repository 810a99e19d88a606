import { type LightState, plainEntries, teach, UNUSUAL, type Usual } from "./light.ts";

const RealHeaders = globalThis.Headers;

interface Field {
  readonly name: string;
  readonly value: string;
  /** What was appended, one after the other: the value has them all. */
  readonly parts: readonly string[];
}

/** The headers of a light `Headers`, `Request` or `Response`. */
export interface HeadersState extends LightState {
  real: Headers | null;
  /** By name in lower case. */
  readonly fields: Map<string, Field>;
  /** What iteration yields, until something changes. */
  sorted: readonly (readonly [string, string])[] | null;
  /** Whose headers they are: it becomes real together with them. */
  owner: { becomeReal(): void } | null;
}

export class LightHeaders {
  readonly #state: HeadersState;

  constructor(state: HeadersState) {
    this.#state = state;
  }

  static stateOf(object: unknown): HeadersState | undefined {
    return typeof object === "object" && object !== null && #state in object ? object.#state : undefined;
  }
}

function emptyHeaders(): HeadersState {
  return { real: null, fields: new Map(), sorted: null, owner: null };
}

export function copyOf({ fields, sorted }: HeadersState): HeadersState {
  return { real: null, fields: new Map(fields), sorted, owner: null };
}

/** A token of RFC 9110 §5.6.2. */
const NAME = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
/** ASCII that needs no normalisation. */
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

function isUsual(name: unknown, value: unknown): boolean {
  return typeof name === "string" && typeof value === "string" && NAME.test(name) && VALUE.test(value);
}

/** The headers that an init describes; null where it is none of the usual ones. */
export function headersFrom(init: unknown): HeadersState | null {
  if (init === undefined) return emptyHeaders();
  const given = LightHeaders.stateOf(init);
  // Of a value that ends with an empty part, a copy by this way loses the end.
  if (given !== undefined)
    return given.real === null && [...given.fields.values()].every(({ value }) => VALUE.test(value)) ? copyOf(given) : null;
  const pairs: readonly unknown[] | null = Array.isArray(init) ? init : plainEntries(init);
  // Symbols are an error among the names of headers, and nothing among those of options.
  if (pairs === null || Object.getOwnPropertySymbols(init).length > 0) return null;
  const headers = emptyHeaders();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isUsual(pair[0], pair[1])) return null;
    append(headers, pair[0], pair[1]);
  }
  return headers;
}

/** @param value that needs no normalisation */
export function append(headers: HeadersState, name: string, value: string): void {
  const key = name.toLowerCase();
  const known = headers.fields.get(key);
  headers.sorted = null;
  if (known === undefined) headers.fields.set(key, { name, value, parts: [value] });
  else {
    // Cookies of requests are separated otherwise than all the rest (RFC 9113 §8.2.3).
    const joined = `${known.value}${key === "cookie" ? "; " : ", "}${value}`;
    headers.fields.set(key, { name: known.name, value: joined, parts: [...known.parts, value] });
  }
}

/** In the order in which they are iterated: by name in lower case, each cookie by itself. */
function sortedHeaders(headers: HeadersState): readonly (readonly [string, string])[] {
  if (headers.real !== null) return [...headers.real];
  if (headers.sorted === null) {
    const sorted: (readonly [string, string])[] = [];
    for (const name of [...headers.fields.keys()].sort()) {
      const { value, parts } = headers.fields.get(name) as Field;
      if (name === "set-cookie") for (const cookie of parts) sorted.push([name, cookie]);
      else sorted.push([name, value]);
    }
    headers.sorted = sorted;
  }
  return headers.sorted;
}

/** The same of any headers. */
export function fieldsOf(headers: Headers): readonly (readonly [string, string])[] {
  const state = LightHeaders.stateOf(headers);
  return state === undefined ? [...headers] : sortedHeaders(state);
}

/** As they were given, for the real thing. */
export function headersAsGiven({ fields }: HeadersState): [string, string][] {
  return [...fields.values()].flatMap(({ name, parts }) => parts.map((part): [string, string] => [name, part]));
}

function becomeReal(state: HeadersState): Headers {
  if (state.owner !== null) state.owner.becomeReal();
  else state.real = new RealHeaders(headersAsGiven(state));
  return state.real as Headers;
}

const usual: Record<PropertyKey, Usual<HeadersState>> = {
  append(headers, [name, value]) {
    if (!isUsual(name, value)) return UNUSUAL;
    append(headers, name as string, value as string);
    return undefined;
  },
  delete(headers, [name]) {
    if (!isUsual(name, "")) return UNUSUAL;
    const key = (name as string).toLowerCase();
    headers.sorted = null;
    headers.fields.delete(key);
    return undefined;
  },
  get(headers, [name]) {
    return isUsual(name, "") ? (headers.fields.get((name as string).toLowerCase())?.value ?? null) : UNUSUAL;
  },
  has(headers, [name]) {
    return isUsual(name, "") ? headers.fields.has((name as string).toLowerCase()) : UNUSUAL;
  },
  set(headers, [name, value]) {
    if (!isUsual(name, value)) return UNUSUAL;
    const key = (name as string).toLowerCase();
    headers.sorted = null;
    headers.fields.set(key, { name: name as string, value: value as string, parts: [value as string] });
    return undefined;
  },
  getSetCookie: ({ fields }) => [...(fields.get("set-cookie")?.parts ?? [])],
  forEach(headers, [callback, receiver = globalThis], self) {
    if (typeof callback !== "function") return UNUSUAL;
    for (let at = 0; at < sortedHeaders(headers).length; at++) {
      const [name, value] = sortedHeaders(headers)[at] as readonly [string, string];
      Reflect.apply(callback, receiver, [value, name, self]);
    }
    return undefined;
  },
  keys: (headers) => iterator(headers, ([name]) => name),
  values: (headers) => iterator(headers, ([, value]) => value),
  entries: (headers) => iterator(headers, ([name, value]) => [name, value]),
};

/** Goes by places, as Node's own does: what changes meanwhile is seen. */
class HeadersIterator {
  #at = 0;
  readonly #headers: HeadersState;
  readonly #told: (field: readonly [string, string]) => unknown;

  constructor(headers: HeadersState, told: (field: readonly [string, string]) => unknown) {
    this.#headers = headers;
    this.#told = told;
  }

  next(): IteratorResult<unknown, undefined> {
    const field = sortedHeaders(this.#headers)[this.#at];
    if (field === undefined) return { value: undefined, done: true };
    this.#at++;
    return { value: this.#told(field), done: false };
  }
}
Reflect.deleteProperty(HeadersIterator.prototype, "constructor");
const arrayIterator = Object.getPrototypeOf([][Symbol.iterator]());
Object.setPrototypeOf(HeadersIterator.prototype, Object.getPrototypeOf(arrayIterator));
Object.defineProperty(HeadersIterator.prototype, Symbol.toStringTag, { value: "Headers Iterator", configurable: true });
Object.defineProperty(HeadersIterator.prototype, "next", { enumerable: true });

function iterator(headers: HeadersState, told: (field: readonly [string, string]) => unknown): HeadersIterator {
  return new HeadersIterator(headers, told);
}

/** From now on `Headers.prototype` knows light headers. */
export function teachHeaders(): void {
  Reflect.deleteProperty(LightHeaders.prototype, "constructor");
  Object.setPrototypeOf(LightHeaders.prototype, RealHeaders.prototype);
  teach(RealHeaders.prototype, { stateOf: LightHeaders.stateOf, becomeReal, usual });
}
