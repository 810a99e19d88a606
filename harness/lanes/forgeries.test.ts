import { expect, test } from "vitest";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { createTokenVerifier } from "../../src/callback/token.ts";
import { createStaticKeySet } from "../../src/keys/static.ts";
import { accessToken, FORGERIES, GOOD } from "./forgeries.ts";

const now = Date.UTC(2026, 0, 1);
const ada = { user: "user_ada", issuer: "https://issuer.test", clientId: "client_1", now };
const reasons: string[] = [];
const verify = createTokenVerifier({
  keys: createStaticKeySet({ keys: signingKeys.map(({ kid, privateJwk: { kty, n, e } }) => ({ kty, n, e, kid, alg: "RS256" })) }),
  issuers: [ada.issuer],
  clientId: ada.clientId,
  now: () => now,
  log: (entry) => entry.event === "rejected" && reasons.push(entry.reason),
});

test("the good token is good", async () => {
  expect(await verify(`Bearer ${accessToken(GOOD, ada)}`)).toMatchObject({ kind: "accepted", token: { userId: "user_ada" } });
});

test("each forged one is refused, and for a reason of its own kind", async () => {
  for (const name of FORGERIES) expect(await verify(`Bearer ${accessToken(name, ada)}`), name).toMatchObject({ kind: "rejected" });
  expect(new Set(reasons)).toEqual(
    new Set([
      ...["algorithm_not_allowed", "signature_invalid", "unknown_key", "expired", "not_yet_valid"],
      ...["client_mismatch", "issuer_not_allowed", "subject_missing", "identity_missing"],
    ]),
  );
});

test("the same forgery is the same token, and one that there is not is refused", () => {
  expect(accessToken("no signature", ada)).toBe(accessToken("no signature", ada));
  expect(() => accessToken("no such thing", ada)).toThrow('expected a forgery, got "no such thing"');
});
