import type { IssuerRequest, Reply } from "../message.ts";
/** The issuer's own session, by which a second sign-in needs no page. */
export const SIGN_ON_COOKIE = "holdfast_issuer";
/** Ties the pages' forms to the browser that was shown them. */
export const INTERACTION_COOKIE = "holdfast_interaction";

/** A cookie of a request, or null when there is none. */
export function cookieOf(request: IssuerRequest, name: string): string | null {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** Sets a cookie until the browser is closed, or with null takes it away. */
export function setCookie(reply: Reply, origin: string, name: string, value: string | null): Reply {
  const attributes = ["Path=/", "HttpOnly", "SameSite=Lax"];
  if (origin.startsWith("https:")) attributes.push("Secure");
  if (value === null) attributes.push("Max-Age=0");
  reply.headers.append("set-cookie", [`${name}=${value ?? ""}`, ...attributes].join("; "));
  return reply;
}
