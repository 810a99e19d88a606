/** File systems allow 255 bytes in a name; a path has other parts, too. */
const LONGEST = 100;

/**
 * Words as part of a file name: letters, digits and hyphens only, whatever somebody calls himself.
 *
 * @example
 * ```ts
 * slug("reference naive better-auth / FIFO"); // "reference-naive-better-auth-fifo"
 * ```
 */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
}
