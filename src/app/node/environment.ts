import { StartError } from "./start-error.ts";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable; null when it is not set or blank, as an empty line in a file of variables leaves it. */
export function read(environment: Environment, name: string): string | null {
  const text = environment[name]?.trim();
  return text === undefined || text === "" ? null : text;
}

/** @throws StartError when the variable is not set. */
export function readRequired(environment: Environment, name: string, hint: string): string {
  const text = read(environment, name);
  if (text === null) throw new StartError(`expected ${name} to be set, got nothing`, hint);
  return text;
}

/** @throws StartError when it is set to something else than a whole number within the bounds. */
export function readWholeNumber<T>(environment: Environment, name: string, minimum: number, maximum: number, otherwise: T): number | T {
  const text = read(environment, name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw new StartError(
    `expected ${name} to be a whole number from ${minimum} to ${maximum}, got ${JSON.stringify(text)}`,
    `set ${name} to one, or leave it out`,
  );
}
