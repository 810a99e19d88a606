import { describe, expect, it } from "vitest";
import { assertNpmKeptNothing } from "./npm-flags.ts";

describe("assertNpmKeptNothing", () => {
  it("says how to call when npm has kept a flag", () => {
    expect(() => assertNpmKeptNothing({ npm_config_time_steps: "1" }, "run")).toThrow(/expected --time-steps after "--"/);
    const kept = { npm_config_access_token_lifetime: "5" };
    expect(() => assertNpmKeptNothing(kept, "app")).toThrow(
      expect.objectContaining({ hint: "write: npm run app -- --access-token-lifetime …" }),
    );
  });

  it("is no business of a command without flags that npm could keep, or of none", () => {
    assertNpmKeptNothing({ npm_config_port: "true" }, "list");
    assertNpmKeptNothing({ npm_config_port: "true" }, undefined);
  });

  it("is content with npm's own settings and with none", () => {
    assertNpmKeptNothing({}, "run");
    assertNpmKeptNothing({ npm_config_registry: "x", npm_config_json: "true", npm_config_loglevel: "error" }, "run");
  });
});
