import { describe, expect, it } from "vitest";
import { bugOf, catalogueOf, costOf, fixOf } from "./catalogue.testing.ts";
import { parseCatalogue, renderCatalogueJson } from "./catalogue-json.ts";
import { renderCatalogue } from "./terminal-catalogue.ts";

describe("the catalogue on a terminal", () => {
  it("has a line for each bug, what they come to, and what a story costs", () => {
    expect(renderCatalogue(catalogueOf())).toBe(
      [
        "  known bug            breaks                schedules  steps  its fix",
        "  07-answers-overtake  generation-monotonic          9     34  holds over 1,500 schedules",
        "",
        "36-five-minutes: logouts a day of each person: 4.00 (3.75–4.25) with access tokens of 5 min, 2.00",
        "(1.75–2.25) with access tokens of 30 min (95 % intervals).",
        "Recall: 1 of 1 bug, 1 of 1 class, each by the invariant that must find it.",
        "To find one: 9 schedules in the middle, 9 at most. Its shrunk trace: 34 steps in the middle, 34 at",
        "most.",
        "Precision: no false alarm in 1,500 schedules of 1 variant that are correct.",
        "12 s",
        "",
      ].join("\n"),
    );
  });

  it("says what was missed, what is a false alarm, and what is not good enough", () => {
    const text = renderCatalogue(
      catalogueOf({
        bugs: [bugOf({ found: false, steps: null, broken: [], replay: null })],
        correct: [fixOf({ verdict: "violated", broken: ["no-cross-talk"] })],
        precision: { schedules: 12, variants: 1, falseAlarms: 1 },
        recall: { classes: { found: 0, all: 1 }, bugs: { found: 0, all: 1 } },
        shortfalls: ["07-answers-overtake: nothing broke"],
      }),
    );
    expect(text).toContain("generation-monotonic: missed");
    expect(text).toContain("no-cross-talk: false alarm");
    expect(text).toContain("Precision: 1 false alarm in 12 schedules");
    expect(text).toContain("  ✗ 07-answers-overtake: nothing broke\n");
  });

  it("colours only where somebody wants it, and keeps control characters of a name away", () => {
    const bad = catalogueOf({ bugs: [bugOf({ id: "07-\u001b[2J" })] });
    expect(renderCatalogue(bad)).not.toContain("\u001b");
    expect(renderCatalogue(bad, { colour: true })).toContain("\u001b[32m");
  });

  it("says that it was interrupted, and nothing of bugs that nobody looked for", () => {
    const text = renderCatalogue(catalogueOf({ interrupted: true, bugs: [], correct: [], costs: [costOf()] }));
    expect(text).toContain("Interrupted");
    expect(text).not.toContain("Recall");
  });
});

describe("the catalogue as JSON", () => {
  it("reads back as it was, with its keys in the order of the contract", () => {
    const result = catalogueOf();
    const text = renderCatalogueJson(result);
    expect(parseCatalogue(text)).toEqual(result);
    expect(renderCatalogueJson(parseCatalogue(text))).toBe(text);
    expect(Object.keys(JSON.parse(text))[0]).toBe("version");
  });

  it("is refused where it is something else", () => {
    expect(() => parseCatalogue('{"version":2}')).toThrow(/version/);
  });
});
