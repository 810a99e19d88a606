import { describe, expect, test } from "vitest";
import { ada, rt, Tape } from "./events.testing.ts";
import { faultBehind, newStory, note, rejectionBehind, type Story, settlementOf } from "./story.ts";

function storyOf(tape: Tape): Story {
  const story = newStory();
  for (const event of tape.events) note(story, event);
  return story;
}

describe("a story", () => {
  test("tells of a rejection by the first and by this load's own presentation, however many there were between", () => {
    const tape = new Tape().signIn(ada).send("load-0", ada).refresh("load-0", rt(ada, 0), rt(ada, 1));
    for (const load of ["load-1", "load-2", "load-3"]) tape.send(load, ada).fail(load, rt(ada, 0), `spent, says ${load}`);
    expect(rejectionBehind(storyOf(tape), { session: ada.session, isolate: "isolate-1", load: "load-3" })).toEqual([
      "step 4 · isolate-1 presents RT F1.g0 for load-0",
      "step 5 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 8 · isolate-1 presents RT F1.g0 again for load-1",
      "step 9 · the issuer rejects RT F1.g0: spent, says load-1",
      "step 16 · isolate-1 presents RT F1.g0 again for load-3",
      "step 17 · the issuer rejects RT F1.g0: spent, says load-3",
    ]);
  });

  test("tells of this load's own presentation, not of its neighbour's", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).send("load-3", ada);
    tape.present("load-1", rt(ada, 0)).present("load-2", rt(ada, 0)).present("load-3", rt(ada, 0));
    tape.rotate(rt(ada, 0), rt(ada, 1)).reject(rt(ada, 0), "first").reject(rt(ada, 0), "second");
    tape.refuse("load-2", rt(ada, 0)).refuse("load-3", rt(ada, 0));
    const lines = rejectionBehind(storyOf(tape), { session: ada.session, isolate: "isolate-1", load: "load-2" });
    expect(lines).toEqual([
      "step 6 · isolate-1 presents RT F1.g0 for load-1",
      "step 7 · isolate-1 presents RT F1.g0 again for load-2",
      "step 9 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 10 · the issuer rejects RT F1.g0: first",
    ]);
  });

  test("does not take a presentation after the redemption for the one that was redeemed", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).rotate(rt(ada, 0), rt(ada, 1));
    tape.fail("load-1", rt(ada, 0), "spent").present("load-2", rt(ada, 0));
    const lines = rejectionBehind(storyOf(tape), { session: ada.session, isolate: "isolate-1", load: "load-1" });
    expect(lines.filter((line) => line.includes("presents"))).toEqual(["step 6 · isolate-1 presents RT F1.g0 for load-1"]);
  });

  test("tells of a load that joined another's flight by what its isolate was told", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" }).send("load-3", ada);
    tape.fail("load-1", rt(ada, 0), "first").fail("load-2", rt(ada, 0), "second");
    const lines = rejectionBehind(storyOf(tape), { session: ada.session, isolate: "isolate-1", load: "load-3" });
    expect(lines).toEqual(["step 6 · isolate-1 presents RT F1.g0 for load-1", "step 7 · the issuer rejects RT F1.g0: first"]);
  });

  test("settles a token by its first definitive answer", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0));
    tape.refresh("load-1", rt(ada, 0), rt(ada, 1)).present("load-1", rt(ada, 0)).replay(rt(ada, 0), rt(ada, 1));
    tape.issue("load-1", rt(ada, 0), rt(ada, 1));
    expect(settlementOf(storyOf(tape), "RT F1.g0")[0]).toBe("step 6 · isolate-1 presents RT F1.g0 again for load-1");
  });

  test("tells of the copy that the wire made of a presentation, and of what it took with it", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).rotate(rt(ada, 0), rt(ada, 1));
    tape.repeat("load-1", rt(ada, 0)).reject(rt(ada, 0), "spent").refuse("load-1", rt(ada, 0));
    const before = rejectionBehind(storyOf(tape), { session: ada.session, isolate: "isolate-1", load: "load-1" });
    expect(before).toEqual([
      "step 4 · isolate-1 presents RT F1.g0 for load-1",
      "step 5 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 6 · the wire presents RT F1.g0 of isolate-1 once more for load-1",
      "step 7 · the issuer rejects RT F1.g0: spent",
    ]);
    const lost = tape.discard("load-1", rt(ada, 0), null).discard("load-1", rt(ada, 0), rt(ada, 1));
    expect(rejectionBehind(storyOf(lost), { session: ada.session, isolate: "isolate-1", load: "load-1" })).toEqual([
      ...before,
      "step 8 · the other answer to isolate-1 for load-1 finds nobody: RT F1.g1 is lost",
    ]);
  });

  test("knows nothing of what it was not told", () => {
    const nobody = { session: ada.session, isolate: null, load: "load-1" };
    expect(rejectionBehind(newStory(), nobody)).toEqual([]);
    expect(faultBehind(newStory(), nobody)).toEqual([]);
    expect(settlementOf(newStory(), "RT F1.g0")).toEqual([]);
  });

  test("stays small when a client asks with a dead token for ever", () => {
    const sizeAfter = (rounds: number) => {
      const tape = new Tape().signIn(ada).send("load-1", ada);
      for (let round = 0; round < rounds; round++) {
        tape.fail("load-1", rt(ada, 0)).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0));
      }
      return Object.values(storyOf(tape).tokens).flatMap((history) => history.presented).length;
    };
    expect(sizeAfter(500)).toBe(sizeAfter(2));
  });
});
