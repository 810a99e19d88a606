import { describe, expect, test } from "vitest";
import { z } from "zod";
import { HoldfastError } from "../model/error.ts";
import { profileFrom, profileSchema } from "./profile-json.ts";
import { variants } from "./profiles/variants.testing.ts";
import { profiles } from "./profiles.ts";

describe("a profile as JSON", () => {
  test.each(Object.entries(profiles))("is that of the name %s", (name, profile) => {
    expect(profileFrom(name)).toBe(profile);
  });

  test("says only what differs from another one", () => {
    const json = {
      extends: "better-auth",
      name: "better-auth",
      grace: [{ seconds: 30, sameRequest: true, answer: "same-pair" }],
    };
    const { evidence, source, ...rest } = profileFrom(json);
    const { evidence: _, source: of, ...expected } = variants["better-auth with an interval"];
    expect(rest).toEqual(expected);
    expect([evidence, source]).toEqual(["own", `Given as JSON, and for the rest better-auth. ${of}`]);
  });

  test("merges rejections and lifetimes, and replaces the grace", () => {
    const json = {
      extends: "supabase-v1",
      name: "mine",
      grace: [],
      rejections: { spent: { status: 401, error: "gone" } },
      lifetimes: { absolute: 60, inactivity: null },
    };
    const own = profileFrom(json);
    expect(own.grace).toEqual([]);
    expect(own.rejections).toEqual({
      ...profiles["supabase-v1"].rejections,
      spent: { status: 401, error: "gone", description: null },
    });
    expect(own.lifetimes).toEqual({ refreshToken: null, absolute: 60, inactivity: null });
    expect(own.lateReuse).toBe("family");
  });

  test("may begin from nothing, which is an issuer that rotates at every use", () => {
    const { source: _, summary: __, ...own } = profileFrom({ name: "mine" });
    const { source: ___, summary: ____, lifetimes, ...strict } = profiles.zitadel;
    expect(own).toEqual({ ...strict, name: "mine", evidence: "own", lifetimes: { refreshToken: null, absolute: null, inactivity: null } });
    expect(lifetimes.absolute).not.toBeNull();
  });

  test.each<[string, unknown, string]>([
    ["an unknown name", "nobody", 'expected one of "workos"|"better-auth"'],
    ["no name", {}, "at name"],
    ["a name that no command line could take", { name: "My Issuer" }, "lower-case letters, digits and hyphens"],
    ["a knob that there is not", { name: "x", rotate: true }, 'familyCap, got "rotate"'],
    ["a grace without an answer", { name: "x", grace: [{ seconds: 3 }] }, "at grace[0].answer"],
    ["a grace of no time", { name: "x", grace: [{ seconds: 0, answer: "sibling" }] }, "at grace[0].seconds"],
    ["a threshold without its part", { name: "x", rotation: { when: "threshold" } }, "at rotation.part"],
    ["a refusal that is none", { name: "x", rejections: { spent: { status: 200, error: "ok" } } }, "at rejections.spent.status"],
    ["an error code that is no code", { name: "x", rejections: { spent: { status: 400, error: 'a"b' } } }, "at rejections.spent.error"],
    ["a lifetime below nothing", { name: "x", lifetimes: { absolute: -1 } }, "at lifetimes.absolute"],
    ["a list", [], "expected object"],
    ["nothing", null, "expected object"],
  ])("is refused with %s, and says where", (_, json, hint) => {
    const refuse = () => profileFrom(json);
    expect(refuse).toThrow(HoldfastError);
    expect(refuse).toThrow(expect.objectContaining({ code: "BAD_USAGE", hint: expect.stringContaining(hint) }));
  });

  test("tells its place in the file that it stands in", () => {
    const parsed = z.object({ profile: profileSchema }).safeParse({ profile: { name: "x", grace: [{ seconds: 3 }] } });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["profile.grace.0.answer"]);
  });
});
