import { expect, test } from "vitest";
import { cellResult, violated } from "./cells.testing.ts";
import { chainsOf, fatalPresentations, inShort, reasonsOf, splitSentence } from "./reasons.ts";

test("a sentence is parted from its step, and stays whole without one", () => {
  expect(splitSentence("step 14 · the issuer rejects RT F1.g0")).toEqual({ step: 14, text: "the issuer rejects RT F1.g0" });
  expect(splitSentence("nothing ever came")).toEqual({ step: null, text: "nothing ever came" });
});

test("a sentence that stands in two chains has one number", () => {
  const because = ["step 1 · a", "step 2 · b"];
  const result = cellResult({
    violations: [
      { invariant: "no-spurious-logout", because, replay: "r" },
      { invariant: "outage-is-not-logout", because: ["step 2 · b", "step 3 · c"], replay: "r" },
    ],
  });
  const chains = chainsOf(result);
  expect(chains.map(({ reasons }) => reasons.map(({ number }) => number))).toEqual([
    [1, 2],
    [2, 3],
  ]);
  expect(reasonsOf(chains).map(({ text }) => text)).toEqual(["a", "b", "c"]);
});

test("the fatal pair is the two presentations of the same token", () => {
  const reasons = reasonsOf(chainsOf(violated().result));
  expect(fatalPresentations(reasons)).toEqual([
    { step: 5, isolate: "isolate-1", isCopy: false, token: "RT F1.g0", load: "ada/load-1" },
    { step: 6, isolate: "isolate-1", isCopy: false, token: "RT F1.g0", load: "ada/load-2" },
  ]);
  expect(inShort(reasons)).toBe(
    "the same refresh token, RT F1.g0, was presented twice: by isolate-1 for ada/load-1 (step 5) and by isolate-1 for ada/load-2 (step 6)." +
      " It ends with: ada/load-1 of user_ada is answered signed-out.",
  );
});

test("a copy that the wire makes is a presentation too, by the wire", () => {
  const reasons = [
    { number: 1, step: 5, text: "isolate-1 presents RT F1.g0 for ada/load-1" },
    { number: 2, step: 8, text: "the wire presents RT F1.g0 of isolate-1 once more for ada/load-1" },
    { number: 3, step: 9, text: "the end" },
  ];
  expect(fatalPresentations(reasons)[1]).toEqual({ step: 8, isolate: "isolate-1", isCopy: true, token: "RT F1.g0", load: "ada/load-1" });
  expect(inShort(reasons)).toBe(
    "the same refresh token, RT F1.g0, was presented twice: by isolate-1 for ada/load-1 (step 5) and by the wire for ada/load-1 (step 8)." +
      " It ends with: the end.",
  );
});

test("presentations of different tokens are no pair", () => {
  const reasons = [
    { number: 1, step: 5, text: "isolate-1 presents RT F1.g0" },
    { number: 2, step: 9, text: "isolate-1 presents RT F1.g1 for ada/load-1" },
  ];
  expect(fatalPresentations(reasons)).toEqual([]);
  expect(inShort(reasons)).toBeNull();
});
