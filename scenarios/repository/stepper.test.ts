import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createStepper } from "./stepper.testing.ts";

describe("a stepper", () => {
  it("does not believe that somebody waits whose blocker was answered while the database looked", async () => {
    const [answered, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let [waits, commits] = [0, false];
    const waiting = async () => {
      const seen = waits;
      if (!commits) return seen;
      commits = false;
      waits = 0;
      answered.resolve();
      // The answer to the commit is here before that to the look, and the one that was set free takes its time.
      await setImmediate();
      return seen;
    };
    const stepper = createStepper({ waiting }, [1]);
    const ended: string[] = [];
    const holder = async () => {
      await stepper.turn();
      commits = true;
      await answered.promise;
      ended.push("holder");
      void setImmediate().then(() => setImmediate().then(free.resolve));
    };
    const waiter = async () => {
      await stepper.turn();
      waits = 1;
      await free.promise;
      ended.push("waiter");
    };
    await stepper.run([holder, waiter]);
    expect(ended).toEqual(["holder", "waiter"]);
  });

  it("says that nobody can go on where all wait for each other", async () => {
    let waits = 0;
    const stepper = createStepper({ waiting: async () => waits }, []);
    const stuck = async () => {
      await stepper.turn();
      waits++;
      await new Promise(() => {});
    };
    await expect(stepper.run([stuck, stuck])).rejects.toThrow("got 2 that wait for locks");
  });
});
