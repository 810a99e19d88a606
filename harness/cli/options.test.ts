import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneOf, wholeNumber } from "./options.ts";

describe("wholeNumber", () => {
  it("reads every whole number within its bounds, and refuses those outside", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100 }), (value) => {
        const read = () => wholeNumber(-3, 64)(String(value));
        if (value >= -3 && value <= 64) expect(read()).toBe(value);
        else expect(read).toThrow(InvalidArgumentError);
      }),
    );
  });

  it.each(["", " ", "1.0", "1e1", "0x10", "+1", " 1", "1 ", "--1", "one", "NaN", "Infinity", "١"])(
    "refuses %j, and says what it wants",
    (text) => {
      expect(() => wholeNumber(0, 64)(text)).toThrow("Expected a whole number from 0 to 64.");
    },
  );
});

describe("oneOf", () => {
  const read = oneOf("request", "document");

  it("takes each of its words", () => {
    expect([read("request"), read("document")]).toEqual(["request", "document"]);
  });

  it.each(["", "Request", "reques", "request ", "page"])("refuses %j, and says what there is", (text) => {
    expect(() => read(text)).toThrow(new InvalidArgumentError("Expected one of: request, document."));
  });
});
