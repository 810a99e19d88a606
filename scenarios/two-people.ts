import type { InvariantId } from "../harness/model/invariant.ts";
import type { BrowserActions, Stage } from "../harness/model/scenario.ts";

/** How long after the access token's end somebody comes back, in milliseconds: beyond every skew. */
export const PAST_EXPIRY = 1_000;

/** What holds in every scenario, whoever the client is. */
export const ALWAYS: readonly InvariantId[] = [
  ...(["no-spurious-logout", "generation-monotonic", "ended-is-ended", "outage-is-not-logout"] as const),
  ...(["bounded-progress", "revocation-scoped", "no-cross-talk"] as const),
];

/** A mark of many scenarios, for whatever breaks a session late. */
export const STILL_WORKS = "everybody still works two lifetimes later";

/** The one whom the scenario is about, and one who shows cross-talk. */
export function twoPeople({ browsers }: Stage): readonly [BrowserActions, BrowserActions] {
  const [first, second] = browsers;
  if (first === undefined || second === undefined) throw new Error("every scenario needs two seeded users");
  return [first, second];
}

/** Signs both in, one after the other. */
export async function signBothIn(stage: Stage): Promise<readonly [BrowserActions, BrowserActions]> {
  const people = twoPeople(stage);
  for (const person of people) await person.signIn();
  return people;
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
