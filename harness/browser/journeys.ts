import { locationOf, REDIRECT_LIMIT, redirectOf } from "./redirects.ts";
import type { BrowserAnswer, BrowserResponse } from "./wire.ts";

/** Goes to a page and takes in what it says of cookies; null when no answer comes. */
export type Go = (url: string) => Promise<BrowserAnswer | null>;

/**
 * Signs in through real redirects: app → issuer → app.
 *
 * @param login where the app begins a sign-in; `login_hint` is added to it
 * @param isSignedIn whether the jar has a credential
 * @returns where it ended otherwise than signed in; null when it came to a good end
 */
export async function signIn(login: string, email: string, go: Go, isSignedIn: () => boolean): Promise<string | null> {
  let url = `${login}${login.includes("?") ? "&" : "?"}login_hint=${encodeURIComponent(email)}`;
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const answered = await go(url);
    if (answered === null) return "the answer was lost";
    const { response } = answered;
    const location = locationOf(response);
    if (location === null) {
      if (response.status === 200 && isSignedIn()) return null;
      return `it ended with status ${response.status} at ${new URL(url).pathname}`;
    }
    const next = redirectOf(url, response);
    if (next === null) return `it was redirected to "${location}", which is no URL`;
    url = next.href;
  }
  return `more than ${REDIRECT_LIMIT} redirects`;
}

/**
 * Goes from page to page until the browser is back at the app, whose page is another load's affair.
 *
 * @param from what was asked for, and `first` what came of it
 */
export async function goAway(app: string, from: string, first: BrowserResponse, go: Go): Promise<void> {
  let [url, response] = [from, first];
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const next = redirectOf(url, response);
    if (next === null || next.origin === app) return;
    url = next.href;
    const answered = await go(url);
    if (answered === null) return;
    response = answered.response;
  }
}
