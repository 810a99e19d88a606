import { describe, expect, it } from "vitest";
import { type Plot, renderPlot } from "./html-plot.ts";

function draw(more: Partial<Plot> = {}): string {
  const series = [{ name: "runs", points: [[2, 20] as const, [3, 95] as const, [4, 800] as const] }];
  return String(
    renderPlot({ id: "p", title: "Runs", description: "They grow.", x: "loads", y: "runs", logarithmic: "y", series, ...more }),
  );
}

function marks(svg: string): string[] {
  return [...svg.matchAll(/text-anchor="end" x="56"[^>]*>([^<]+)</g)].map(([, mark]) => mark as string);
}

function centres(svg: string): number[][] {
  return [...svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

describe("a plot", () => {
  it("says in words what it is, for whoever does not see it", () => {
    expect(draw()).toContain('role="img" aria-labelledby="p-title p-description"');
    expect(draw()).toContain('<title id="p-title">Runs</title>');
    expect(draw()).toContain('<desc id="p-description">They grow.</desc>');
  });

  it("has a mark for each power of ten around what it shows, and the same distance between them", () => {
    expect(marks(draw())).toEqual(["10", "100", "1,000"]);
    const [twenty, ninetyFive, eightHundred] = centres(draw()).map(([, y]) => y as number) as [number, number, number];
    const perPower = (twenty - eightHundred) / Math.log10(40);
    expect((twenty - ninetyFive) / Math.log10(4.75)).toBeCloseTo(perPower, 0);
  });

  it("begins at nothing where it is not logarithmic, with round steps up to what it shows", () => {
    expect(marks(draw({ logarithmic: "neither" }))).toEqual(["0", "200", "400", "600", "800"]);
    const small = [{ name: "ms", points: [[2, 0.7] as const, [3, 1.1] as const] }];
    expect(marks(draw({ logarithmic: "neither", series: small }))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]);
  });

  it("names powers of ten across where both axes are logarithmic", () => {
    const series = [{ name: "states", points: [[1, 20] as const, [40, 300] as const, [640, 900] as const] }];
    const svg = draw({ logarithmic: "both", series });
    expect([...svg.matchAll(/text-anchor="middle"[^>]*>([^<]+)</g)].map(([, mark]) => mark)).toEqual(["1", "10", "100", "1,000"]);
    const [first, , last] = centres(svg).map(([x]) => x as number) as [number, number, number];
    expect((last - first) / Math.log10(640)).toBeCloseTo((440 - 64) / 3, 0);
  });

  it("stays within its picture", () => {
    for (const logarithmic of ["y", "neither", "both"] as const) {
      for (const [x, y] of centres(draw({ logarithmic }))) {
        expect(x).toBeGreaterThanOrEqual(64);
        expect(x).toBeLessThanOrEqual(440);
        expect(y).toBeGreaterThanOrEqual(28);
        expect(y).toBeLessThanOrEqual(236);
      }
    }
  });

  it("shows a single point", () => {
    const svg = draw({ series: [{ name: "one", points: [[2, 10]] }] });
    expect(centres(svg)).toEqual([[252, 236]]);
    expect(svg).not.toContain("NaN");
  });

  it("keeps names apart of lines that end together, and tells the lines by their dashes", () => {
    const series = ["a", "b", "c"].map((name) => ({ name, points: [[2, 10] as const, [3, 50] as const] }));
    const svg = draw({ series });
    const heights = [...svg.matchAll(/x="450" y="([^"]+)"/g)].map(([, y]) => Number(y)).sort((a, b) => a - b) as [number, number, number];
    expect(heights[1] - heights[0]).toBeGreaterThanOrEqual(15);
    expect(heights[2] - heights[1]).toBeGreaterThanOrEqual(15);
    expect(new Set([...svg.matchAll(/stroke-dasharray="([^"]+)"/g)].map(([, dashes]) => dashes)).size).toBe(3);
  });

  it("escapes what it is told", () => {
    expect(draw({ series: [{ name: "<b>", points: [[2, 10]] }] })).toContain("&lt;b&gt;</text>");
  });
});
