import { describe, expect, it } from "vitest";
import { holding, violated } from "./cells.testing.ts";
import { coverageOf, stillGrowing } from "./coverage.ts";
import { renderCoverageHtml } from "./html-coverage.ts";

const long = holding({
  explore: "random",
  schedules: 4,
  states: 30,
  growth: [
    [1, 10],
    [2, 18],
    [4, 30],
  ],
});
const short = holding({
  explore: "random",
  schedules: 2,
  states: 9,
  growth: [
    [1, 5],
    [2, 9],
  ],
});
const proved = holding({
  explore: "exhaustive",
  schedules: 3,
  states: 7,
  completeness: "complete",
  growth: [
    [1, 4],
    [2, 6],
    [3, 7],
  ],
});

describe("the coverage of states over schedules", () => {
  it("adds up the cells of an explorer as far as all of them went, and one that is complete counts on", () => {
    expect(coverageOf([long, short, proved])).toEqual([
      {
        explorer: "random",
        cells: 2,
        points: [
          [1, 15],
          [2, 27],
        ],
      },
      {
        explorer: "exhaustive",
        cells: 1,
        points: [
          [1, 4],
          [2, 6],
          [3, 7],
        ],
      },
    ]);
  });

  it("leaves out what ended at a violation, what was stopped, and single schedules", () => {
    const stopped = holding({ ...long.result, interrupted: true });
    expect(coverageOf([violated(), stopped, holding()])).toEqual([]);
    expect(renderCoverageHtml([violated(), stopped, holding()])).toBeNull();
  });

  it("names the cells that would see more, the one with the most first, and none that is complete", () => {
    expect(stillGrowing([short, long, proved], 5).map(({ result, rate }) => [result.schedules, rate])).toEqual([
      [4, 6],
      [2, 4],
    ]);
    expect(stillGrowing([short, long], 1)).toHaveLength(1);
  });

  it("is a picture, with every number in a table", () => {
    const page = String(renderCoverageHtml([long, short, proved]));
    expect(page).toContain("random: 27 states in 2 cells after at most 2 schedules each.");
    expect(page).toContain('<tr><th scope="row">states</th><td>15</td><td>27</td></tr>');
    expect(page).toContain("<td>4</td><td>30</td><td>6.0</td>");
  });
});
