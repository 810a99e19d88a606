import { expect, test } from "vitest";
import { escapeHtml, html, trusted } from "./html-escape.ts";

test("what HTML gives a meaning to is escaped", () => {
  expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
});

test("values are escaped between tags and in attributes", () => {
  expect(String(html`<p title="${'" onload="alert(1)'}">${"<script>"}</p>`)).toBe(
    '<p title="&quot; onload=&quot;alert(1)">&lt;script&gt;</p>',
  );
});

test("markup is not escaped twice, lists are joined, and null is nothing", () => {
  const items = ["<", ">"].map((each) => html`<li>${each}</li>`);
  expect(String(html`<ul>${items}${null}${[1, [2]]}</ul>`)).toBe("<ul><li>&lt;</li><li>&gt;</li>12</ul>");
});

test("trusted markup stands as it is", () => {
  expect(String(html`<style>${trusted("a > b {}")}</style>`)).toBe("<style>a > b {}</style>");
});

test("something that only looks like markup is escaped", () => {
  const impostor = { toString: () => "<script>" } as unknown as string;
  expect(String(html`${impostor}`)).toBe("&lt;script&gt;");
});
