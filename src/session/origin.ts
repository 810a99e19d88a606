import { isLoopback } from "../loopback.ts";

/**
 * Whether a request that changes something comes from the app's own pages. Browsers say so in `Origin` on every POST and every
 * upgrade; without it, `Sec-Fetch-Site` has to say it.
 *
 * @param own The app's origin.
 */
export function isOwnPage(request: Request, own: string): boolean {
  const origin = request.headers.get("origin");
  return origin === null ? request.headers.get("sec-fetch-site") === "same-origin" : origin === own;
}

/**
 * Where a request should have gone: a developer who opens `127.0.0.1` while the issuer returns to `localhost` would lose the cookie of
 * the sign-in between the two.
 *
 * @param canonical An address of the app, for instance its redirect URI.
 * @returns Null when the host is right, or is none of this machine's names.
 *
 * @example
 * ```ts
 * canonicalLocation("http://127.0.0.1:3000/login?a=1", "http://localhost:3000/callback"); // "http://localhost:3000/login?a=1"
 * ```
 */
export function canonicalLocation(url: string, canonical: string): string | null {
  const [wanted, given] = [new URL(canonical), new URL(url)];
  if (given.host === wanted.host || given.port !== wanted.port) return null;
  if (!isLoopback(given.hostname) || !isLoopback(wanted.hostname)) return null;
  given.hostname = wanted.hostname;
  return given.href;
}
