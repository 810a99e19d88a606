import { describe, expect, test } from "vitest";
import { ada, bob, CONTEXT, judge, type Person, rt, Tape } from "./events.testing.ts";
import { logoutFinal } from "./logout-final.ts";

const AT_ONCE = { ...CONTEXT, promised: ["logout-final"] } as const;
/** Milliseconds for which an access token may still be good. */
const STILL_GOOD = CONTEXT.accessTokenLifetime + CONTEXT.skew;
const g1 = rt(ada, 1);

/** She asks to be signed out, and is told that she is; the cookie goes unless the test says otherwise. */
function logOut(tape: Tape, person: Person, { confirmed = true, clears = true } = {}): Tape {
  const base = { load: "logout-1", jar: person.jar, user: person.user, isolate: "isolate-1", held: rt(person, 0) };
  tape.add({ type: "logout-sent", ...base });
  if (clears) tape.set("logout-1", person, null);
  return tape.add({ type: "logout-answered", ...base, confirmed, status: confirmed ? 200 : 503 }, clears);
}
const loggedOut = (options = {}) => logOut(new Tape().signIn(ada).signIn(bob), ada, options);
const maintained = (tape: Tape) =>
  tape.add({ type: "maintenance-sent", isolate: "isolate-1" }).add({ type: "maintenance-done", isolate: "isolate-1" });

describe("logout-final breaks when, after the logout was answered,", () => {
  test("a refresh that was in flight brings the session back, and a later load is signed in", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada);
    logOut(tape, ada).answer("load-1", "signed-in", { set: g1 });
    expect(judge(logoutFinal, tape.send("load-2", ada).answer("load-2", "signed-in"), AT_ONCE)).toEqual([
      "step 5 · isolate-1 confirms that user_ada is signed out (logout-1)",
      expect.stringMatching(/load-1 .*RT F1\.g1/),
      expect.stringMatching(/load-2 of user_ada is sent to isolate-1 with RT F1\.g1$/),
      expect.stringMatching(/load-2 of user_ada is answered signed-in$/),
    ]);
  });

  test("a load without a cookie is signed in, whatever the strategy promises", () => {
    const tape = loggedOut().send("load-1", ada).answer("load-1", "signed-in");
    expect([judge(logoutFinal, tape), judge(logoutFinal, tape, AT_ONCE)]).not.toContain(null);
  });

  test("the cookie still works when every access token is over", () => {
    const tape = loggedOut({ clears: false }).wait(STILL_GOOD + 1);
    expect(judge(logoutFinal, tape.send("load-1", ada).answer("load-1", "signed-in"))).not.toBeNull();
  });

  test("what was left undone is done, and the session lives on at the issuer", () => {
    expect(judge(logoutFinal, maintained(loggedOut()), AT_ONCE)?.at(-1)).toMatch(/and the session lives on at the issuer$/);
  });
});

describe("logout-final stays silent when", () => {
  test("the load was sent before the answer", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada);
    expect(judge(logoutFinal, logOut(tape, ada).answer("load-1", "signed-in"), AT_ONCE)).toBeNull();
  });

  test("later loads are answered signed-out, unavailable or stale", () => {
    const tape = loggedOut({ clears: false });
    for (const answer of ["signed-out", "unavailable", "stale"] as const) tape.send("load-1", ada).answer("load-1", answer);
    expect(judge(logoutFinal, tape, AT_ONCE)).toBeNull();
  });

  test("a strategy that knows no more than its cookie serves the access token to its end", () => {
    const tape = loggedOut({ clears: false }).wait(STILL_GOOD).send("load-1", ada).answer("load-1", "signed-in");
    expect(judge(logoutFinal, tape)).toBeNull();
    expect(judge(logoutFinal, tape, AT_ONCE)).not.toBeNull();
  });

  test("she signs in anew", () => {
    const anew = { ...ada, session: "session_anew", family: "F3" };
    const tape = loggedOut().signIn(anew).send("load-1", ada).answer("load-1", "signed-in");
    expect(judge(logoutFinal, tape, AT_ONCE)).toBeNull();
  });

  test("somebody else goes on", () => {
    expect(judge(logoutFinal, loggedOut().send("load-1", bob).answer("load-1", "signed-in"), AT_ONCE)).toBeNull();
  });

  test("she was not told that it is done", () => {
    const tape = loggedOut({ confirmed: false, clears: false }).send("load-1", ada).answer("load-1", "signed-in");
    expect(judge(logoutFinal, tape, AT_ONCE)).toBeNull();
  });

  test("the issuer was told", () => {
    expect(judge(logoutFinal, maintained(loggedOut().end(ada, "user")), AT_ONCE)).toBeNull();
  });

  test("the issuer could not be told because something failed", () => {
    expect(judge(logoutFinal, loggedOut().troubled(maintained as (tape: Tape) => Tape), AT_ONCE)).toBeNull();
  });

  test("a strategy that promises nothing never tells the issuer", () => {
    expect(judge(logoutFinal, maintained(loggedOut()))).toBeNull();
  });

  test("a load was lost, and another of its name belongs to somebody else", () => {
    const tape = loggedOut({ clears: false }).send("load-1", ada).lose("load-1").send("load-1", bob).answer("load-1", "signed-in");
    expect(judge(logoutFinal, tape, AT_ONCE)).toBeNull();
  });
});

test("a stolen credential of the session is as dead as its owner's", () => {
  const thief = { ...ada, jar: "jar-thief" };
  const tape = new Tape().signIn(ada).steal(ada, thief);
  expect(judge(logoutFinal, logOut(tape, ada).send("load-1", thief).answer("load-1", "signed-in"), AT_ONCE)?.at(1)).toContain("RT F1.g0");
});
