import { describe, expect, test } from "vitest";
import { createManualClock } from "../store/manual-clock.testing.ts";
import { fault, generation, REJECTED } from "./ledger.testing.ts";
import { refreshPolicy } from "./policy.ts";
import { createPresent } from "./present.ts";
import { AS_IT_IS } from "./redemption.ts";
import type { Redemption } from "./strategy.ts";

const ISSUED: Redemption = { kind: "issued", successor: generation(1) };
type Answer = Redemption | "never";

/** Presents, with these answers in turn, each after `each` milliseconds. */
async function present(graceLength: number | null, answers: readonly Answer[], each = 0) {
  const clock = createManualClock();
  const asked: number[] = [];
  const began = clock.now();
  const perform = createPresent({
    redeem: async () => {
      asked.push(clock.now() - began);
      const answer = answers[asked.length - 1] ?? "never";
      if (answer === "never") return new Promise(() => {});
      if (each > 0) await clock.wait(each);
      return answer;
    },
    policy: refreshPolicy(graceLength === null ? null : { duration: graceLength }),
    ports: clock,
  });
  let result: Redemption | null = null;
  void perform(generation(0), AS_IT_IS).then((redemption) => {
    result = redemption;
  });
  await clock.settle();
  await clock.advance(100_000);
  return { asked, result: result as Redemption | null, waiting: clock.waiting };
}

describe.each([30_000, null])("with a grace of %j", (grace) => {
  test.each([
    ["an issued token", ISSUED],
    ["a rejection", REJECTED],
    ["an issuer that declines", fault("declined")],
  ])("%s is the end of it", async (_, answer) => {
    const { asked, result, waiting } = await present(grace, [answer]);
    expect([asked, result, waiting]).toEqual([[0], answer, 0]);
  });

  test("a connection that was refused is tried three times in all", async () => {
    const refused = fault("unreached");
    expect((await present(grace, [refused, refused, refused, ISSUED])).asked).toHaveLength(3);
    expect((await present(grace, [refused, refused, ISSUED])).result).toEqual(ISSUED);
  });

  test("an ambiguous answer is asked for again at once", async () => {
    expect(await present(grace, [fault("unknown"), ISSUED])).toMatchObject({ asked: [0, 0], result: ISSUED });
    expect(await present(grace, [fault("unknown"), REJECTED])).toMatchObject({ asked: [0, 0], result: REJECTED });
  });
});

describe("without a grace", () => {
  test("an ambiguous answer is asked for again exactly once, refused connections apart", async () => {
    const [unknown, refused] = [fault("unknown"), fault("unreached")];
    expect(await present(null, [unknown, unknown, ISSUED])).toMatchObject({ asked: [0, 0], result: unknown });
    expect(await present(null, [unknown, refused, unknown, ISSUED])).toMatchObject({ asked: [0, 0, 0], result: unknown });
    expect(await present(null, [refused, unknown, ISSUED])).toMatchObject({ asked: [0, 0, 0], result: ISSUED });
  });

  test("an answer that does not come is waited for: to ask again could end the session", async () => {
    expect(await present(null, ["never", ISSUED])).toMatchObject({ asked: [0], result: null });
  });
});

describe("with a grace", () => {
  test("an answer that does not come within a third of it is taken for lost", async () => {
    expect(await present(30_000, ["never", ISSUED])).toMatchObject({ asked: [0, 10_000], result: ISSUED });
    expect(await present(3_000, ["never", ISSUED])).toMatchObject({ asked: [0, 1_000], result: ISSUED });
  });

  test("nobody asks again when the last third has begun", async () => {
    const { asked, result } = await present(30_000, ["never", "never", ISSUED]);
    expect(asked).toEqual([0, 10_000]);
    expect(result).toMatchObject({ kind: "unavailable", said: "the issuer did not answer in time", issuer: "unknown" });
    const slow = await present(30_000, [fault("unknown"), fault("unknown"), ISSUED], 9_999);
    expect(slow).toMatchObject({ asked: [0, 9_999, 19_998], result: ISSUED, waiting: 0 });
  });

  test("three are enough", async () => {
    const unknown = fault("unknown");
    expect((await present(30_000, [unknown, unknown, unknown, ISSUED])).asked).toHaveLength(3);
  });
});

test("everything that must happen inside of the grace does", () => {
  expect(refreshPolicy({ duration: 30_000 })).toEqual({ window: 60_000, lease: 10_000, patience: 30_000, attempt: 10_000, retry: 20_000 });
  expect(refreshPolicy({ duration: 3_000 })).toMatchObject({ lease: 1_000, attempt: 1_000, retry: 2_000 });
  expect(refreshPolicy({ duration: 600_000 }, 5)).toMatchObject({ window: 5, lease: 10_000, attempt: 200_000 });
  expect(refreshPolicy(null)).toEqual({ window: 60_000, lease: 10_000, patience: 30_000, attempt: null, retry: null });
});
