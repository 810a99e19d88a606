/**
 * Whether a host name means this very machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
 *
 * @param hostname As `URL.hostname` gives it: lower case, IPv4 in dotted form, IPv6 in brackets.
 *
 * @example
 * ```ts
 * isLoopback(new URL("http://app.localhost:3000/").hostname); // true
 * ```
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "[::1]" || /^(.+\.)?localhost$|^127(\.\d+){3}$/.test(hostname);
}

/**
 * Whether only this machine reaches what listens at an address: one that a server is given, and no part of a URL.
 *
 * @example
 * ```ts
 * listensToItself("0.0.0.0"); // false
 * ```
 */
export function listensToItself(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}
