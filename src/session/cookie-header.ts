/**
 * Finds one cookie in a `Cookie` request header.
 *
 * @param header The header, or null when the request has none.
 * @returns The value as it was sent, or null when there is no such cookie. Of twins the first, which the browser deems the most specific.
 *
 * @example
 * ```ts
 * readCookie("a=1; b=2", "b"); // "2"
 * ```
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null;
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/**
 * A `Set-Cookie` value with the attributes that every cookie of the session has: host-only (no `Domain`),
 * `Path=/; HttpOnly; Secure; SameSite=Lax`. Lax, because the issuer's redirect back to the callback is a cross-site navigation.
 *
 * @param value Cookie octets only; it is not escaped.
 * @param maxAge Seconds; 0 removes the cookie.
 *
 * @example
 * ```ts
 * headers.append("set-cookie", setCookie("theme", "dark", 60));
 * ```
 */
export function setCookie(name: string, value: string, maxAge: number): string {
  return `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/**
 * Answer headers that set cookies. They forbid caching, because a shared cache that keeps such an answer would give one user's
 * session to all.
 *
 * @param cookies `Set-Cookie` values.
 *
 * @example
 * ```ts
 * new Response(null, { headers: storing(setCookie("theme", "dark", 60)) });
 * ```
 */
export function storing(...cookies: readonly string[]): Headers {
  const headers = new Headers([["cache-control", "private, no-store"]]);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}
