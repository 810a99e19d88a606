/**
 * The file of a module that stands beside another one: TypeScript in the repository, JavaScript where the package is installed.
 *
 * @param module the other one's `import.meta.url`
 *
 * @example
 * ```ts
 * moduleBeside("file:///repository/pool.ts", "worker").href; // "file:///repository/worker.ts"
 * ```
 */
export function moduleBeside(module: string, name: string): URL {
  return new URL(`./${name}.${module.endsWith(".ts") ? "ts" : "js"}`, module);
}
