import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../client/", import.meta.url);

/**
 * The scripts that run in browsers, by name. They are plain modules that import each other, so that they are served as they are.
 *
 * @example
 * ```ts
 * readClientFiles().has("main.js"); // true
 * ```
 */
export function readClientFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));
  return new Map(names.map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")]));
}
