import { describe, expect, test } from "vitest";
import type { EventBody } from "../model/event.ts";
import { sentence } from "./because.ts";
import { ada, bob, rt } from "./events.testing.ts";

function say(body: EventBody, again = false): string {
  return sentence({ step: 14, at: 0, ...body }, again);
}

const load = { load: "load-2", tab: "tab-1", jar: "jar-1", user: "user_ada", isolate: "isolate-1" };
const sent = { ...load, type: "load-sent", purpose: "page", forged: null, held: rt(ada, 0) } as const;
const answered = {
  ...load,
  type: "load-answered",
  purpose: "page",
  status: 200,
  setsCookie: false,
  redirects: 0,
  held: rt(ada, 0),
  sentAt: 0,
  mentions: ["user_ada"],
} as const;
const presented = { type: "token-presented", token: rt(ada, 0), isolate: "isolate-1", load: "load-2" } as const;
const redeemed = { type: "token-redeemed", token: rt(ada, 0), detail: "" } as const;
const told = { type: "token-answered", token: rt(ada, 0), isolate: "isolate-1", load: "load-2" } as const;
const jar = { type: "jar-changed", jar: "jar-1", user: "user_ada", load: "load-2", isolate: "isolate-1", until: null } as const;
const cookies = { type: "cookies-changed", jar: "jar-1", user: "user_ada", load: "load-2" } as const;
const ended = { type: "session-ended", user: "user_ada", session: "s", family: "F1" } as const;

