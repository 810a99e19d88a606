import { describe, expect, it } from "vitest";
import { assertNpmKeptNothing } from "./npm-flags.ts";

describe("assertNpmKeptNothing", () => {
  it("says how to call when npm has kept a flag", () => {
    expect(() => assertNpmKeptNothing({ npm_config_time_steps: "1" }, "npm run x --")).toThrow(/expected --time-steps after "--"/);
    const kept = { npm_config_access_token_lifetime: "5" };
    expect(() => assertNpmKeptNothing(kept, "npm run app --")).toThrow(
      expect.objectContaining({ hint: "write: npm run app -- --access-token-lifetime …" }),
    );
  });

  it("is content with npm's own settings and with none", () => {
    assertNpmKeptNothing({}, "");
    assertNpmKeptNothing({ npm_config_registry: "x", npm_config_json: "true", npm_config_loglevel: "error" }, "");
  });
});
