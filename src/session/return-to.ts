/** Where a sign-in returns to when it was not told, or told what is not allowed. */
const HOME = "/";
/** Characters as it is stored: with the rest of a sign-in, sealed, it stays below the 4096 bytes at which browsers drop a cookie. */
const LONGEST = 2_050;

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
  const origins = allowed.map((origin) => new URL(origin).origin);
  return (wanted) => {
    if (wanted === null) return HOME;
    // Parsed as a browser will parse it: "//host", "/\host" and tabs within lead elsewhere.
    const url = URL.parse(wanted, own);
    if (url === null) return HOME;
    // By the address and not by `origin`, which is the app's own for a blob of its, too.
    const isWithin = (origin: string) => url.href.startsWith(`${origin}/`);
    const path = `${url.pathname}${url.search}${url.hash}`;
    // What "https://app//evil" leaves is "//evil": another host, once it stands alone.
    const inside = isWithin(own) && !path.startsWith("//") ? path : null;
    const allowed = inside ?? (origins.some(isWithin) ? url.href : HOME);
    return JSON.stringify(allowed).length > LONGEST ? HOME : allowed;
  };
}
