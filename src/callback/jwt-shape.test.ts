import { base64url } from "jose";
import { describe, expect, test } from "vitest";
import { judgeShape, MAX_TOKEN, readJsonObject } from "./jwt-shape.ts";

const encode = (value: string | Uint8Array) => base64url.encode(value);
const bytes = (...list: number[]) => new Uint8Array(list);

function tokenOf(header: unknown, payload = encode("{}"), signature = "AA"): string {
  return `${encode(typeof header === "string" ? header : JSON.stringify(header))}.${payload}.${signature}`;
}

describe("a token of good shape", () => {
  test.each([
    { alg: "RS256" },
    { alg: "RS256", kid: "key-1", typ: "JWT" },
    { alg: "RS256", typ: "jwt" },
    { alg: "RS256", typ: "at+jwt" },
    { alg: "RS256", typ: "application/AT+JWT" },
    { alg: "RS256", jku: "https://evil.example", jwk: {}, x5c: [] },
  ])("%j", (header) => {
    expect(judgeShape(tokenOf(header))).toBe(null);
  });

  test("what is in the payload is not looked at before its signature", () => {
    expect(judgeShape(tokenOf({ alg: "RS256" }, ""))).toBe(null);
  });

  test("up to 16 KB", () => {
    const size = tokenOf({ alg: "RS256" }, "").length;
    expect(judgeShape(tokenOf({ alg: "RS256" }, "A".repeat(MAX_TOKEN - size)))).toBe(null);
    expect(judgeShape(tokenOf({ alg: "RS256" }, "A".repeat(MAX_TOKEN - size + 4)))).toBe("token_too_large");
    expect(MAX_TOKEN).toBe(16_384);
  });
});

describe("token_malformed", () => {
  test.each([
    ["nothing", ""],
    ["one part", encode("{}")],
    ["two parts", tokenOf({ alg: "RS256" }).split(".").slice(0, 2).join(".")],
    ["four parts", `${tokenOf({ alg: "RS256" })}.AA`],
    ["five parts", `${tokenOf({ alg: "RS256" })}.AA.AA`],
    ["no header", `.${encode("{}")}.AA`],
    ["a header that is no JSON", tokenOf("{")],
    ["a header that is a list", tokenOf("[]")],
    ["a header that is null", tokenOf("null")],
    ["a header that is a number", tokenOf("7")],
    ["a header with a byte order mark", tokenOf('\ufeff{"alg":"RS256"}')],
    ["a header that is not UTF-8", `${encode(bytes(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))}.AA.AA`],
    ["padding in the header", tokenOf({ alg: "RS256" }).replace(".", "=.")],
    ["padding in the payload", tokenOf({ alg: "RS256" }, "AA==")],
    ["padding in the signature", tokenOf({ alg: "RS256" }, "AA", "AA==")],
    ["base64 that is not URL-safe", tokenOf({ alg: "RS256" }, "AA", "+/AA")],
    ["bits beyond the last byte", tokenOf({ alg: "RS256" }, "AA", "AB")],
    ["a lone last character", tokenOf({ alg: "RS256" }, "AA", "AAAAA")],
    ["a space", tokenOf({ alg: "RS256" }, "AA", "AA AA")],
    ["a letter that is none", tokenOf({ alg: "RS256" }, "AA", "AAé")],
  ])("%s", (_, token) => {
    expect(judgeShape(token)).toBe("token_malformed");
  });
});

test.each([
  ["duplicate_names", '{"alg":"RS256","alg":"none"}'],
  ["duplicate_names", '{"alg":"none","alg":"RS256"}'],
  ["algorithm_not_allowed", "{}"],
  ["algorithm_not_allowed", { alg: "none" }],
  ["algorithm_not_allowed", { alg: "rs256" }],
  ["algorithm_not_allowed", { alg: "HS256" }],
  ["algorithm_not_allowed", { alg: "PS256" }],
  ["algorithm_not_allowed", { alg: ["RS256"] }],
  ["header_not_supported", { alg: "RS256", crit: ["exp"], exp: 1 }],
  ["header_not_supported", { alg: "RS256", crit: [] }],
  ["header_not_supported", { alg: "RS256", b64: false }],
  ["header_not_supported", { alg: "RS256", b64: true }],
  ["type_not_allowed", { alg: "RS256", typ: "logout+jwt" }],
  ["type_not_allowed", { alg: "RS256", typ: "dpop+jwt" }],
  ["type_not_allowed", { alg: "RS256", typ: "" }],
  ["type_not_allowed", { alg: "RS256", typ: "x/application/jwt" }],
  ["type_not_allowed", { alg: "RS256", typ: "jwtapplication/" }],
  ["type_not_allowed", { alg: "RS256", typ: 7 }],
  ["type_not_allowed", { alg: "RS256", typ: null }],
])("%s: %j", (reason, header) => {
  expect(judgeShape(tokenOf(header))).toBe(reason);
});

test("an object is read from its bytes", () => {
  expect(readJsonObject(new TextEncoder().encode('{"a":"é"}'))).toEqual({ a: "é" });
});
