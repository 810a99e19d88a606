import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { CellReport } from "../model/cell.ts";
import { cellResult, entry, failed, holding, limited, violated } from "./cells.testing.ts";
import { renderHtml } from "./html.ts";

function page(reports: readonly CellReport[], explain?: () => string): string {
  const cells = reports.map(({ result }) => result);
  return renderHtml({ version: 1, seed: 7, cells }, reports, { command: "holdfast", explain });
}

describe("the page", () => {
  const text = page([holding({ profile: "workos" }), violated()], () => "holds when nobody is logged out");

  test("needs nothing but itself, and lets nothing else in", () => {
    expect(text).toContain("default-src &#39;none&#39;");
    expect(text).not.toMatch(/\b(src|href)="(?!#)|url\(|@import|https?:/);
  });

  test("allows exactly its own script and style", () => {
    for (const tag of ["script", "style"]) {
      const [, body = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(text) ?? [];
      const hash = createHash("sha256").update(body).digest("base64");
      expect(text).toContain(`${tag}-src &#39;sha256-${hash}&#39;`);
    }
  });

  test("has a language, a title, one first heading and real table headers", () => {
    expect(text).toContain('<html lang="en">');
    expect(text).toContain("<title>Holdfast: 2 cells: 1 holds, 1 breaks an invariant.</title>");
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toContain('<th scope="col">better-auth</th>');
    expect(text).toContain('<th scope="row">reference/naive<span class="narrow soft"> · 1 isolate · fifo</span></th>');
  });

  test("links each violated cell to its counterexample", () => {
    expect(text).toContain('<a href="#counterexample-1">VIOLATED</a>');
    expect(text).toContain('<article class="cell unstated" id="counterexample-1"');
  });

  test("has no link that leads nowhere and no id twice", () => {
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test("tells the because as an ordered list with links into the picture", () => {
    expect(text).toContain('<li value="1"><a href="#counterexample-1-s5">step 5</a>: isolate-1 presents RT F1.g0 for ada/load-1</li>');
    expect(text).toContain("In short: the same refresh token, RT F1.g0, was presented twice");
    expect(text).toContain("It holds when nobody is logged out.");
  });

  test("folds the sign-in away", () => {
    expect(text).toContain("<details><summary>All 10 steps, sign-in included</summary>");
    const [before = "", after = ""] = text.split("<details><summary>All");
    expect(before).not.toContain("GET /login");
    expect(after).toContain("GET /login");
  });

  test("leads back from each counterexample to its place in the matrix", () => {
    expect(text).toContain('<td class="violated unstated" id="counterexample-1-place">');
    expect(text).toContain('<a href="#counterexample-1-place">Back to the matrix');
  });

  test("names the profile in each cell, for screens that have no columns", () => {
    expect(text.match(/<td class="(holds|violated) unstated"[^>]*><span class="narrow mark">[a-z-]+ <\/span>/g)).toHaveLength(2);
  });

  test("explains its words", () => {
    for (const word of ["✓", "fifo", "an issuer’s rotation policy", "crypto=inline", "time moves"])
      expect(text.split('id="legend"')[1]).toContain(word);
  });

  test("offers the replay to be copied", () => {
    expect(text).toContain('<code id="counterexample-1-replay">holdfast replay hf1_abc_01234567</code>');
    expect(text).toContain('data-copies="counterexample-1-replay"');
  });

  test("offers the counterexample as a test to be copied, as text", () => {
    expect(text).toContain('data-copies="counterexample-1-test"');
    expect(text).toContain("import { replay } from &quot;holdfast&quot;;");
    expect(text).toContain("expect(await replay(&quot;hf1_abc_01234567&quot;)).toHold();");
  });

  test("says which choices FIFO would not have made, and how small a counterexample was made", () => {
    expect(text).toContain("<li>step 7: POST …/authenticate for ada/load-2 → issuer, its choice 2 of 2</li>");
    const extent = {
      loads: 2,
      isolates: 1,
      page: "request",
      faults: "",
      timeSteps: 0,
      granularity: "crypto=inline",
      choices: 1,
      steps: 10,
    } as const;
    const shrunk = { from: { ...extent, loads: 8 }, to: extent, runs: 5 };
    expect(page([violated({ shrunk })])).toContain('<p class="soft">Shrunk in 5 runs: 8 loads → 2.</p>');
    expect(text).not.toContain("Shrunk");
  });

  test("names the landmarks of each counterexample apart", () => {
    const labels = [...page([violated(), violated()]).matchAll(/role="region" aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });
});

test("surprises and errors come first", () => {
  const text = page([violated({ expect: "holds" }), failed({ profile: "workos" })]);
  expect(text).toContain("✗ surprise: expected holds");
  expect(text).toContain("error ESCAPED in page-loads-at-expiry");
  expect(text).toContain('<li><a href="#counterexample-1">page-loads-at-expiry');
  expect(text.indexOf("To look at")).toBeLessThan(text.indexOf("Matrix</h2>"));
});

test("all counterexamples but the first are folded, and say what they show", () => {
  const text = page([violated({ expect: "violated" }), violated({ expect: "holds" }), violated()]);
  const cards = text.split("<article").slice(1);
  expect(cards.map((card) => /<details( open)?>/.exec(card)?.[1] ?? "")).toEqual([" open", "", ""]);
  const outcomes = cards.map((card) => /<summary>.*?<b>(.*?)<\/b>.*?<\/summary>/s.exec(card)?.[1]);
  expect(outcomes).toEqual([
    "no-spurious-logout violated ✓ as expected",
    "no-spurious-logout violated ✗ surprise: expected holds",
    "no-spurious-logout violated",
  ]);
});

test("an error that several cells share stands once", () => {
  const text = page([failed({ profile: "workos" }), failed({ profile: "zitadel" })]);
  expect(text.match(/the target opened a socket/g)).toHaveLength(1);
  expect(text).toContain("error ESCAPED in 2 cells: page-loads-at-expiry · reference/naive · workos, zitadel · 1 isolate · fifo");
});

test("what cannot be had is a limit of the issuer, and nobody's bug", () => {
  const text = page([limited({ expect: "cannot-be-had" })]);
  const [, card = ""] = text.split("<article");
  expect(card).toContain('class="cell expected limit"');
  expect(card).toContain("<b>cannot be had: a limit of the issuer ✓ as expected</b>");
  expect(card).toContain("500 schedules run");
  expect(card).not.toMatch(/found in schedule|In short/);
  expect(card).toContain('A fault (<a href="#counterexample-1-s8">step 8</a>) left the session without a refresh token that works');
  expect(card.indexOf("limit of the issuer</h4>")).toBeLessThan(card.indexOf("The consequence: no-spurious-logout is violated"));
  expect(text.split('id="legend"')[1]).toContain("up to the first that is VIOLATED");
});

test("what holds in every order is proved, and its number is that of its states", () => {
  const text = page([holding({ completeness: "complete", states: 1_207, schedules: 189, explore: "exhaustive" })]);
  const [matrix = "", legend] = text.split('id="legend"');
  expect(matrix).toMatch(/proved.*1,207<span class="word"> states<\/span>/s);
  expect(matrix).not.toContain("189<span");
  expect(legend).toContain("proved: every order of events was tried");
});

test("a run without a violation says so", () => {
  const text = page([holding()]);
  expect(text).toContain("None: no order that was tried breaks an invariant.");
  expect(text).not.toContain("To look at");
});

test("a violation whose trace was not kept still has its because", () => {
  const text = page([{ ...violated(), counterexample: null }]);
  expect(text).toContain("No trace was kept.");
  expect(text).toContain("step 5: isolate-1 presents");
});

test("nothing that a run says becomes markup", () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const names = { scenario: evil, target: evil, profile: evil, strategy: evil, faults: evil, explore: evil, granularity: evil, lane: evil };
  const violations = [{ invariant: "no-spurious-logout" as const, because: [`step 1 · ${evil}`, evil], replay: evil }];
  const trace = [entry({ step: 1, kind: `fault:${evil}`, from: evil, to: `2${evil}`, label: evil, events: [evil] })];
  const broken = { result: cellResult({ ...names, verdict: "violated", violations }), counterexample: trace };
  const text = page([broken, failed({ ...names, error: { code: "ESCAPED", message: evil, hint: evil } })], () => evil);
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).not.toContain("<img");
  expect(text).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
});
