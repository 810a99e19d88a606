/** What an operation answers where it is none of the usual cases: then the real object does it, and everything after it. */
export const UNUSUAL: unique symbol = Symbol("unusual");

/** What is behind a light object. */
export interface LightState {
  /** What does the work, once something was asked that only Node's own can answer. */
  real: object | null;
}

/** The usual case of an operation. `self` is the light object. */
export type Usual<S> = (state: S, values: readonly unknown[], self: object) => unknown;

/** What a class is taught. */
export interface Lessons<S> {
  /** What is behind an object, if it is a light one. */
  stateOf(object: unknown): S | undefined;
  /** Makes the real object, in exactly the same state; from then on it does the work. */
  becomeReal(state: S): object;
  /** By name, while an object is light. */
  readonly usual: Readonly<Record<PropertyKey, Usual<S>>>;
  /** By name, also when it is not light any more. */
  readonly always?: Readonly<Record<PropertyKey, Usual<S>>>;
}

/**
 * Teaches the prototype of one of Node's classes to answer for light objects, too: `Response.prototype.text.call(response)` works for
 * both, and so does `instanceof`. Whatever has no usual case is done by the real object.
 */
export function teach<S extends LightState>(prototype: object, { stateOf, becomeReal, usual, always = {} }: Lessons<S>): void {
  const wrapped = new Map<unknown, (this: unknown, ...values: unknown[]) => unknown>();
  const wrap = (name: PropertyKey, real: (this: unknown, ...values: unknown[]) => unknown) => {
    // Two names of one function stay two names of one function.
    const known = wrapped.get(real);
    if (known !== undefined) return known;
    const usually = usual[name];
    const ever = always[name];
    const taught = function (this: unknown, ...values: unknown[]): unknown {
      const state = stateOf(this);
      if (state === undefined) return Reflect.apply(real, this, values);
      if (ever !== undefined) return ever(state, values, this as object);
      if (state.real === null && usually !== undefined) {
        const answer = usually(state, values, this as object);
        if (answer !== UNUSUAL) return answer;
      }
      return Reflect.apply(real, state.real ?? becomeReal(state), values);
    };
    Object.defineProperty(taught, "name", { value: real.name, configurable: true });
    Object.defineProperty(taught, "length", { value: real.length, configurable: true });
    wrapped.set(real, taught);
    return taught;
  };
  for (const name of Reflect.ownKeys(prototype)) {
    const property = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    if (name === "constructor") continue;
    if (typeof property.value === "function") Object.defineProperty(prototype, name, { ...property, value: wrap(name, property.value) });
    else if (property.get !== undefined) Object.defineProperty(prototype, name, { ...property, get: wrap(name, property.get) });
  }
}

/** An object that says no more than its own enumerable data: its entries, or null for anything else. */
export function plainEntries(value: unknown): [string, unknown][] | null {
  if (typeof value !== "object" || value === null) return null;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  return Object.entries(value);
}
