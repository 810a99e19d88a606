import { describe, expect, it } from "vitest";
import { assertNpmKeptNothing } from "./npm-flags.ts";

describe("assertNpmKeptNothing", () => {
  it("says how to call when npm has kept a flag", () => {
    expect(() => assertNpmKeptNothing({ npm_config_time_steps: "1" })).toThrow(/expected --time-steps after "--"/);
  });

  it("is content with npm's own settings and with none", () => {
    assertNpmKeptNothing({});
    assertNpmKeptNothing({ npm_config_registry: "x", npm_config_json: "true", npm_config_loglevel: "error" });
  });
});
