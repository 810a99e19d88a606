import { describe, expect, test } from "vitest";
import { arrowText, parseLabel, shorten } from "./label.ts";

describe("a label", () => {
  test("is taken apart into action, task and tokens", () => {
    expect(parseLabel("GET / for ada/load-1 [AT F1.g0, RT F1.g0]")).toEqual({
      action: "GET /",
      task: "ada/load-1",
      tokens: ["AT F1.g0", "RT F1.g0"],
    });
  });

  test("may have neither task nor tokens", () => {
    expect(parseLabel("a timer of 300 ms")).toEqual({ action: "a timer of 300 ms", task: null, tokens: [] });
    expect(parseLabel("")).toEqual({ action: "", task: null, tokens: [] });
  });
});

describe("the text on an arrow", () => {
  const refresh = parseLabel("POST /user_management/authenticate for ada/load-1 [RT F1.g0]");

  test("of an answer is its status and the refresh token", () => {
    const answer = parseLabel("200 to POST /user_management/authenticate for ada/load-1 [AT F1.g1, RT F1.g1]");
    expect(arrowText(answer, 40)).toBe("200 [RT F1.g1]");
  });

  test("shows other secrets where no refresh token travels", () => {
    expect(arrowText(parseLabel("GET /callback [code C1]"), 40)).toBe("GET /callback [code C1]");
  });

  test("loses the path before the method, and the method before the token", () => {
    expect(arrowText(refresh, 60)).toBe("POST /user_management/authenticate [RT F1.g0]");
    expect(arrowText(refresh, 31)).toBe("POST …/authenticate [RT F1.g0]");
    expect(arrowText(refresh, 26)).toBe("…/authenticate [RT F1.g0]");
    expect(arrowText(refresh, 18)).toBe("…/auth… [RT F1.g0]");
  });

  test.each([5, 12, 18, 30])("is never longer than %i characters when that is the room", (room) => {
    expect(arrowText(refresh, room).length).toBeLessThanOrEqual(room);
  });
});

test("a text is cut with an ellipsis", () => {
  expect(shorten("isolate-1", 9)).toBe("isolate-1");
  expect(shorten("isolate-1", 5)).toBe("isol…");
});
