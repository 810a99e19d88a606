import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { entry, failed, holding, LOGOUT_TRACE, limited, violated } from "./cells.testing.ts";
import { renderCounterexample, renderReplay } from "./terminal-counterexample.ts";

const command = "holdfast";

test("a counterexample says what broke, why, how, and how to play it again", () => {
  expect(renderCounterexample(violated(), { command })).toBe(LOGOUT_TEXT);
});

test("a cell that breaks nothing has no counterexample", () => {
  expect(renderCounterexample(holding(), { command })).toBe("");
});

test("a story is told before what came of it", () => {
  const story = { lifetime: 60, acts: [{ who: "ada", after: 101, does: "load", tabs: 2 }] } as const;
  const lines = renderCounterexample(violated({ scenario: "story", story }), { command }).split("\n");
  expect(lines[0]).toMatch(/^story · .* · 1 act$/);
  expect(lines.slice(1, 3)).toEqual(["  access tokens live 60 s", "  60.6 s later: ada loads 2 pages"]);
});

test("an invariant is explained when somebody can", () => {
  const text = renderCounterexample(violated(), { command, explain: (id) => `holds when ${id} does` });
  expect(text).toContain("no-spurious-logout is violated\n  it holds when no-spurious-logout does\n");
});

test("the replay is one line, however long, without anything before it that would be copied", () => {
  const { violations } = violated().result;
  const replay = `hf1_${"x".repeat(400)}_01234567`;
  const text = renderCounterexample(violated({ violations: violations.map((each) => ({ ...each, replay })) }), {
    command: "npm run -s holdfast --",
  });
  expect(text.split("\n")).toContain(`  npm run -s holdfast -- replay ${replay}`);
});

