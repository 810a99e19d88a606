import { describe, expect, test } from "vitest";
import { failed, holding, violated } from "./cells.testing.ts";
import { renderErrors, renderSummary } from "./terminal-summary.ts";

describe("the last lines", () => {
  test("say that nothing was unexpected", () => {
    const reports = [
      ...Array.from({ length: 12 }, () => holding({ expect: "holds" })),
      ...Array.from({ length: 16 }, () => violated({ expect: "violated" })),
    ];
    expect(renderSummary(reports)).toBe("28 cells: 12 hold, 16 show the bug that they are expected to show; nothing unexpected.\n");
  });

  test("speak of one cell in the singular", () => {
    expect(renderSummary([violated({ expect: "violated" })])).toBe(
      "1 cell: 1 shows the bug that it is expected to show; nothing unexpected.\n",
    );
  });

  test("name each surprise, either way", () => {
    const text = renderSummary(
      [holding({ expect: "violated", schedules: 500 }), violated({ expect: "holds" }), holding({ expect: "holds" })],
      {
        width: 200,
      },
    );
    expect(text.split("\n")).toEqual([
      "3 cells: 2 hold, 1 breaks an invariant; 2 unexpected.",
      "  ✗ page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo: expected VIOLATED, got holds after 500 schedules",
      "  ✗ page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo: expected holds, got VIOLATED (no-spurious-logout) after 1 schedule",
      "",
    ]);
  });

  test("say how many states a surprising proof has", () => {
    const text = renderSummary([holding({ expect: "violated", completeness: "complete", states: 1_207, schedules: 189 })], { width: 200 });
    expect(text).toContain("expected VIOLATED, got holds after 1,207 states\n");
  });

  test("name each violation where nobody stated what to expect, and do not call it unexpected", () => {
    const text = renderSummary([violated()], { width: 200 });
    expect(text).toContain("1 cell: 1 breaks an invariant.\n");
    expect(text).toContain("VIOLATED (no-spurious-logout) after 1 schedule");
  });

  test("count an error as unexpected even where nothing was stated", () => {
    expect(renderSummary([failed(), holding()], { width: 200 })).toBe(
      "2 cells: 1 holds, 1 ended in an error; 1 unexpected.\n  ✗ page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo: error ESCAPED after 0 schedules\n",
    );
  });

  test("say what cannot be had", () => {
    expect(renderSummary([holding({ verdict: "cannot-be-had" })])).toBe("1 cell: 1 shows what cannot be had.\n");
  });

  test("say so when there was no cell at all", () => {
    expect(renderSummary([])).toBe("0 cells.\n");
  });
});

describe("the errors", () => {
  test("have a code, a message and what to do next", () => {
    expect(renderErrors([holding(), failed()])).toBe(
      [
        "error ESCAPED in page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo",
        "  the target opened a socket",
        "  next: go through fetch",
        "",
      ].join("\n"),
    );
  });

  test("stand once for all cells with the same one, whose profiles are told together", () => {
    expect(renderErrors(["workos", "better-auth", "zitadel", "logto"].map((profile) => failed({ profile })))).toBe(
      [
        "error ESCAPED in 4 cells: page-loads-at-expiry · reference/naive · workos, better-auth, zitadel,",
        "    logto · 1 isolate · fifo",
        "  the target opened a socket",
        "  next: go through fetch",
        "",
      ].join("\n"),
    );
  });

  test("name each place where more than the profile differs", () => {
    expect(renderErrors([failed(), holding(), failed({ profile: "workos" }), failed({ isolates: 2 })])).toBe(
      [
        "error ESCAPED in 3 cells:",
        "  in page-loads-at-expiry · reference/naive · better-auth, workos · 1 isolate · fifo",
        "  in page-loads-at-expiry · reference/naive · better-auth · 2 isolates · fifo",
        "  the target opened a socket",
        "  next: go through fetch",
        "",
      ].join("\n"),
    );
  });

  test("stand apart when code or message differ, and lose no hint when only that does", () => {
    const error = { code: "ESCAPED", message: "one", hint: "first" } as const;
    const text = renderErrors([
      failed({ error }),
      failed({ error: { ...error, message: "two" } }),
      failed({ error: { ...error, code: "DEADLOCK" } }),
      failed({ error: { ...error, hint: "second" } }),
    ]);
    expect(text.match(/^error/gm)).toHaveLength(3);
    expect(text).toContain("  one\n  next: first\n  next: second\n");
  });

  test("are nothing when no cell ended in one", () => {
    expect(renderErrors([holding(), violated()])).toBe("");
  });

  test("keep the lines of a message and nothing that a terminal would obey", () => {
    const text = renderErrors([failed({ error: { code: "BAD_TARGET", message: "one\ntwo\u001b[2J", hint: "h" } })]);
    expect(text).toContain("  one\n  two\ufffd[2J\n");
  });
});
