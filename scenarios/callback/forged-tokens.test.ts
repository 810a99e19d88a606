import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORGED_TOKENS } from "../../fixtures/tokens/corpus.ts";
import { claims, encode, good, header, KEYS, rawToken, token } from "../../fixtures/tokens/forge.ts";
import { REJECTIONS } from "../../src/callback/refusal.ts";
import { createGuardedApi, REQUESTS } from "./api.testing.ts";

const { send } = createGuardedApi();

test("the token that they are all made from is accepted by every route: it is what is wrong with them that counts", async () => {
  for (const request of REQUESTS) {
    const { logged } = await send(request, `Bearer ${good}`);
    expect(logged.filter(({ event }) => event === "rejected")).toEqual([]);
  }
});

describe.each(REQUESTS)("$method $path", (request) => {
  test.each(FORGED_TOKENS)("$reason: $name", async ({ reason, authorization }) => {
    expect(await send(request, authorization)).toEqual({
      status: 401,
      code: "not_authenticated",
      logged: [{ event: "rejected", reason }],
    });
  });
});

/** Sends a token to a route of the run's choice and expects one 401 with one reason of the union. */
async function expectRejected(request: (typeof REQUESTS)[number], forged: string): Promise<void> {
  const { status, code, logged } = await send(request, `Bearer ${forged}`);
  expect({ status, code }).toEqual({ status: 401, code: "not_authenticated" });
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatchObject({ event: "rejected", reason: expect.toSatisfy((reason) => reason in REJECTIONS) });
}

const route = fc.constantFrom(...REQUESTS);
/** What a header may hold (RFC 9110 §5.5), without the white space at its ends, which does not count. */
const character = fc
  .integer({ min: 0x21, max: 0xff })
  .filter((code) => code !== 0x7f && (code < 0x80 || code > 0xa0))
  .map((code) => String.fromCharCode(code));
const position = fc.nat({ max: good.length - 1 });

describe("whatever is made of good tokens is rejected", () => {
  test("one character changed", async () => {
    const changes = fc.tuple(position, character).filter(([at, other]) => good[at] !== other);
    await fc.assert(
      fc.asyncProperty(route, changes, (request, [at, other]) => expectRejected(request, good.slice(0, at) + other + good.slice(at + 1))),
      { numRuns: 2_000 },
    );
  });

  test("each character changed into each neighbour", async () => {
    const [request] = REQUESTS;
    if (request === undefined) throw new Error("no routes");
    for (let at = 0; at < good.length; at += 1) {
      for (const step of [-1, 1]) {
        const other = String.fromCharCode(good.charCodeAt(at) + step);
        await expectRejected(request, good.slice(0, at) + other + good.slice(at + 1));
      }
    }
  });

  test("one bit of a part's bytes turned over", async () => {
    await fc.assert(
      fc.asyncProperty(route, fc.nat(2), fc.nat(), fc.nat(7), (request, part, at, bit) => {
        const parts = good.split(".").map((text) => Buffer.from(text, "base64url"));
        const bytes = parts[part] ?? Buffer.alloc(0);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        return expectRejected(request, parts.map(encode).join("."));
      }),
      { numRuns: 500 },
    );
  });

  test("a piece cut out, doubled, or put in", async () => {
    const piece = fc.string({ unit: character, minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(route, position, fc.integer({ min: 1, max: 400 }), piece, async (request, at, length, more) => {
        const end = Math.min(good.length, at + length);
        await expectRejected(request, good.slice(0, at) + good.slice(end) || "x");
        await expectRejected(request, good.slice(0, end) + good.slice(at));
        await expectRejected(request, good.slice(0, at) + more + good.slice(at));
        await expectRejected(request, good + more);
      }),
      { numRuns: 300 },
    );
  });

  test("parts of two good tokens put together in any other way", async () => {
    const pieces = [good, token({ sub: "user_ben", jti: "jti_2" })].flatMap((whole) => whole.split("."));
    const [whole, other] = [pieces.slice(0, 3).join("."), pieces.slice(3).join(".")];
    // Both have the same header, so either may go with either's rest.
    const made = fc
      .array(fc.constantFrom(...pieces), { maxLength: 5 })
      .map((parts) => parts.join("."))
      .filter((text) => text !== whole && text !== other && text !== "");
    await fc.assert(fc.asyncProperty(route, made, expectRejected), { numRuns: 300 });
  });

  test("any claims and any header that the attacker signs", async () => {
    await fc.assert(
      fc.asyncProperty(
        route,
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        async (request, head, body) => {
          await expectRejected(request, rawToken({ ...head, ...header() }, { ...body, ...claims() }, KEYS.attacker));
          await expectRejected(request, rawToken({ ...header(), ...head, kid: "attacker" }, claims(body), KEYS.attacker));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("any text at all", async () => {
    await fc.assert(fc.asyncProperty(route, fc.string({ unit: character, minLength: 1, maxLength: 300 }), expectRejected), {
      numRuns: 500,
    });
  });
});
