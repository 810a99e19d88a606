import { describe, expect, it } from "vitest";
import { Rate } from "./rate.ts";

describe("how fast a count grows", () => {
  it("is what it has grown by since the beginning, at first", () => {
    const rate = new Rate();
    expect(rate.at(0, 0)).toBe(0);
    expect(rate.at(2, 10)).toBe(5);
    expect(rate.at(4, 20)).toBe(5);
  });

  it("is that of the last ten seconds later on", () => {
    const rate = new Rate();
    for (let second = 1; second <= 60; second++) rate.at(second, second * 100);
    expect(rate.at(65, 6_000)).toBe(50);
    for (let second = 66; second <= 80; second++) rate.at(second, 6_000);
    expect(rate.at(81, 6_000)).toBe(0);
  });

  it("is never negative: a count that starts anew has not shrunk", () => {
    const rate = new Rate();
    for (let second = 1; second <= 20; second++) rate.at(second, second * 100);
    expect(rate.at(21, 20)).toBe(0);
  });
});
