import { describe, expect, test } from "vitest";
import { createManualClock } from "../store/manual-clock.testing.ts";
import { fault, generation, REJECTED } from "./ledger.testing.ts";
import { refreshPolicy } from "./policy.ts";
import { createPresent } from "./present.ts";
import { AS_IT_IS } from "./redemption.ts";
import type { Redemption } from "./strategy.ts";

const ISSUED: Redemption = { kind: "issued", successor: generation(1) };
const SILENT = fault("unknown");
type Answer = Redemption | "never";

/** Presents, with these answers in turn, each after `each` milliseconds or at the limit; the lease is lost after `leased` repetitions. */
async function present(graceLength: number | null, answers: readonly Answer[], { each = 0, leased = 9 } = {}) {
  const clock = createManualClock();
  const asked: number[] = [];
  const limits: number[] = [];
  const began = clock.now();
  const perform = createPresent({
    redeem: async (_session, _wish, limit) => {
      asked.push(clock.now() - began);
      limits.push(limit);
      const answer = answers[asked.length - 1] ?? "never";
      await clock.wait(answer === "never" ? limit : each);
      return answer === "never" ? SILENT : answer;
    },
    policy: refreshPolicy(graceLength === null ? null : { duration: graceLength }),
    ports: clock,
  });
  let result: Redemption | null = null;
  void perform(generation(0), AS_IT_IS, async () => leased-- > 0).then((redemption) => {
    result = redemption;
  });
  await clock.settle();
  await clock.advance(100_000);
  return { asked, limits, result: result as Redemption | null };
}

describe.each([30_000, null])("with a grace of %j", (grace) => {
  test.each([
    ["an issued token", ISSUED],
    ["a rejection", REJECTED],
    ["an issuer that declines", fault("declined")],
  ])("%s is the end of it", async (_, answer) => {
    const { asked, result } = await present(grace, [answer]);
    expect([asked, result]).toEqual([[0], answer]);
  });

  test("a connection that was refused is tried three times in all", async () => {
    const refused = fault("unreached");
    expect((await present(grace, [refused, refused, refused, ISSUED])).asked).toHaveLength(3);
    expect((await present(grace, [refused, refused, ISSUED])).result).toEqual(ISSUED);
  });

  test("whoever has lost the lease does not present again, after whatever fault", async () => {
    for (const lost of [fault("unknown"), fault("unreached")]) {
      expect(await present(grace, [lost, ISSUED], { leased: 0 })).toMatchObject({ asked: [0], result: lost });
      expect(await present(grace, [lost, ISSUED], { leased: 1 })).toMatchObject({ asked: [0, 0], result: ISSUED });
    }
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

  test("an answer that does not come is waited for longer, and asked for again exactly once, in what is left", async () => {
    expect(await present(null, ["never", ISSUED])).toMatchObject({ asked: [0, 20_000], limits: [20_000, 10_000], result: ISSUED });
    expect(await present(null, ["never", "never", ISSUED])).toMatchObject({ asked: [0, 20_000], result: SILENT });
  });

  test("nobody presents any more when the patience is over", async () => {
    const slow = await present(null, [fault("unreached"), fault("unreached"), ISSUED], { each: 15_000 });
    expect(slow).toMatchObject({ asked: [0, 15_000], limits: [20_000, 15_000], result: fault("unreached") });
  });
});

describe("with a grace", () => {
  test("an answer that does not come within a third of it is taken for lost", async () => {
    expect(await present(30_000, ["never", ISSUED])).toMatchObject({ asked: [0, 10_000], limits: [10_000, 10_000], result: ISSUED });
    expect(await present(3_000, ["never", ISSUED])).toMatchObject({ asked: [0, 1_000], limits: [1_000, 1_000], result: ISSUED });
  });

  test("nobody asks again when the last third has begun", async () => {
    const { asked, result } = await present(30_000, ["never", "never", ISSUED]);
    expect([asked, result]).toEqual([[0, 10_000], SILENT]);
    const slow = await present(30_000, [fault("unknown"), fault("unknown"), ISSUED], { each: 9_999 });
    expect(slow).toMatchObject({ asked: [0, 9_999, 19_998], result: ISSUED });
  });

  test("an unreached issuer is not asked again either when it may have acted so long ago", async () => {
    const { asked } = await present(30_000, ["never", fault("unreached"), ISSUED], { each: 10_000 });
    expect(asked).toEqual([0, 10_000]);
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
  expect(refreshPolicy(null)).toEqual({ window: 60_000, lease: 10_000, patience: 30_000, attempt: 20_000, retry: null });
});
