import { describe, expect, it } from "vitest";
import { leftToChance, type Move } from "./left-to-chance.ts";

const move = (name: string, change: Partial<Move> = {}): Move => ({ name, behind: ["blocker"], state: "holds", waitsFor: [], ...change });

describe("of statements that one step has set free, chance decides", () => {
  it("nothing where there is one, or where all hold what they have done", () => {
    expect(leftToChance([move("a", { state: "ended" })])).toBeNull();
    expect(leftToChance([move("a"), move("b"), move("c")])).toBeNull();
  });

  it("nothing between two of which one stood behind the other", () => {
    expect(leftToChance([move("a"), move("b", { behind: ["a"], state: "waits", waitsFor: ["a"] })])).toBeNull();
    expect(leftToChance([move("b", { behind: ["a"], state: "ended" }), move("a", { state: "ended" })])).toBeNull();
  });

  it("nothing where one waits again, for somebody else", () => {
    expect(leftToChance([move("a"), move("b", { state: "waits", waitsFor: ["other"] })])).toBeNull();
  });

  it("between two of which one now waits for the other", () => {
    const [a, b] = [move("a"), move("b", { state: "waits", waitsFor: ["a"] })];
    expect(leftToChance([move("c"), a, b])).toEqual([a, b]);
    expect(leftToChance([b, a])).toEqual([b, a]);
  });

  it("between two of which one has ended, so that the other may have seen what it did", () => {
    const [a, b] = [move("a", { state: "ended" }), move("b")];
    expect(leftToChance([a, b])).toEqual([a, b]);
  });
});
