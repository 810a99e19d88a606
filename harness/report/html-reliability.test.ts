import { describe, expect, it } from "vitest";
import { violated } from "./cells.testing.ts";
import { renderReliabilityHtml } from "./html-reliability.ts";
import { reliability, reliabilityCell } from "./reliability.testing.ts";

const shown = new Map([["counterexample-1", violated()]]);
const page = renderReliabilityHtml(reliability(), shown, { command: "holdfast" });

describe("renderReliabilityHtml", () => {
  it("has every cell, with how far its search went", () => {
    expect(page).toContain('proved <span class="mark">34<span class="heard"> states</span></span>');
    expect(page).toContain('held <span class="mark">1,000<span class="heard"> schedules</span></span>');
  });

  it("links every broken cell to the counterexample of its kind, which leads back to the first of them", () => {
    expect(page).toContain('<a href="#counterexample-1">broken<span class="heard"> under better-auth, no fault</span></a>');
    // It needs no fault, so the fault is not to blame.
    expect(page).toContain('<a href="#counterexample-1">broken anyway<span class="heard"> under better-auth, issuer-503</span></a>');
    expect(page.match(/id="counterexample-1-place"/g)).toHaveLength(1);
    expect(page).toContain('<article class="cell unstated" id="counterexample-1"');
    expect(page).toContain('href="#counterexample-1-place"');
  });

  it("adds up what a client comes to under an issuer, and takes the colour of the worst", () => {
    expect(page).toContain('<td class="violated"><span class="narrow mark">reference/naive </span>all 2 broken</td>');
    expect(page).toContain('<td class="holds"><span class="narrow mark">reference/naive </span>1 held, 1 proved</td>');
  });

  it("has no link to what is not there, and a hole where a search had not ended", () => {
    const cells = [reliabilityCell({ outcome: "broken", counterexample: "counterexample-7" })];
    const other = renderReliabilityHtml(reliability({ cells }), shown, { command: "holdfast" });
    expect(other).not.toContain("#counterexample-7");
    expect(other).toContain('<td class="soft"><span class="narrow mark">issuer-503 </span>–</td>');
  });

  it("takes the words of somebody's code for text", () => {
    const about = { package: "<wbr>", version: "1", over: {}, configuration: { "<i>": "<u>" } };
    const clients = [{ target: "a", strategy: "<s>", about }];
    const other = renderReliabilityHtml(reliability({ clients, cells: [] }), shown, { command: "holdfast" });
    for (const tag of ["<wbr>", "<i>", "<u>", "<s>"]) expect(other).not.toContain(tag);
  });
});
