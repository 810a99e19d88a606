import { describe, expect, it } from "vitest";
import { ada, bob, CONTEXT, rt, Tape } from "../invariants/events.testing.ts";
import type { InvariantId } from "../model/invariant.ts";
import { Monitors } from "./monitors.ts";

const IDS: readonly InvariantId[] = ["no-spurious-logout", "no-token-reuse"];

function watch(tape: Tape, { ids = IDS, grace = null }: { ids?: readonly InvariantId[]; grace?: number | null } = {}) {
  const monitors = new Monitors(ids, CONTEXT, grace);
  const sentences = tape.events.map((event) => monitors.on(event));
  return { monitors, sentences };
}

/** A refresh whose answer the network destroys after the issuer has committed, and the next load with the spent token. */
function lostAfterCommit(): Tape {
  const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).rotate(rt(ada, 0), rt(ada, 1));
  tape.add({
    type: "token-answered",
    token: rt(ada, 0),
    isolate: "isolate-1",
    load: "load-1",
    answer: { kind: "fault", detail: "the answer was lost", lost: rt(ada, 1) },
  });
  return tape.answer("load-1", "unavailable").send("load-2", ada).fail("load-2", rt(ada, 0));
}

/** Ada is signed out although nobody ended her session. */
const spurious = () => new Tape().signIn(ada).send("load-1", ada).fail("load-1", rt(ada, 0)).answer("load-1", "signed-out", { set: null });

describe("the verdict on a run", () => {
  it("is holds when nothing was broken", () => {
    const { monitors } = watch(new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-in").finish());
    expect(monitors.verdict()).toBe("holds");
    expect(monitors.violations()).toEqual([]);
  });

  it("is violated when an invariant was, and says because", () => {
    const { monitors } = watch(spurious());
    expect(monitors.verdict()).toBe("violated");
    expect(monitors.violations().map(({ invariant }) => invariant)).toEqual(["no-spurious-logout"]);
    expect(monitors.violations()[0]?.because.join("\n")).toContain("is answered signed-out");
  });

  it("names every invariant that was broken, each once, in the order of the registry", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).refresh("load-1", rt(ada, 0), rt(ada, 1)).send("load-2", ada);
    tape.fail("load-2", rt(ada, 0)).answer("load-2", "signed-out", { set: null });
    const { monitors } = watch(tape, { ids: ["no-token-reuse", "no-spurious-logout", "no-token-reuse"] });
    expect(monitors.violations().map(({ invariant }) => invariant)).toEqual(["no-spurious-logout", "no-token-reuse"]);
  });

  it("looks at the invariants asked for and at no others", () => {
    expect(watch(spurious(), { ids: ["no-cross-talk"] }).monitors.verdict()).toBe("holds");
    expect(watch(spurious(), { ids: [] }).monitors.verdict()).toBe("holds");
  });

  it.each(["the answer", "the cookie"])("is cannot-be-had when a fault had destroyed what the session needed, told by %s", (by) => {
    const tape = lostAfterCommit();
    if (by === "the answer") tape.answer("load-2", "signed-out");
    else tape.answer("load-2", "signed-out", { set: null });
    const { monitors } = watch(tape);
    expect(monitors.verdict()).toBe("cannot-be-had");
    expect(monitors.violations().map(({ invariant }) => invariant)).toContain("no-spurious-logout");
  });

  it("is violated for the same loss where the issuer would have replayed its answer", () => {
    expect(watch(lostAfterCommit().answer("load-2", "signed-out"), { grace: 30_000 }).monitors.verdict()).toBe("violated");
  });

  it("is cannot-be-had when an isolate dies with what another session's load was to bring, and violated when nobody brought it anyway", () => {
    const racing = () => new Tape().signIn(ada).signIn(bob).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" });
    const refreshed = () => racing().refresh("load-1", rt(ada, 0), rt(ada, 1));
    const ids = ["successor-durable"] as const;
    expect(watch(refreshed().fail("load-2", rt(ada, 0)).kill("isolate-1"), { ids }).monitors.verdict()).toBe("cannot-be-had");
    const forgotten = refreshed().answer("load-1", "signed-in").fail("load-2", rt(ada, 0));
    expect(watch(forgotten, { ids }).monitors.verdict()).toBe("violated");
  });

  it("is cannot-be-had when a dead isolate's request was taken for reuse, whatever the grace, and violated when a living one's was", () => {
    const racing = (dies: boolean) => {
      const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" }).present("load-2", rt(ada, 0));
      if (dies) tape.kill("isolate-2");
      tape.refresh("load-1", rt(ada, 0), rt(ada, 1)).answer("load-1", "signed-in", { set: rt(ada, 1) });
      tape.reject(rt(ada, 0)).end(ada, "reuse").drop("load-2", rt(ada, 0)).send("load-3", ada);
      return tape.fail("load-3", rt(ada, 1)).answer("load-3", "signed-out", { set: null });
    };
    for (const grace of [null, 3_000]) {
      expect(watch(racing(true), { ids: ["no-spurious-logout"], grace }).monitors.verdict()).toBe("cannot-be-had");
      expect(watch(racing(false), { ids: ["no-spurious-logout"], grace }).monitors.verdict()).toBe("violated");
    }
  });

  it("is violated when the loss befell one person and another is signed out", () => {
    const tape = lostAfterCommit().signIn(bob).send("load-3", bob).fail("load-3", rt(bob, 0)).answer("load-3", "signed-out", { set: null });
    expect(watch(tape).monitors.verdict()).toBe("violated");
  });

  it("is decided by the first violation: what comes later neither excuses nor accuses", () => {
    const excusedFirst = lostAfterCommit().answer("load-2", "signed-out", { set: null });
    excusedFirst.signIn(bob).send("load-3", bob).fail("load-3", rt(bob, 0)).answer("load-3", "signed-out", { set: null });
    expect(watch(excusedFirst).monitors.verdict()).toBe("cannot-be-had");
  });
});

describe("what a trace should say of an event", () => {
  it("is a sentence without its step, and nothing for what the trace's own lines say", () => {
    const { sentences } = watch(
      new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).answer("load-1", "signed-in").finish(),
    );
    expect(sentences).toEqual([
      "session of user_ada started: family F1",
      "sign-in puts RT F1.g0 into jar jar-1",
      null,
      null,
      "load-1 of user_ada is answered signed-in",
      null,
    ]);
  });
});

describe("the key of their state", () => {
  const key = (tape: Tape) => JSON.stringify(watch(tape).monitors.state());

  it("is the same for the same facts in other steps, and another for other facts", () => {
    const signedIn = () => new Tape().signIn(ada);
    const padded = new Tape().add({ type: "fault", fault: "issuer-503", detail: "" }).signIn(ada);
    expect(key(padded)).toBe(key(signedIn()));
    // The first differs in what the invariants know, the second also in what was lost.
    const refused = signedIn().send("load-1", ada).fail("load-1", rt(ada, 0));
    expect(new Set([signedIn(), refused, lostAfterCommit()].map(key)).size).toBe(3);
  });
});
