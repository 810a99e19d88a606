/** Where a sign-in returns to when it was not told, or told what is not allowed. */
const HOME = "/";

/**
 * Checks where a sign-in may return to: a path of the app itself, or an address at an allowed origin. Anything else would lend the
 * app's good name to a phishing page.
 *
 * @param own The app's origin.
 * @param allowed Other origins.
 *
 * @example
 * ```ts
 * const returnTo = createReturnTo("https://app.example", ["https://docs.example"]);
 * returnTo("/projects?page=2"); // "/projects?page=2"
 * returnTo("https://evil.example/"); // "/"
 * ```
 */
export function createReturnTo(own: string, allowed: readonly string[]): (wanted: string | null) => string {
  const origins = new Set(allowed.map((origin) => new URL(origin).origin));
  return (wanted) => {
    if (wanted === null) return HOME;
    // Parsed as a browser will parse it: "//host", "/\host" and tabs within lead elsewhere.
    const url = URL.parse(wanted, own);
    if (url === null) return HOME;
    if (url.origin === own) return `${url.pathname}${url.search}${url.hash}`;
    return origins.has(url.origin) ? url.href : HOME;
  };
}
