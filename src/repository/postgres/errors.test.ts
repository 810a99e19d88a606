import { describe, expect, it } from "vitest";
import { translateError } from "./errors.ts";

function translated(error: unknown): unknown {
  try {
    return translateError(error);
  } catch (thrown) {
    return thrown;
  }
}

/** As the server sends it, and `pg` passes it on. */
const withCode = (code: string) => Object.assign(new Error("from the server"), { severity: "ERROR", code });
const fromNode = (code: unknown) => Object.assign(new Error("from the network"), { code });

describe("an error of the driver", () => {
  it.each(["08006", "53300", "57P01", "57P02", "57P03", "58030", "25006", "57014"])("with SQLSTATE %s is an outage", (code) => {
    const error = withCode(code);
    expect(translated(error)).toMatchObject({
      code: "unavailable",
      retryAfter: 1,
      message: `expected an answer of the database, got SQLSTATE ${code}: retry, it is safe to`,
      cause: error,
    });
  });

  it.each([
    new Error("Connection terminated unexpectedly"),
    fromNode("ECONNRESET"),
    fromNode("EPIPE"),
    fromNode(7),
    { severity: "ERROR", code: "40001" },
    null,
  ])("without a SQLSTATE from the server is an outage: %o", (error) => {
    expect(translated(error)).toMatchObject({
      code: "unavailable",
      retryAfter: 1,
      message: "expected an answer of the database, got a broken or refused connection: retry, it is safe to",
      cause: error,
    });
  });

  it.each(["40001", "40P01"])("with SQLSTATE %s is a conflict", (code) => {
    const error = withCode(code);
    expect(translated(error)).toMatchObject({
      name: "StoreConflict",
      message: `the database gave this transaction up (SQLSTATE ${code})`,
      cause: error,
    });
  });

  it("with the SQLSTATE of a lock time-out is a request in flight", () => {
    const error = withCode("55P03");
    expect(translated(error)).toMatchObject({ code: "idempotency_in_flight", retryAfter: 1, cause: error });
  });

  it("with the SQLSTATE of a foreign key is a workspace that is not there", () => {
    expect(translated(withCode("23503"))).toMatchObject({ code: "invalid_argument", retryAfter: null });
  });

  it.each(["42P01", "23505", "22P02", "57000", "25P02"])("with SQLSTATE %s is a fault of ours", (code) => {
    const error = withCode(code);
    expect(translated(error)).toBe(error);
  });
});