describe("a sentence", () => {
  test.each<[string, EventBody]>([
    ["load-2 of user_ada is sent to isolate-1 with RT F1.g0", sent],
    ["load-2 of user_ada is sent to isolate-1 with no credential", { ...sent, held: null }],
    ["load-2 of user_ada is answered signed-out", { ...answered, answer: "signed-out" }],
    [
      "load-2 of user_ada is answered signed-in and shows user_bob",
      { ...answered, answer: "signed-in", mentions: ["user_ada", "user_bob"] },
    ],
    ["the answer to load-2 of user_ada is lost", { ...load, type: "load-lost", why: "no-answer" }],
    ["user_ada navigates away from load-2", { ...load, type: "load-lost", why: "aborted" }],
    ["load-2 puts RT F1.g0 into jar jar-1", { ...jar, before: null, after: rt(ada, 0) }],
    ["load-2 puts RT F2.g0 into jar jar-1, which belongs to user_bob", { ...jar, before: null, after: rt(bob, 0) }],
    ["load-2 takes jar jar-1 from RT F1.g0 to RT F1.g1", { ...jar, before: rt(ada, 0), after: rt(ada, 1) }],
    ["load-2 takes jar jar-1 from RT F1.g1 back to RT F1.g0", { ...jar, before: rt(ada, 1), after: rt(ada, 0) }],
    ["load-2 clears RT F1.g1 from jar jar-1", { ...jar, before: rt(ada, 1), after: null }],
    ["load-2 leaves jar jar-1 empty", { ...jar, before: null, after: null }],
    ["load-2 of user_ada, a prefetch, is sent to isolate-1 with RT F1.g0", { ...sent, purpose: "prefetch" }],
    ["load-2 of user_ada, an upgrade, is sent to isolate-1 with RT F1.g0", { ...sent, purpose: "upgrade" }],
    ["load-2 of user_ada, forged (no signature), is sent to isolate-1 with no credential", { ...sent, forged: "no signature", held: null }],
    [
      "load-2 of user_ada is sent elsewhere by isolate-1 after 1 redirect",
      { type: "load-redirected", load: "load-2", jar: "jar-1", user: "user_ada", isolate: "isolate-1", redirects: 2 },
    ],
    ["load-2 of user_ada is answered other after 1 redirect", { ...answered, answer: "other", redirects: 1 }],
    ["load-2 of user_ada is answered other after 21 redirects", { ...answered, answer: "other", redirects: 21 }],
    [
      "load-2 leaves in jar jar-1: s.0 [RT F1.g1], s.1 [RT F1.g1]",
      {
        ...cookies,
        cookies: [
          { name: "s.0", holds: rt(ada, 1) },
          { name: "s.1", holds: rt(ada, 1) },
        ],
      },
    ],
    ["load-2 leaves in jar jar-1: nothing", { ...cookies, cookies: [] }],
    [
      "somebody copies jar ada with RT F1.g1 to thief",
      { type: "cookie-stolen", jar: "thief", from: "ada", user: "user_ada", token: rt(ada, 1) },
    ],
    [
      "isolate-1 asks the issuer for /sso/jwks for load-2",
      { type: "issuer-called", isolate: "isolate-1", load: "load-2", path: "/sso/jwks" },
    ],
    [
      "isolate-1 asks the issuer to end session_ada",
      { type: "revocation-asked", isolate: "isolate-1", load: null, session: "session_ada" },
    ],
    ["K2 signs from now on; published: K1, K2", { type: "keys-changed", signs: "K2", published: ["K1", "K2"], baked: ["K1"] }],
    ["K2 signs from now on; published: no key", { type: "keys-changed", signs: "K2", published: [], baked: [] }],
    ["from now on faults may happen", { type: "faults-began" }],
    ["nothing fails any more", { type: "faults-ended" }],
    ["nothing can happen any more, and there is no answer to load-1, load-2", { type: "loads-stuck", loads: ["load-1", "load-2"] }],
    ["isolate-1 presents RT F1.g0 for load-2", presented],
    ["isolate-1 presents RT F1.g0", { ...presented, load: null }],
    ["the wire presents RT F1.g0 of isolate-1 once more for load-2", { ...presented, type: "token-repeated" }],
    ["the issuer redeems RT F1.g0: rotated to RT F1.g1", { ...redeemed, outcome: "rotated", successor: rt(ada, 1) }],
    ["the issuer redeems RT F1.g0 again: replayed RT F1.g1", { ...redeemed, outcome: "replayed", successor: rt(ada, 1) }],
    ["the issuer redeems RT F1.g0 again: sibling RT F1.g1b", { ...redeemed, outcome: "sibling", successor: rt(ada, 1, 1) }],
    ["the issuer redeems RT F1.g0: rotated to nothing", { ...redeemed, outcome: "rotated", successor: null }],
    ["the issuer rejects RT F1.g0: spent", { ...redeemed, outcome: "rejected", successor: null, detail: "spent" }],
    ["isolate-1 is issued RT F1.g1 for RT F1.g0 (load-2)", { ...told, answer: { kind: "issued", successor: rt(ada, 1) } }],
    ["isolate-1 is told that RT F1.g0 is rejected", { ...told, load: null, answer: { kind: "rejected" } }],
    ["isolate-1 gets no verdict on RT F1.g0 for load-2: 503", { ...told, answer: { kind: "fault", detail: "503" } }],
    [
      "the other answer to isolate-1 for load-2 finds nobody: RT F1.g1 is lost",
      { ...presented, type: "answer-discarded", lost: rt(ada, 1) },
    ],
    ["the other answer to isolate-1 finds nobody", { ...presented, type: "answer-discarded", load: null, lost: null }],
    ["isolate-1 is killed, and its heap is lost", { type: "isolate-killed", isolate: "isolate-1" }],
    ["isolate-1 is dropped while it serves nobody, and its heap is lost", { type: "isolate-dropped", isolate: "isolate-1" }],
    ["session of user_ada started: family F1", { type: "session-started", user: "user_ada", session: "s", family: "F1" }],
    ["session of user_ada ended: reuse (RT F1.g0)", { ...ended, cause: "reuse", detail: "RT F1.g0" }],
    ["session of user_ada ended: admin", { ...ended, cause: "admin", detail: "" }],
    ["fault lose-response: load-2", { type: "fault", fault: "lose-response", detail: "load-2" }],
    ["the run ends", { type: "run-ended" }],
  ])("says: %s", (expected, body) => {
    expect(say(body)).toBe(`step 14 · ${expected}`);
  });

  test("says that a presentation is not the first of its token", () => {
    expect(say(presented, true)).toBe("step 14 · isolate-1 presents RT F1.g0 again for load-2");
  });
});
