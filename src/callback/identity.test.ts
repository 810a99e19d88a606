import { describe, expect, expectTypeOf, test } from "vitest";
import { type Identity, idempotencyKeyOf, readRoles, readSignInIds, type SignInIds } from "./identity.ts";
import type { Text } from "./text.ts";

describe("the ids of a sign-in", () => {
  test.each([
    [{ jti: "j", sid: "s" }, { token_id: "j", session_id: "s" }, "workos-jti:j"],
    [{ jti: "j" }, { token_id: "j" }, "workos-jti:j"],
    [{ jti: "j", sid: " " }, { token_id: "j" }, "workos-jti:j"],
    [{ sid: "s" }, { session_id: "s" }, "workos-session:s"],
    [{ jti: "", sid: "s" }, { session_id: "s" }, "workos-session:s"],
    [{ jti: " \t", sid: "s" }, { session_id: "s" }, "workos-session:s"],
    [{ jti: 7, sid: "s" }, { session_id: "s" }, "workos-session:s"],
    [{ jti: null, sid: "undefined" }, { session_id: "undefined" }, "workos-session:undefined"],
  ])("%j are %j under %s", (claims, ids, key) => {
    const read = readSignInIds(claims);
    expect(read).toEqual(ids);
    expect(idempotencyKeyOf(read as SignInIds)).toBe(key);
  });

  test.each([
    {},
    { jti: "", sid: "" },
    { jti: " ", sid: "\n" },
    { jti: null },
    { sid: 5 },
    { jti: undefined, sid: undefined },
    { jti: ["j"] },
  ])("%j are missing", (claims) => {
    expect(readSignInIds(claims)).toBe("identity_missing");
  });

  test.each([{ jti: "a\0" }, { jti: "j", sid: "a\0" }, { jti: "a\0", sid: "s" }, { sid: "s".repeat(241) }])(
    "%j are malformed",
    (claims) => {
      expect(readSignInIds(claims)).toBe("claim_malformed");
    },
  );

  test("the longest ids still fit a key of the repository", () => {
    const ids = readSignInIds({ sid: "s".repeat(240) });
    expect(idempotencyKeyOf(ids as SignInIds).length).toBeLessThanOrEqual(256);
  });
});

test("an identity without a non-empty token or session id does not compile", () => {
  const text = "x" as Text;
  const who = { workos_user_id: text, email: text };
  const whole: Identity[] = [
    { ...who, token_id: text },
    { ...who, session_id: text },
    { ...who, token_id: text, session_id: text, role: text, roles: [text] },
  ];
  expect(whole).toHaveLength(3);
  // @ts-expect-error neither id
  const neither: Identity = who;
  // @ts-expect-error undefined is no id
  const missing: Identity = { ...who, session_id: undefined };
  // @ts-expect-error a string that nobody has looked at may be blank
  const unread: Identity = { ...who, token_id: "" };
  expect([neither, missing, unread]).toHaveLength(3);
  expectTypeOf(readSignInIds).returns.toEqualTypeOf<SignInIds | "identity_missing" | "claim_malformed">();
});

test.each([
  [{}, {}],
  [{ role: "admin" }, { role: "admin" }],
  [{ role: " " }, {}],
  [{ role: 7, roles: "admin" }, {}],
  [{ roles: ["admin", "", 7, "a\0", "member"] }, { roles: ["admin", "member"] }],
  [
    { role: "admin", roles: [] },
    { role: "admin", roles: [] },
  ],
])("roles of %j are %j", (claims, roles) => {
  expect(readRoles(claims)).toEqual(roles);
});
