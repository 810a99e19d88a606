import { expect, test } from "vitest";
import { entry } from "./cells.testing.ts";
import { destroyedIn } from "./limit.ts";

const reasons = [{ number: 1, step: 5, text: "isolate-1 presents RT F1.g0 for ada/load-1" }];

function lost(step: number, token: string, from = "issuer") {
  return entry({
    step,
    kind: "fault:issuer-response-lost",
    from,
    to: "isolate-1",
    label: `200 to POST /x for ada/load-1 [AT F1.g1, ${token}]`,
  });
}

test("the fault is the last one that took an answer of the issuer with a refresh token of that family", () => {
  expect(destroyedIn([lost(6, "RT F1.g1"), lost(7, "RT F1.g2"), lost(8, "RT F2.g1"), lost(9, "RT F11.g1")], reasons)).toBe(7);
});

test("neither an answer that arrived, nor one to a browser, nor one without a refresh token destroyed it", () => {
  const arrived = { ...lost(6, "RT F1.g1"), kind: "response" };
  expect(destroyedIn([arrived, lost(7, "RT F1.g1", "isolate-1"), lost(8, "code C1")], reasons)).toBeNull();
});

test("or the last presentation of one that the wire delivered twice, and not one that the issuer only declined", () => {
  const request = { ...lost(6, "RT F1.g1", "isolate-1"), to: "issuer", label: "POST /x for ada/load-1 [RT F1.g0]" };
  expect(destroyedIn([{ ...request, kind: "fault:issuer-request-duplicated" }], reasons)).toBe(6);
  expect(destroyedIn([{ ...request, kind: "fault:issuer-503" }], reasons)).toBeNull();
});

test("without a trace or a token there is no step to name", () => {
  expect(destroyedIn([], reasons)).toBeNull();
  expect(destroyedIn([lost(6, "RT F1.g1")], [{ number: 1, step: null, text: "nothing ever came" }])).toBeNull();
});
