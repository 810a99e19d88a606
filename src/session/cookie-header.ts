/** One cookie of a request. */
export interface CookiePair {
  readonly name: string;
  readonly value: string;
}

/**
 * Every cookie of a `Cookie` request header, in its order; of twins the first is the one that the browser deems the most specific.
 *
 * @param header The header, or null when the request has none.
 *
 * @example
 * ```ts
 * readCookies("a=1; b=2"); // [{ name: "a", value: "1" }, { name: "b", value: "2" }]
 * ```
 */
export function readCookies(header: string | null): readonly CookiePair[] {
  if (header === null) return [];
  return header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [] : [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }];
  });
}

/**
 * Finds one cookie in a `Cookie` request header.
 *
 * @returns The value as it was sent, or null when there is no such cookie.
 *
 * @example
 * ```ts
 * readCookie("a=1; b=2", "b"); // "2"
 * ```
 */
export function readCookie(header: string | null, name: string): string | null {
  return readCookies(header).find((cookie) => cookie.name === name)?.value ?? null;
}

/**
 * A `Set-Cookie` value with the attributes that every cookie of the session has: host-only (no `Domain`),
 * `Path=/; HttpOnly; Secure; SameSite=Lax`. Lax, because the issuer's redirect back to the callback is a cross-site navigation.
 *
 * @param name With the prefix `__Host-` a browser refuses the cookie from anybody but this host, so it has no twins (RFC 6265bis §4.1.3.2).
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
 * @param cookies `Set-Cookie` values; without any, nothing is forbidden.
 *
 * @example
 * ```ts
 * new Response(null, { headers: storing([setCookie("theme", "dark", 60)]) });
 * ```
 */
export function storing(cookies: readonly string[]): Headers {
  const headers = new Headers();
  if (cookies.length > 0) headers.set("cache-control", "private, no-store");
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}
