import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InFlight } from "./in-flight.ts";
import { operation } from "./world.testing.ts";

const actor = { name: "isolate-1", kind: "isolate" } as const;

describe("operations on their way", () => {
  it("arrive in the order of their moments, and at one moment in the order in which they were sent", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 30 }), (moments) => {
        const inFlight = new InFlight();
        const sent = moments.map((arrives, index) => ({ arrives, index, operation: operation(actor, `${index}`) }));
        for (const one of sent) inFlight.send(one.operation, one.arrives);
        const expected = sent.toSorted((a, b) => a.arrives - b.arrives || a.index - b.index);
        expect(inFlight.operations).toEqual(expected.map((one) => one.operation));
        for (const { arrives, operation: first } of expected) {
          expect(inFlight.next()).toMatchObject({ arrives, ready: { operation: first } });
          expect(inFlight.take(first)).toBe(arrives);
        }
        expect([inFlight.next(), inFlight.size]).toEqual([null, 0]);
      }),
      { seed: 5 },
    );
  });

  it("can be called back, once", () => {
    const inFlight = new InFlight();
    const [one, other] = [operation(actor, "one"), operation(actor, "other")];
    inFlight.send(one, 5);
    inFlight.send(other, 7);
    expect(inFlight.take(other)).toBe(7);
    expect(inFlight.take(other)).toBeNull();
    expect(inFlight.operations).toEqual([one]);
  });
});
