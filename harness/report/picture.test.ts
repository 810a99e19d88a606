import { describe, expect, test } from "vitest";
import { entry, LOGOUT_TRACE, violated } from "./cells.testing.ts";
import { essentialSteps } from "./folding.ts";
import { clockText, foldText, pictureOf } from "./picture.ts";
import { chainsOf, reasonsOf } from "./reasons.ts";

const reasons = reasonsOf(chainsOf(violated().result));
const none = new Set<number>();

describe("folding", () => {
  test("leaves the steps that the because names, and what else happens to the loads that it names", () => {
    expect([...essentialSteps(LOGOUT_TRACE, reasons, none)]).toEqual([5, 6, 7, 8, 9, 10]);
  });

  test("leaves every fault, wherever it is", () => {
    const fault = entry({ step: 2, kind: "fault:issuer-503" });
    expect(essentialSteps([entry({ step: 1 }), fault], [{ number: 1, step: 9, text: "x" }], none)).toEqual(new Set([2]));
  });

  test.each([
    "the issuer redeems RT F1.g0: rotated to RT F1.g1",
    "the issuer redeems RT F1.g0 again: replayed RT F1.g1",
    "isolate-2 is issued RT F1.g1 for RT F1.g0 (ada/load-9)",
    "isolate-2 gets no verdict on RT F1.g0 for ada/load-9: the answer was lost",
    "the answer to ada/load-9 of user_ada is lost",
    "fault issuer-503",
  ])("leaves what explains a newer generation: %s", (event) => {
    const trace = [entry({ step: 1 }), entry({ step: 2, label: "200 for ada/load-9", events: [`step 2 · ${event}`] }), entry({ step: 3 })];
    expect(essentialSteps(trace, [{ number: 1, step: 9, text: "x" }], none)).toEqual(new Set([2]));
  });

  test("leaves no step out of the fold for what else it tells", () => {
    const told = [
      "the issuer rejects RT F1.g0: no grace",
      "ada/load-9 of user_ada is answered signed-in",
      "session of user_ada started: family F1",
    ];
    const trace = told.map((event, index) => entry({ step: index + 1, events: [`step ${index + 1} · ${event}`] }));
    expect(essentialSteps(trace, [{ number: 1, step: 9, text: "x" }], none)).toEqual(new Set());
  });

  test("leaves everything when there is no reason to go by", () => {
    expect(essentialSteps(LOGOUT_TRACE, [], none).size).toBe(LOGOUT_TRACE.length);
  });

  test("does not take one load's name for the beginning of another's", () => {
    const trace = [entry({ step: 1, label: "GET / for ada/load-1" }), entry({ step: 2, label: "GET / for ada/load-10" })];
    expect(essentialSteps(trace, [{ number: 1, step: 1, text: "isolate-1 presents RT F1.g0 for ada/load-1" }], none)).toEqual(new Set([1]));
  });
});

describe("a picture", () => {
  const folded = pictureOf(LOGOUT_TRACE, reasons, { fold: true });
  const steps = folded.rows.filter((row) => row.type === "step");

  test("has lanes for browsers, isolates in order of their numbers, and then the issuer", () => {
    const hops = ["issuer>isolate-10", "isolate-2>ben", "ada>isolate-10", "store>isolate-2"];
    const trace = hops.map((hop, index) => entry({ step: index + 1, from: hop.split(">")[0] ?? "", to: hop.split(">")[1] ?? "" }));
    expect(pictureOf(trace, [], { fold: false }).lanes).toEqual(["ben", "ada", "isolate-2", "isolate-10", "issuer", "store"]);
  });

  test("has no lane for whoever only acts in steps that are not shown", () => {
    const trace = [entry({ step: 1, from: "ben", label: "GET / for ben/sign-in" }), ...LOGOUT_TRACE.slice(4)];
    expect(pictureOf(trace, reasons, { fold: true }).lanes).not.toContain("ben");
    expect(pictureOf(trace, reasons, { fold: false }).lanes).toContain("ben");
  });

  test("says what it folded, and that the clock moved, without the script's own timers", () => {
    expect(folded.rows.slice(0, 2)).toEqual([
      { type: "fold", first: 1, last: 2, steps: 2, tasks: ["ada/sign-in"] },
      { type: "clock", step: 3, fifo: true, at: 301_000, text: "time passes: 301 s" },
    ]);
    expect(steps.map(({ step }) => step)).toEqual([5, 6, 7, 8, 9, 10]);
  });

  test("joins two stretches that only the clock parts", () => {
    const trace = [
      entry({ step: 1, at: 0, label: "GET / for ada/sign-in" }),
      entry({ step: 2, at: 5_000, label: "GET / for ben/sign-in" }),
      ...LOGOUT_TRACE.slice(4),
    ];
    const [fold, clock] = pictureOf(trace, reasons, { fold: true }).rows;
    expect(fold).toMatchObject({ type: "fold", first: 1, last: 2, steps: 2, tasks: ["ada/sign-in", "ben/sign-in"] });
    expect(clock).toMatchObject({ type: "clock", at: 301_000 });
  });

  test("marks the two arrivals of the same token at the issuer, not the steps that sent them", () => {
    expect(steps.filter(({ fatal }) => fatal).map(({ step }) => step)).toEqual([7, 8]);
  });

  test("numbers the notes that stand in the because, and adds those that only it tells", () => {
    expect(steps[0]?.notes).toEqual([{ text: "isolate-1 presents RT F1.g0 for ada/load-1", because: 1 }]);
    expect(steps[2]?.notes).toEqual([{ text: "the issuer redeems RT F1.g0: rotated to RT F1.g1", because: 3 }]);
  });

  test("knows a fault and a choice that is not FIFO's", () => {
    const [row] = pictureOf([entry({ step: 1, kind: "fault:issuer-response-lost", choice: 2 })], [], { fold: false }).rows.slice(1);
    expect(row).toMatchObject({ fault: "issuer-response-lost", fifo: false });
  });
});

test("a clock that moved on another choice than FIFO's says so, and one without a step has no number", () => {
  const time = entry({ step: 1, kind: "time", from: null, to: "clock", label: "time passes: 5 s", at: 0, choice: 2 });
  const rows = (trace: Parameters<typeof pictureOf>[0]) => pictureOf(trace, [], { fold: false }).rows;
  expect(rows([time, entry({ step: 2, at: 5_000 })])[0]).toEqual({
    type: "clock",
    step: 1,
    fifo: false,
    at: 5_000,
    text: "time passes: 5 s",
  });
  expect(rows([entry({ step: 2, at: 5_000 })])[0]).toEqual({ type: "clock", step: null, fifo: true, at: 5_000, text: "" });
});

test("a fold and the clock have a line of text", () => {
  expect(foldText({ type: "fold", first: 25, last: 27, steps: 3, tasks: ["l-3", "l-4", "l-5"] })).toBe("steps 25–27 not shown: l-3 to l-5");
  expect(foldText({ type: "fold", first: 25, last: 25, steps: 1, tasks: [] })).toBe("step 25 not shown");
  expect(clockText({ type: "clock", step: null, fifo: true, at: 1_800_000, text: "" })).toBe("+1800.0 s");
});
