import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GRANULARITIES } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import { FAULTS } from "./faults.ts";
import { decodeReplay, encodeReplay } from "./replay-string.ts";

const spec = {
  scenario: "page-loads-at-expiry",
  target: "reference",
  profile: "workos",
  strategy: "naive",
  isolates: 2,
  loads: 8,
  page: "request",
  faults: { "issuer-503": 1 },
  timeSteps: 0,
  crypto: "inline",
  lane: "simulation",
  explore: "random",
  schedules: 500,
  seed: 7,
  expect: null,
} as const;
const traceHash = "ab".repeat(32);
/** As of thirty steps, which is what a small counterexample has. */
const checks = Buffer.from(Array.from({ length: 30 }, (_, step) => (step * 97) % 256)).toString("base64url");

describe("a replay string", () => {
  it("brings back the cell and every choice, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 200 }), (choices) => {
        const schedule = choices.slice(0, choices.findLastIndex((choice) => choice > 0) + 1);
        const replay = decodeReplay(encodeReplay({ spec, schedule, traceHash, checks }));
        expect(replay.schedule).toEqual(schedule);
        expect(replay).toMatchObject({ traceHash, checks });
        expect(replay.spec).toEqual({ ...spec, explore: "replay", schedules: 1, seed: 0 });
      }),
    );
  });

  it.each(GRANULARITIES)("brings back that WebCrypto was %s", (crypto) => {
    expect(decodeReplay(encodeReplay({ spec: { ...spec, crypto }, schedule: [1], traceHash, checks })).spec.crypto).toBe(crypto);
  });

  it.each(FAULTS.map(({ name }) => name))("brings back that %s was granted", (name) => {
    const faults = { [name]: 2 };
    expect(decodeReplay(encodeReplay({ spec: { ...spec, faults }, schedule: [1], traceHash, checks })).spec.faults).toEqual(faults);
  });

  it("of before there were checks for each step is still read", () => {
    const text = encodeReplay({ spec, schedule: [0, 2], traceHash, checks: null });
    expect(decodeReplay(text)).toMatchObject({ schedule: [0, 2], traceHash, checks: null });
    const before =
      "hf1_JY5BjoMwEAT_0mcjYewQ8Av2vkfEYWLGYMkLrD1Ii6L8fUVyqkurqp8onlfKcYPDTjNXaaOpVCQV_-0xn1AQyjMLHDIHzrx6hsKetxATw-HBIpwrOmSBQpFMwvMJhxLXOXEVUpwXgUIsWyLhAqcV3hk4o97Vt_z34HLtAh1JCtzzpSDxh7-F9wJXK_h87nI9jWuK63XDL1v0l3IYGqP0qIbGfnD74K70OCpIJs9fVBY4dKbt-jv11LfUdW1d18brZmp4etwDh6B1YGtDE3xvbpOuazO1nqy5WfuwgSxe_w_f792af73";
    expect(decodeReplay(before)).toMatchObject({ checks: null, spec: { strategy: "single-flight", profile: "better-auth", loads: 3 } });
  });

  it("is short enough for one line of a terminal or two", () => {
    expect(encodeReplay({ spec, schedule: [0, 0, 3, 0, 1], traceHash, checks }).length).toBeLessThan(360);
  });

  it("is refused when any character of it is lost or changed", () => {
    const text = encodeReplay({ spec, schedule: [0, 2], traceHash, checks });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("", "A", "z", "0", "_", "-"), (at, other) => {
        fc.pre(text[at] !== other);
        const damaged = text.slice(0, at) + other + text.slice(at + 1);
        expect(() => decodeReplay(damaged)).toThrow(HoldfastError);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["another text", "hello"],
    ["the prefix alone", "hf1_"],
    ["another version", "hf2_abc_00000000"],
  ])("is refused when it is %s", (_, text) => {
    expect(() => decodeReplay(text)).toThrow(/damaged/);
  });

  it("is refused when its content was made by someone who can compute the checksum but is no run", async () => {
    const { deflateRawSync } = await import("node:zlib");
    const { createHash } = await import("node:crypto");
    const forge = (content: unknown) => {
      const payload = deflateRawSync(JSON.stringify(content)).toString("base64url");
      return `hf1_${payload}_${createHash("sha256").update(payload).digest("hex").slice(0, 8)}`;
    };
    expect(() => decodeReplay(forge({ hello: 1 }))).toThrow(/expected a recorded run/);
    expect(() => decodeReplay(forge("x".repeat(2 << 20)))).toThrow(/compressed JSON/);
  });
});
