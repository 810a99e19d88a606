import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unordered } from "../model/unordered.ts";
import { collectNames, fill, isOpen, NameOpener } from "./open-text.ts";

const set = (...items: unknown[]): unknown => Unordered.from(items);

describe("a text with its names left open", () => {
  const loads = new NameOpener(["ada/load-1", "ada/load-2"]);

  it("takes other names where these stood", () => {
    expect(fill(loads.text("ada/load-1 before ada/load-2, ada/load-1"), ["a", "b"])).toBe("a before b, a");
  });

  it("does not take a name for a part of a longer one", () => {
    expect(fill(loads.text("ada/load-1 ada/load-12 xada/load-1 /ada/load-1 ada/load-1-b [ada/load-1]"), ["§", "b"])).toBe(
      "§ ada/load-12 xada/load-1 /ada/load-1 ada/load-1-b [§]",
    );
  });

  it("takes the characters of a name as they are, whatever they mean in a pattern", () => {
    expect(fill(new NameOpener(["a.b(c)"]).text("a.b(c) aXb(c)"), ["§"])).toBe("§ aXb(c)");
  });

  it("prefers the longer of two names that begin alike", () => {
    expect(fill(new NameOpener(["a", "a-b"]).text("a-b, a c"), ["1", "2"])).toBe("2, 1 c");
  });

  it("says of whom it speaks", () => {
    const spokenIn = (value: unknown) => {
      const spoken = new Set<number>();
      collectNames(loads.data(value), spoken);
      return [...spoken];
    };
    expect(spokenIn([{ "ada/load-2": 1 }])).toEqual([1]);
    expect(spokenIn([set(set("ada/load-1")), "ada/load-2"])).toEqual([0, 1]);
    expect(spokenIn(["ada/load-3"])).toEqual([]);
    expect(isOpen(loads.text("ada/load-1"))).toBe(true);
    expect(isOpen(loads.text("ada/load-3"))).toBe(false);
  });

  it("finds a name after what JSON escapes", () => {
    expect(fill(loads.data("\nada/load-1\n"), ["§", "b"])).toContain("§");
  });
});

describe("plain data as text", () => {
  const nobody = new NameOpener([]);
  const text = (value: unknown) => fill(nobody.data(value), []);

  it("is equal for equal data, and for no other", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(text(structuredClone(one))).toBe(text(one));
        if (JSON.stringify(one) !== JSON.stringify(other)) expect(text(one)).not.toBe(text(other));
      }),
    );
  });

  it("tells a set from an array, and has its members in an order of their own", () => {
    expect(text(set(1, 2))).toBe(text(set(2, 1)));
    expect(text([1, 2])).not.toBe(text([2, 1]));
    expect(text(set(1, 2))).not.toBe(text([1, 2]));
    expect(text(set(set(1, 2), set(3)))).toBe(text(set(set(3), set(2, 1))));
  });

  it("orders a set by what its members are called in the end", () => {
    const loads = new NameOpener(["ada/load-1", "ada/load-2"]);
    const held = loads.data(set(["ada/load-1", "sent"], ["ada/load-2", "answered"]));
    const swapped = loads.data(set(["ada/load-2", "sent"], ["ada/load-1", "answered"]));
    expect(fill(held, ["a", "b"])).toBe(fill(swapped, ["b", "a"]));
  });
});
