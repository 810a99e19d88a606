import { describe, expect, test } from "vitest";
import type { SessionData } from "../cookie.ts";
import type { TokenAnswer } from "../token-answer.ts";
import { naive } from "./naive.ts";
import { createRedemption } from "./redemption.ts";
import { singleFlight } from "./single-flight.ts";
import type { RefreshOutcome } from "./strategy.ts";

const session: SessionData = { accessToken: "at_1", refreshToken: "rt_1", userId: "user_ada", sessionId: "session_1" };

/** A redemption whose answers the test gives by hand. */
function held() {
  const flights: { token: string; settle: (outcome: RefreshOutcome) => void; fail: (error: Error) => void }[] = [];
  const redeem = ({ refreshToken }: SessionData) =>
    new Promise<RefreshOutcome>((settle, fail) => {
      flights.push({ token: refreshToken, settle, fail });
    });
  return { flights, redeem, tokens: () => flights.map(({ token }) => token) };
}

function rotated(n: number): RefreshOutcome {
  return { kind: "rotated", session: { ...session, accessToken: `at_${n}`, refreshToken: `rt_${n}` } };
}

describe("the redemption", () => {
  const outcomeOf = (answer: TokenAnswer) => createRedemption({ redeem: async () => answer })(session);

  test("presents the session's refresh token", async () => {
    let presented = "";
    await createRedemption({
      redeem: async (token) => {
        presented = token;
        return { kind: "rejected", said: "" };
      },
    })(session);
    expect(presented).toBe("rt_1");
  });

  test("issued: rotated, and the rest of the session stays", async () => {
    expect(await outcomeOf({ kind: "issued", accessToken: "at_2", refreshToken: "rt_2" })).toEqual(rotated(2));
  });

  test("issued without a refresh token: the old one is kept", async () => {
    expect(await outcomeOf({ kind: "issued", accessToken: "at_2", refreshToken: null })).toEqual({
      kind: "rotated",
      session: { ...session, accessToken: "at_2" },
    });
  });

  test("rejected and unavailable stay what they are", async () => {
    const rejected = { kind: "rejected", said: "invalid_grant" } as const;
    const unavailable = { kind: "unavailable", said: "502", retryAfter: 3 } as const;
    expect(await outcomeOf(rejected)).toEqual(rejected);
    expect(await outcomeOf(unavailable)).toEqual(unavailable);
  });

  test("misconfigured is the operator's trouble: unavailable, never rejected", async () => {
    expect(await outcomeOf({ kind: "misconfigured", said: "invalid_client" })).toEqual({
      kind: "unavailable",
      said: "invalid_client",
      retryAfter: null,
    });
  });
});

test("naive: every request redeems for itself", async () => {
  const { redeem, tokens } = held();
  const strategy = naive(redeem);
  void strategy.refresh(session);
  void strategy.refresh(session);
  expect(tokens()).toEqual(["rt_1", "rt_1"]);
});

describe("single-flight", () => {
  test("requests with the same refresh token share one redemption while it is in flight", async () => {
    const { redeem, flights, tokens } = held();
    const strategy = singleFlight(redeem);
    const both = [strategy.refresh(session), strategy.refresh({ ...session })];
    expect(tokens()).toEqual(["rt_1"]);
    flights[0]?.settle(rotated(2));
    expect(await Promise.all(both)).toEqual([rotated(2), rotated(2)]);
  });

  test("requests with different refresh tokens do not wait for each other", () => {
    const { redeem, tokens } = held();
    const strategy = singleFlight(redeem);
    void strategy.refresh(session);
    void strategy.refresh({ ...session, refreshToken: "rt_b" });
    expect(tokens()).toEqual(["rt_1", "rt_b"]);
  });

  test("its known gap: after the flight has settled, the same token is redeemed again", async () => {
    const { redeem, flights, tokens } = held();
    const strategy = singleFlight(redeem);
    const first = strategy.refresh(session);
    flights[0]?.settle(rotated(2));
    await first;
    void strategy.refresh(session);
    expect(tokens()).toEqual(["rt_1", "rt_1"]);
  });

  test("a flight that fails does not hold up later ones", async () => {
    const { redeem, flights, tokens } = held();
    const strategy = singleFlight(redeem);
    const first = strategy.refresh(session);
    flights[0]?.fail(new Error("crashed"));
    await expect(first).rejects.toThrow("crashed");
    void strategy.refresh(session);
    expect(tokens()).toEqual(["rt_1", "rt_1"]);
  });

  test("two isolates share nothing", () => {
    const { redeem, tokens } = held();
    void singleFlight(redeem).refresh(session);
    void singleFlight(redeem).refresh(session);
    expect(tokens()).toEqual(["rt_1", "rt_1"]);
  });
});
