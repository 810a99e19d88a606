/** The issuer's own session, by which a second sign-in needs no page. */
export const SIGN_ON_COOKIE = "holdfast_issuer";
/** Ties the pages' forms to the browser that was shown them. */
export const INTERACTION_COOKIE = "holdfast_interaction";

/** A cookie of a request, or null when there is none. */
export function cookieOf(request: Request, name: string): string | null {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** Sets a cookie until the browser is closed, or with null takes it away. */
export function setCookie(response: Response, origin: string, name: string, value: string | null): Response {
  const attributes = ["Path=/", "HttpOnly", "SameSite=Lax"];
  if (origin.startsWith("https:")) attributes.push("Secure");
  if (value === null) attributes.push("Max-Age=0");
  response.headers.append("set-cookie", [`${name}=${value ?? ""}`, ...attributes].join("; "));
  return response;
}
