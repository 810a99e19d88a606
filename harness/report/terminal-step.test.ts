import { describe, expect, test } from "vitest";
import type { StateView } from "../model/state-view.ts";
import { entry } from "./cells.testing.ts";
import { renderStep } from "./terminal-step.ts";

const state: StateView = {
  steps: 7,
  at: 301_000,
  next: [
    { kind: "request", to: "issuer", label: "POST /authenticate for ada/load-1 [RT F1.g0]" },
    { kind: "response", to: "isolate-1", label: "200 to POST /authenticate for ada/load-2 [AT F1.g1, RT F1.g1]" },
    { kind: "fault:isolate-killed", to: "isolate-1", label: "is killed" },
    { kind: "time", to: "clock", label: "time passes: 30 s" },
  ],
  jars: [
    { jar: "ada", holds: "RT F1.g0" },
    { jar: "ben", holds: null },
  ],
  isolates: [
    { name: "isolate-1", isCold: false, serves: ["ada/load-1", "ada/load-2"] },
    { name: "isolate-2", isCold: true, serves: [] },
    { name: "isolate-3", isCold: false, serves: [] },
  ],
  families: [
    {
      name: "F1",
      user: "user_ada",
      ended: null,
      tokens: [
        { name: "RT F1.g0", state: "spent" },
        { name: "RT F1.g1", state: "live" },
      ],
    },
    { name: "F2", user: "user_ben", ended: "reuse", tokens: [{ name: "RT F2.g0", state: "revoked" }] },
  ],
  stored: ["RT F1.g1"],
};
const taken = entry({
  step: 7,
  from: "isolate-1",
  to: "issuer",
  label: "POST /authenticate for ada/load-2 [RT F1.g0]",
  choice: 1,
  events: ["step 7 · the issuer redeems RT F1.g0: rotated to RT F1.g1"],
  instead: { label: "POST /authenticate for ada/load-1 [RT F1.g0]", to: "issuer" },
});
const because = [{ number: 3, step: 7, text: "the issuer redeems RT F1.g0: rotated to RT F1.g1" }];

test("a moment shows what happened and how things stand", () => {
  expect(renderStep({ entry: taken, state }, { of: 10, because, taken: 1 })).toBe(`\
Step 7 of 10  +301.0 s
  POST /authenticate for ada/load-2 [RT F1.g0]  isolate-1 → issuer
  * FIFO would have taken: POST /authenticate for ada/load-1 [RT F1.g0] → issuer
  (3) the issuer redeems RT F1.g0: rotated to RT F1.g1

  jars      ada: RT F1.g0   ben: no session
  isolates  isolate-1: awaited by ada/load-1, ada/load-2
            isolate-2: dead, starts cold
            isolate-3: idle
  issuer    F1 of user_ada: g0 spent, g1 live
            F2 of user_ben: ended (reuse)
  store     RT F1.g1
  next      · POST /authenticate for ada/load-1 [RT F1.g0] → issuer
            ▶ 200 to POST /authenticate for ada/load-2 [RT F1.g1] → isolate-1
            · isolate-killed ╳ is killed → isolate-1
            · time passes: 30 s
`);
});

describe("a moment", () => {
  test("at the start has no step", () => {
    const text = renderStep({ entry: null, state: { ...state, steps: 0, at: 0, stored: [] } }, { of: 10, because, taken: 0 });
    expect(text).toMatch(/^Step 0 of 10 {2}\+0\.0 s\n\n {2}jars/);
    expect(text).not.toContain("store");
  });

  test("with many things that can happen shows those up to the one that is taken", () => {
    const next = Array.from({ length: 20 }, (_, index) => ({ kind: "request", to: "isolate-1", label: `GET /${index + 1}` }));
    const many = (index: number | null) => renderStep({ entry: null, state: { ...state, next } }, { of: 10, because, taken: index });
    expect(many(0)).toContain("and 12 more");
    expect(many(11)).toContain("▶ GET /12 → isolate-1");
    expect(many(11)).toContain("and 8 more");
    expect(many(null)).not.toContain("▶");
  });

  test("reaches no terminal with an escape sequence of a third party", () => {
    const evil = { ...taken, label: "GET /\u001b[2J", events: ["\u0007"] };
    expect(renderStep({ entry: evil, state }, { of: 10, because: [], taken: null })).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
