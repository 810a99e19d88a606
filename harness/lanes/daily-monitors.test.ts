import { describe, expect, it } from "vitest";
import { ada, CONTEXT, rt, Tape } from "../invariants/events.testing.ts";
import type { Event } from "../model/event.ts";
import { DailyMonitors } from "./daily-monitors.ts";

const TRACE = [{ step: 7, at: 0, kind: "response", from: null, to: "ada", label: "302", choice: 0, of: 1, events: [] }];

/** Watches a tape, a day of 1,000 ms each, and looks after each step. */
function watched(tape: Tape) {
  const monitors = new DailyMonitors(["no-spurious-logout", "no-token-reuse"], CONTEXT, null);
  const take = (events: readonly Event[]) => {
    for (const [index, event] of events.entries()) {
      monitors.on(event, Math.floor(event.at / 1_000));
      if (events[index + 1]?.step !== event.step) monitors.settle(event.at, () => TRACE);
    }
  };
  take(tape.events);
  return { broken: monitors.broken, first: monitors.first };
}

const signOut = (tape: Tape, load: string, person = ada) => tape.send(load, person).answer(load, "signed-out", { set: null });

describe("monitors that begin anew each day", () => {
  it("find nothing where nothing is broken", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-in");
    expect(watched(tape)).toEqual({ broken: {}, first: null });
  });

  it("tell the first that is broken, with the whole answer, and the stretch of the trace", () => {
    const { first } = watched(signOut(new Tape().signIn(ada).wait(1_500), "load-1"));
    expect(first).toEqual({
      at: 1_500,
      invariants: ["no-spurious-logout"],
      because: [expect.stringContaining("load-1 clears RT F1.g0"), expect.stringContaining("load-1 of user_ada is answered signed-out")],
      trace: TRACE,
    });
  });

  it("find the next one too, once nothing of the first is in flight", () => {
    const again = { ...ada, session: "session_again", family: "F2" };
    const tape = signOut(new Tape().signIn(ada), "load-1").signIn(again);
    expect(watched(signOut(tape, "load-2", again)).broken).toEqual({ "no-spurious-logout": 2 });
  });

  it("do not take two pages of one logout for two of them", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada);
    tape.answer("load-1", "signed-out", { set: null }).answer("load-2", "signed-out");
    expect(watched(tape).broken).toEqual({ "no-spurious-logout": 1 });
  });

  it("keep watching over midnight what is in flight by then", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).wait(1_000);
    tape.send("load-2", ada).reject(rt(ada, 0)).refuse("load-1", rt(ada, 0)).answer("load-1", "signed-in");
    // A token whose refusal an isolate knows is presented again, a day after it was presented first.
    tape.present("load-2", rt(ada, 0));
    expect(watched(tape).broken).toEqual({ "no-token-reuse": 1 });
  });

  it("forget what was settled when a new day begins and nothing is in flight", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0));
    tape.reject(rt(ada, 0)).refuse("load-1", rt(ada, 0)).answer("load-1", "signed-in").wait(1_000);
    tape.send("load-2", ada).present("load-2", rt(ada, 0)).answer("load-2", "signed-in");
    expect(watched(tape).broken).toEqual({});
  });
});
