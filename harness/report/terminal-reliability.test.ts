import { describe, expect, it } from "vitest";
import { reliability, reliabilityCell } from "./reliability.testing.ts";
import { renderReliability } from "./terminal-reliability.ts";

describe("renderReliability", () => {
  it("says for each client what it is worth, the same under several issuers in one line", () => {
    const cells = ["workos", "better-auth"].flatMap((profile) => [
      reliabilityCell({ profile }),
      reliabilityCell({ profile, faults: "issuer-503:1", outcome: "cannot-be-had" }),
    ]);
    expect(renderReliability(reliability({ cells }))).toContain("  1 proved, 1 cannot be had (issuer-503): workos, better-auth\n");
  });

  it("explains the words that it uses, and no others", () => {
    const text = renderReliability(reliability());
    expect(text).toContain("  proved: every order of events");
    expect(text).toContain("  held: ");
    expect(text).toContain("  broken: ");
    expect(text).not.toContain("cannot be had");
  });

  it("says whose code a client is, and in which version", () => {
    const about = { package: "@workos-inc/node", version: "11.0.0", over: { jose: undefined }, configuration: {} };
    const clients = [{ target: "workos-node", strategy: "sealed-session", about }];
    expect(renderReliability(reliability({ clients, cells: [] }))).toContain(
      "workos-node/sealed-session (@workos-inc/node 11.0.0 over jose of a version that is not known)\n  nothing known: workos, better-auth\n",
    );
  });

  it("names an error once, with the issuers it happened under, and a client's own text is plain text", () => {
    const error = { code: "BAD_TARGET", message: "it threw\u001b[2J", hint: "mend it" } as const;
    const cells = ["workos", "better-auth"].map((profile) => reliabilityCell({ profile, outcome: "error", error }));
    const text = renderReliability(reliability({ cells }), { width: 200 });
    expect(text).toContain("  ✗ reference/naive: BAD_TARGET: it threw\ufffd[2J (mend it): under workos, better-auth\n");
  });

  it("says how much had not ended when somebody stopped it", () => {
    expect(renderReliability(reliability({ notEnded: 2 }), { width: 200 })).toContain("2 cells had not ended when somebody stopped it.");
  });
});