describe("the trace", () => {
  test("shows every step when asked to", () => {
    const text = renderCounterexample(violated(), { command, everyStep: true });
    expect(text).toMatch(/ {3}1 {3}ada\/sign-in +├─+GET \/login─+▶│/);
    expect(text).not.toContain("not shown");
  });

  test.each([100, 120])("keeps within %i columns, apart from the replay", (width) => {
    const text = renderCounterexample(violated(), { command, width });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test("marks a message that met a fault", () => {
    const lost = entry({
      step: 9,
      kind: "fault:issuer-response-lost",
      from: "issuer",
      to: "isolate-1",
      label: "200 to POST /x for ada/load-1",
    });
    const text = renderCounterexample(violated({}, [...LOGOUT_TRACE.slice(0, 8), lost]), { command });
    expect(text).toMatch(/│╳─+200─+┤\n.*· fault issuer-response-lost/);
  });

  test("draws a line through the lanes that an arrow crosses", () => {
    const far = entry({ step: 11, from: "ada", to: "issuer", label: "GET /authorize for ada/load-1" });
    expect(renderCounterexample(violated({}, [...LOGOUT_TRACE, far]), { command })).toMatch(/├─+GET \/authorize─+┼─+▶│/);
  });

  test("numbers a step in which time passes, and marks it where FIFO would not have let it pass", () => {
    const time = entry({ step: 11, kind: "time", from: null, to: "clock", label: "time passes: 30 s", choice: 4, of: 5 });
    const after = entry({ step: 12, at: 331_000, label: "GET / for ada/load-1" });
    const lines = renderCounterexample(violated({}, [...LOGOUT_TRACE, time, after]), { command }).split("\n");
    expect(lines.find((line) => line.includes("time passes: 30 s"))).toMatch(/^ {2}11\* ── \+331\.0 s {2}time passes: 30 s ─+$/);
  });

  test.each([100, 120])("keeps the last lane beside every note in %i columns", (width) => {
    const long = `the issuer rejects RT F1.g0: ${"already exchanged, ".repeat(5)}no grace`;
    const far = entry({ step: 11, from: "isolate-1", to: "issuer", label: "GET /x for ada/load-1", events: [long] });
    const folded = Array.from({ length: 12 }, (_, index) =>
      entry({ step: 12 + index, label: `GET / for somebody/with-a-name-${index * 2}` }),
    );
    const end = entry({ step: 24, label: "GET / for ada/load-1" });
    const text = renderCounterexample(violated({}, [...LOGOUT_TRACE, far, ...folded, end]), { command, width });
    const lines = text.split("\n");
    const head = lines.findIndex((line) => /^ +ada +isolate-1 +issuer$/.test(line));
    const beside = lines.slice(head + 1, lines.indexOf("", head)).filter((line) => !line.includes("time passes"));
    expect(text).toContain("no grace");
    const lane = Math.max(...beside.map((line) => line.length));
    expect(beside.filter((line) => line.length !== lane || !/[│┤▶]$/.test(line))).toEqual([]);
  });

  test("gives a note the whole line where lanes are few and close", () => {
    const text = renderCounterexample(
      violated({}, [entry({ step: 10, label: "GET / for ada/load-1", events: ["x ".repeat(40).trim()] })]),
      { command },
    );
    expect(text).toContain("x ".repeat(40).trim());
  });

  test("shows what has no sender as a dot in its lane", () => {
    const timer = entry({ step: 11, kind: "timer", from: null, to: "isolate-1", label: "a timer of 300 ms for ada/load-1" });
    expect(renderCounterexample(violated({}, [...LOGOUT_TRACE, timer]), { command })).toMatch(/│ +● a timer of 300 ms/);
  });

  test("goes without lanes where there are too many actors for columns", () => {
    const hops = Array.from({ length: 9 }, (_, index) =>
      entry({ step: 11 + index, to: `isolate-${index + 2}`, label: "GET / for ada/load-1" }),
    );
    const text = renderCounterexample(violated({}, [...LOGOUT_TRACE, ...hops]), { command });
    expect(text).toContain("isolate-1 ━━▶ issuer  POST /user_management/authenticate for ada/load-2 [RT F1.g0]");
    expect(text).not.toContain("│");
  });

  test("names the choices that FIFO would not have made, or says that there are none", () => {
    expect(renderCounterexample(violated(), { command })).toContain(
      "One choice is not FIFO's, marked * above:\n  step 7: POST …/authenticate for ada/load-2 → issuer, its choice 2 of 2",
    );
    const fifo = LOGOUT_TRACE.map((each) => ({ ...each, choice: 0 }));
    expect(renderCounterexample(violated({}, fifo), { command })).toContain("Every step took the choice that FIFO takes.");
  });
});

describe("a limit of the issuer", () => {
  const text = renderCounterexample(limited(), { command, explain: () => "holds when nobody is logged out" });

  test("is named first, with the fault, and what broke follows from it", () => {
    expect(text).toContain(
      [
        "cannot be had: a limit of the issuer",
        "  A fault (step 8) left the session without a refresh token that works, and this issuer has no call that gives another.",
        "",
        "The consequence: no-spurious-logout is violated",
        "  it holds when nobody is logged out",
        "",
        "Because",
        "   1. step 5:",
      ].join("\n"),
    );
  });

  test("accuses nobody", () => {
    expect(text).not.toContain("In short");
    const coloured = renderCounterexample(limited(), { command, colour: true });
    expect(coloured).toContain("\u001b[33m");
    expect(coloured).not.toContain("\u001b[31m");
  });

  test("is told without its step when no trace was kept", () => {
    expect(renderCounterexample({ ...limited(), counterexample: null }, { command })).toContain("  A fault left the session without");
  });
});

describe("colour", () => {
  test("is off unless asked for, and changes nothing else", () => {
    const plain = renderCounterexample(violated(), { command });
    const coloured = renderCounterexample(violated(), { command, colour: true });
    expect(plain).not.toContain("\u001b");
    expect(coloured).toContain("\u001b[31m");
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test("labels of third-party code reach no terminal with an escape sequence", () => {
    const evil = LOGOUT_TRACE.map((each) => ({
      ...each,
      label: `\u001b[2J${each.label}`,
      events: each.events.map((event) => `${event}\u0007`),
    }));
    expect(renderCounterexample(violated({}, evil), { command })).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

describe("a replay", () => {
  test("of a run that broke something shows every step and why", () => {
    const text = renderReplay(violated(), LOGOUT_TRACE, { command });
    expect(text).toContain("Because");
    expect(text).toContain("GET /login");
  });

  test("of a run that broke nothing shows every step and says so", () => {
    const text = renderReplay(holding(), LOGOUT_TRACE, { command });
    expect(text).toContain("GET /login");
    expect(text.endsWith("Every invariant held.\n")).toBe(true);
  });

  test("of a run that did not come to its end says why", () => {
    expect(renderReplay(failed(), [], { command })).toContain("error ESCAPED");
  });
});

/** The whole text: a change to it should be looked at by a person. */
const LOGOUT_TEXT = `\
page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo · 2 loads

no-spurious-logout is violated

In short: the same refresh token, RT F1.g0, was presented twice: by isolate-1 for ada/load-1 (step 5) and by isolate-1
          for ada/load-2 (step 6). It ends with: ada/load-1 of user_ada is answered signed-out.

Because
   1. step 5: isolate-1 presents RT F1.g0 for ada/load-1
   2. step 6: isolate-1 presents RT F1.g0 again for ada/load-2
   3. step 7: the issuer redeems RT F1.g0: rotated to RT F1.g1
   4. step 8: the issuer rejects RT F1.g0: already exchanged, no grace
   5. step 10: ada/load-1 of user_ada is answered signed-out

                   ada                              isolate-1                            issuer
                    │ ⋯ steps 1–2 not shown: ada/sign-in                                    │
   3  ── +301.0 s  time passes: 301 s ───────────────────────────────────────────────────────────
   5   ada/load-1   ├─────────GET / [RT F1.g0]─────────▶│                                   │
                    │ (1) isolate-1 presents RT F1.g0 for ada/load-1                        │
   6   ada/load-2   ├─────────GET / [RT F1.g0]─────────▶│                                   │
                    │ (2) isolate-1 presents RT F1.g0 again for ada/load-2                  │
   7*  ada/load-2   │                                   ┝━━POST …/authenticate [RT F1.g0]━━▶│
                    │ (3) the issuer redeems RT F1.g0: rotated to RT F1.g1                  │
   8   ada/load-1   │                                   ┝━━POST …/authenticate [RT F1.g0]━━▶│
                    │ (4) the issuer rejects RT F1.g0: already exchanged, no grace          │
   9   ada/load-1   │                                   │◀───────────────400────────────────┤
  10   ada/load-1   │◀───────────────302────────────────┤                                   │
                    │ (5) ada/load-1 of user_ada is answered signed-out                     │

Each numbered line is one step: a message arrives or time passes, and all that it sets off at once happens.
RT F1.g0 is the first refresh token of sign-in F1; each refresh makes the next generation: g1, g2.
━━▶ is the same refresh token, on its way to the issuer more than once.

One choice is not FIFO's, marked * above:
  step 7: POST …/authenticate for ada/load-2 → issuer, its choice 2 of 2

Play it again:
  holdfast replay hf1_abc_01234567
`;
