import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneOf, shardOption, wholeNumber } from "./options.ts";

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

describe("shardOption", () => {
  it("reads which of how many", () => {
    expect(["1/1", "2/4", "1000/1000"].map(shardOption)).toEqual([
      { index: 1, count: 1 },
      { index: 2, count: 4 },
      { index: 1_000, count: 1_000 },
    ]);
  });

  it.each(["0/4", "5/4", "1/x", "1/0", "1/1001", "-1/4", "1", "1/", "/4", "1/4/2", "01/4", "1 /4", "1.5/4", ""])(
    "refuses %j, and says what it wants",
    (text) => {
      expect(() => shardOption(text)).toThrow(
        new InvalidArgumentError("Expected a shard of at most 1,000, as in 2/4: the second of four."),
      );
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
