import { expect, test } from "vitest";
import type { Credential } from "../../model/credential.ts";
import type { EventBody } from "../../model/event.ts";
import { isBelievable, observations } from "./observed.ts";

const token: Credential = { type: "refresh-token", user: "user_ada", session: "s1", family: "F1", generation: 0, sibling: 0 };

function answered(user: string): EventBody {
  const who = { load: `${user}/load-1`, tab: "tab-1", jar: user, user, isolate: "isolate-1", purpose: "page" } as const;
  const answer = { answer: "signed-in", status: 200, setsCookie: false, redirects: 0, held: token, sentAt: 0, mentions: [user] } as const;
  return { type: "load-answered", ...who, ...answer };
}

test("what was never put to the test is not observed, and never said to hold", () => {
  const { observed, notObserved } = observations(["no-spurious-logout", "outage-is-not-logout", "successor-durable"], {
    seen: [answered("user_ada")],
    readsTokens: true,
  });
  expect(observed).toEqual(["no-spurious-logout"]);
  expect(notObserved).toEqual([
    { invariant: "outage-is-not-logout", why: "no refresh met a fault" },
    { invariant: "successor-durable", why: "what instances and stores hold is not to be seen from outside" },
  ]);
});

test("an outage counts only with a page after it", () => {
  const fault: EventBody = {
    type: "token-answered",
    token,
    isolate: "isolate-1",
    load: null,
    answer: { kind: "fault", detail: "status 503" },
  };
  const seen = (events: readonly EventBody[]) => observations(["outage-is-not-logout"], { seen: events, readsTokens: false }).observed;
  expect(seen([answered("user_ada"), fault])).toEqual([]);
  expect(seen([fault, answered("user_ada")])).toEqual(["outage-is-not-logout"]);
});

test("cross-talk shows only where pages of two people say whose they are", () => {
  const seen = (events: readonly EventBody[]) => observations(["no-cross-talk"], { seen: events, readsTokens: false }).observed;
  expect(seen([answered("user_ada")])).toEqual([]);
  expect(seen([answered("user_ada"), answered("user_ben")])).toEqual(["no-cross-talk"]);
});

test("nobody is accused of what only a readable cookie could show", () => {
  expect(isBelievable("generation-monotonic", false)).toBe(false);
  expect(isBelievable("generation-monotonic", true)).toBe(true);
  expect(isBelievable("successor-durable", true)).toBe(false);
});
