import { expect, test } from "vitest";
import { entry, LOGOUT_TRACE, violated } from "./cells.testing.ts";
import { renderSequence } from "./html-sequence.ts";
import { pictureOf } from "./picture.ts";
import { chainsOf, reasonsOf } from "./reasons.ts";

const reasons = reasonsOf(chainsOf(violated().result));
const svg = String(renderSequence(pictureOf(LOGOUT_TRACE, reasons, { fold: true }), "c1", "two <loads>"));

test("a picture is an image with a description", () => {
  expect(svg).toContain('<svg role="img" aria-label="two &lt;loads&gt;"');
});

test("three lanes fit beside the reasons on a screen of 1280 pixels", () => {
  const [, width] = /viewBox="0 0 (\d+)/.exec(svg) ?? [];
  expect(Number(width)).toBeLessThanOrEqual(760);
});

test("nothing stands outside of the picture, even with one lane, a long note and a long fold", () => {
  const told = "isolate-1 is told that RT F1.g0 is rejected, which is a note of more than one line of text (ada/load-2)";
  const tasks = Array.from({ length: 9 }, (_, index) =>
    entry({ step: index + 1, label: `GET / for a-very-long-name/of-some-load-${index * 2}` }),
  );
  const alone = entry({ step: 20, from: null, to: "isolate-1", label: `a timer of ${"9".repeat(60)} ms for ada/load-1`, events: [told] });
  const picture = String(renderSequence(pictureOf([...tasks, alone], [{ number: 1, step: 20, text: "x" }], { fold: true }), "", "x"));
  const [, width] = /viewBox="0 0 (\d+)/.exec(picture) ?? [];
  const ends = [...picture.matchAll(/<rect[^>]* x="([-\d.]+)"[^>]* width="([\d.]+)"/g)].map(([, x, w]) => [
    Number(x),
    Number(x) + Number(w),
  ]);
  expect(Math.min(...ends.map(([left = 0]) => left))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...ends.map(([, right = 0]) => right))).toBeLessThanOrEqual(Number(width));
});

test("a step in which time passes has its number", () => {
  const time = entry({ step: 1, at: 0, kind: "time", from: null, to: "clock", label: "time passes: 5 s", choice: 1 });
  const picture = String(renderSequence(pictureOf([time, entry({ step: 2, at: 5_000 })], [], { fold: false }), "", "x"));
  expect(picture).toMatch(/>1\*<\/text>.*>\+5\.0 s {2}time passes: 5 s<\/text>/);
});

test("each actor has a lane with its name", () => {
  for (const name of ["ada", "isolate-1", "issuer"]) expect(svg).toContain(`text-anchor="middle">${name}</text>`);
  expect(svg.match(/class="lane"/g)).toHaveLength(3);
});

test("each step that is shown can be linked to, and the fatal pair is set off", () => {
  expect([...svg.matchAll(/id="c1-s(\d+)"/g)].map(([, step]) => step)).toEqual(["5", "6", "7", "8", "9", "10"]);
  expect(svg.match(/class="row fatal"/g)).toHaveLength(2);
});

test("an arrow runs from its sender to whom it reached, in either direction", () => {
  const xs = [...svg.matchAll(/class="arrow" d="M(\d+) \d+H(\d+)"/g)].map(([, from, to]) => Number(from) < Number(to));
  expect(xs).toEqual([true, true, true, true, false, false]);
});

test("a message that met a fault ends in a cross and names the fault", () => {
  const lost = entry({ step: 1, kind: "fault:issuer-503", from: "isolate-1", to: "issuer" });
  const picture = String(renderSequence(pictureOf([lost], [], { fold: false }), "", "x"));
  expect(picture).toContain('class="row fault"');
  expect(picture).toContain('class="cross"');
  expect(picture).toContain(">issuer-503</text>");
});

test("a step without a sender is a dot in its lane", () => {
  const picture = String(renderSequence(pictureOf([entry({ step: 1, from: null, label: "a timer" })], [], { fold: false }), "", "x"));
  expect(picture).toContain("<circle");
  expect(picture).not.toContain('class="arrow"');
});

test("labels of third-party code are text", () => {
  const evil = entry({ step: 1, from: "<b>", to: '"x', label: "GET /<script>alert(1)</script>", events: ["</text><script>"] });
  const picture = String(renderSequence(pictureOf([evil], [], { fold: false }), "", '"><script>'));
  expect(picture).not.toMatch(/<script|<b>|="x/);
});

test("the picture is as tall as its rows", () => {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  const below = [...svg.matchAll(/class="hit" x="0" y="(\d+)" width="(\d+)" height="(\d+)"/g)].map(([, y, , h]) => Number(y) + Number(h));
  expect(Number(width)).toBeGreaterThan(500);
  expect(Math.max(...below)).toBeLessThan(Number(height));
});
