import type { BrowserResponse } from "./wire.ts";

/** Browsers follow 20 redirects and refuse the next one (Fetch standard, HTTP-redirect fetch). */
export const REDIRECT_LIMIT = 20;

/** Where an answer sends the browser, as it says so; null where nowhere. */
export function locationOf({ status, headers }: BrowserResponse): string | null {
  if (status < 300 || status > 399) return null;
  return headers.find(([header]) => header === "location")?.[1] ?? null;
}

/** The same as a URL; null also where it is none. */
export function redirectOf(url: string, response: BrowserResponse): URL | null {
  const location = locationOf(response);
  return location === null ? null : URL.parse(location, url);
}
