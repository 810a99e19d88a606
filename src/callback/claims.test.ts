import { describe, expect, test } from "vitest";
import { CLIENT, claimsOf, ISSUER, START } from "./callback.testing.ts";
import { type ClaimRules, judgeClaims } from "./claims.ts";

const rules: ClaimRules = { issuers: ["https://auth.example", ISSUER], clientId: CLIENT };
const seconds = START / 1000;

function judge(claims: Record<string, unknown>, options: Partial<ClaimRules> = {}, now = START) {
  return judgeClaims(claimsOf(claims), { ...rules, ...options }, now);
}

test("good claims give the user, the sign-in, the end and all that was signed", () => {
  const claims = claimsOf({ organizations: [] });
  expect(judgeClaims(claims, rules, START)).toEqual({
    userId: "user_ada",
    ids: { token_id: "jti_1", session_id: "session_1" },
    expiresAt: START + 300_000,
    claims,
  });
});

describe("accepted", () => {
  test.each([
    ["the other issuer", { iss: "https://auth.example" }],
    ["azp without client_id", { client_id: undefined, azp: CLIENT }],
    ["aud without either", { client_id: undefined, aud: CLIENT }],
    ["aud as a list", { client_id: undefined, aud: ["other", CLIENT] }],
    ["client_id with an aud that is ours", { aud: [CLIENT] }],
    ["client_id with another azp: the first that is there decides", { azp: "client_2" }],
    ["no iat", { iat: undefined }],
    ["an iat in the future: it says when, and not from when", { iat: seconds + 60 }],
    ["nbf now", { nbf: seconds }],
    ["the last end there is", { exp: 253_402_300_799 }],
    ["moments at zero", { nbf: 0, iat: 0 }],
  ])("%s", (_, claims) => {
    expect(judge(claims)).toMatchObject({ userId: "user_ada" });
  });

  test("another audience that means us", () => {
    expect(judge({ aud: "https://api.example" }, { audiences: ["https://api.example"] })).toMatchObject({ userId: "user_ada" });
  });

  test("an end with fractions is a whole number of milliseconds, rounded up", () => {
    expect(judge({ exp: seconds + 0.00049 })).toMatchObject({ expiresAt: START + 1 });
  });
});

test.each([
  ["issuer_not_allowed", { iss: undefined }],
  ["issuer_not_allowed", { iss: "" }],
  ["issuer_not_allowed", { iss: `${ISSUER}/` }],
  ["issuer_not_allowed", { iss: [ISSUER] }],
  ["issuer_not_allowed", { iss: "https://evil.example", client_id: "other", exp: 1 }],
  ["client_mismatch", { client_id: "client_2" }],
  ["client_mismatch", { client_id: "" }],
  ["client_mismatch", { client_id: [CLIENT] }],
  ["client_mismatch", { client_id: "client_2", azp: CLIENT, aud: CLIENT }],
  ["client_mismatch", { client_id: undefined, azp: "client_2", aud: CLIENT }],
  ["client_mismatch", { client_id: undefined }],
  ["client_mismatch", { client_id: undefined, aud: [] }],
  ["client_mismatch", { client_id: undefined, aud: "https://api.example" }],
  ["client_mismatch", { client_id: "client_2", exp: 1 }],
  ["audience_mismatch", { aud: "https://api.example" }],
  ["audience_mismatch", { aud: [] }],
  ["audience_mismatch", { aud: null }],
  ["audience_mismatch", { aud: { 0: CLIENT } }],
  ["audience_mismatch", { aud: "https://api.example", exp: 1 }],
  ["expiry_missing", { exp: undefined }],
  ["claim_malformed", { exp: null }],
  ["claim_malformed", { exp: "soon" }],
  ["claim_malformed", { exp: String(seconds + 300) }],
  ["claim_malformed", { exp: Number.POSITIVE_INFINITY }],
  ["claim_malformed", { exp: 253_402_300_800 }],
  ["claim_malformed", { exp: -1 }],
  ["claim_malformed", { nbf: "now" }],
  ["claim_malformed", { nbf: null }],
  ["claim_malformed", { nbf: -1 }],
  ["claim_malformed", { iat: "now" }],
  ["claim_malformed", { iat: null }],
  ["not_yet_valid", { nbf: seconds + 6 }],
  ["expired", { exp: 0 }],
  ["expired", { exp: seconds - 5, sub: "" }],
  ["subject_missing", { sub: undefined }],
  ["subject_missing", { sub: "" }],
  ["subject_missing", { sub: " " }],
  ["subject_missing", { sub: 7 }],
  ["claim_malformed", { sub: "user\0" }],
  ["claim_malformed", { jti: "jti\0" }],
  ["identity_missing", { jti: undefined, sid: undefined }],
  ["identity_missing", { jti: "", sid: " " }],
])("%s: %j", (reason, claims) => {
  expect(judge(claims, { audiences: ["https://other.example"] })).toBe(reason);
});

describe("the clocks may differ by the tolerance, 5 s unless said otherwise", () => {
  test.each([
    [304_999, undefined, "accepted"],
    [305_000, undefined, "expired"],
    [299_999, 0, "accepted"],
    [300_000, 0, "expired"],
    [329_999, 30, "accepted"],
    [330_000, 30, "expired"],
  ])("%d ms after the start with %s: %s", (elapsed, clockTolerance, expected) => {
    const options = clockTolerance === undefined ? {} : { clockTolerance };
    const judged = judge({}, options, START + elapsed);
    expect(typeof judged === "string" ? judged : "accepted").toBe(expected);
  });

  test.each([
    [seconds + 5, undefined, "accepted"],
    [seconds + 6, undefined, "not_yet_valid"],
    [seconds, 0, "accepted"],
    [seconds + 1, 0, "not_yet_valid"],
  ])("from %d with %s: %s", (nbf, clockTolerance, expected) => {
    const judged = judge({ nbf }, clockTolerance === undefined ? {} : { clockTolerance });
    expect(typeof judged === "string" ? judged : "accepted").toBe(expected);
  });
});
