import { describe, expect, it } from "vitest";
import { bench } from "./bench.testing.ts";
import { renderHtml } from "./html.ts";
import { renderBenchHtml } from "./html-bench.ts";

describe("what the page says of the bench", () => {
  const text = String(renderBenchHtml(bench));

  it("has every number of a picture in a table", () => {
    for (const cells of [
      ['<th scope="row">2</th>', "28", "87", "–", "0.25", "348"],
      ['<th scope="row">3</th>', "97", "1200", "2.91 × 10<sup>4</sup>", "1.00", "1200"],
      ['<th scope="row">random</th>', "4.3", "7.0"],
      ['<th scope="row">pct</th>', "–", "6.0"],
    ]) {
      const [head, ...rest] = cells as [string, ...string[]];
      expect(text).toContain(`<tr>${head}${rest.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
    }
  });

  it("says of each ratio whether its aim is met", () => {
    expect(text).toContain("<td>3.14×</td><td>3.00–3.50</td><td>3.20×</td><td>5×, not met</td>");
    expect(text).toContain("<td>1.60×</td><td>1.50–1.70</td><td>–</td><td>1×, met</td>");
    expect(text).toContain("<td>3.00×</td><td>2.00–4.00</td><td>–</td><td>–</td>");
  });

  it("says on what it was measured, and that others had work", () => {
    expect(text).toContain("with Node 24.0.0 on 2 cores, at a load of 0.5 before and 2.0 after");
    expect(text).toContain("The cell: page-loads-at-expiry, &lt;reference&gt;.");
  });

  it("leaves out what was not measured", () => {
    const empty = String(renderBenchHtml({ ...bench, ratios: [], proofs: [], samplers: [] }));
    expect(empty).not.toContain("<table");
    expect(empty).not.toContain("<svg");
  });

  it("stands in a report that has one, and in no other", () => {
    const page = (options: { bench?: typeof bench | null }) =>
      renderHtml({ version: 1, seed: 1, cells: [] }, [], { command: "holdfast", ...options });
    expect(page({ bench })).toContain('<h2 id="bench">What it costs</h2>');
    expect(page({ bench: null })).not.toContain("What it costs");
    expect(page({})).not.toContain("What it costs");
  });
});
