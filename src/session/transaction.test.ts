import { describe, expect, test } from "vitest";
import { decodeTransaction, encodeTransaction } from "./transaction.ts";

const transaction = { state: "s", nonce: "n", verifier: "v", returnTo: "/x", begunAt: 1_000 };

describe("what the browser keeps of a sign-in", () => {
  test("is read as it was written", () => {
    expect(decodeTransaction(encodeTransaction(transaction))).toEqual(transaction);
  });

  const whole = JSON.parse(encodeTransaction(transaction));
  test.each(Object.keys(whole))("is nothing without its %s, or with another type there", (name) => {
    for (const other of [undefined, null, true]) expect(decodeTransaction(JSON.stringify({ ...whole, [name]: other }))).toBeNull();
  });
});
