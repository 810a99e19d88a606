import type { BrowserActions, Stage } from "../harness/model/scenario.ts";

/** How long after the access token's end somebody comes back, in milliseconds: beyond every skew. */
export const PAST_EXPIRY = 1_000;

/** A mark of many scenarios, for whatever breaks a session late. */
export const STILL_WORKS = "everybody still works two lifetimes later";

/** Signs both in, one after the other. */
export async function signBothIn({ browsers }: Stage): Promise<readonly [BrowserActions, BrowserActions]> {
  for (const browser of browsers) await browser.signIn();
  return browsers;
}

/**
 * Everybody goes on for two access-token lifetimes, because a lost sibling surfaces one lifetime late.
 *
 * @returns whether everybody was signed in at the end
 */
export async function goOn({ browsers, accessTokenLifetime, now, until, anyIsolate }: Stage): Promise<boolean> {
  const began = now();
  let answers: unknown[] = [];
  for (const lifetimes of [1, 2]) {
    await until(began + lifetimes * (accessTokenLifetime + PAST_EXPIRY));
    answers = [];
    for (const browser of browsers) answers.push(await anyIsolate(() => browser.load()));
  }
  return answers.every((answer) => answer === "signed-in");
}
