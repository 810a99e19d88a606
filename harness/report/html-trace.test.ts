import { expect, test } from "vitest";
import { entry } from "./cells.testing.ts";
import { renderTracePage } from "./html-trace.ts";

test("a trace is a page of its own, that asks nobody for anything and takes no text for markup", () => {
  const steps = [
    entry({ step: 1, from: "tab-1", to: "app", label: "GET /<script>alert(1)</script>" }),
    entry({ step: 2, at: 1_000, from: "app", to: "issuer", label: "POST token → 200 [RT F1.g0]", events: ["RT F1.g0 rotated → RT F1.g1"] }),
  ];
  const page = renderTracePage(steps, "signs in & out");
  expect(page).toContain("<title>signs in &amp; out</title>");
  expect(page).toContain('aria-label="Sequence picture of 2 messages"');
  for (const shown of ["tab-1", "issuer", "[RT F1.g0]", "RT F1.g0 rotated → RT F1.g1"]) expect(page).toContain(shown);
  expect(page).not.toContain("<script>");
  expect(page).toMatch(/content="default-src &#39;none&#39;; style-src &#39;sha256-/);
});
