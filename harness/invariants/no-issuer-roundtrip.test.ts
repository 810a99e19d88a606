import { describe, expect, test } from "vitest";
import { ada, bob, CONTEXT, judge, rt, Tape } from "./events.testing.ts";
import { noIssuerRoundtrip } from "./no-issuer-roundtrip.ts";

const verdict = (tape: Tape) => judge(noIssuerRoundtrip, tape);
const [g0, g1] = [rt(ada, 0), rt(ada, 1)];
const GOOD = CONTEXT.accessTokenLifetime - CONTEXT.skew;

const keys = (signs: string) => ({ type: "keys-changed", signs, published: [signs], baked: ["K1"] }) as const;

describe("no-issuer-roundtrip breaks when", () => {
  test.each(["/sso/jwks", "/user_management/authenticate", "/user_management/users"])("a page with a good token asks for %s", (path) => {
    expect(
      verdict(
        new Tape()
          .signIn(ada)
          .wait(GOOD - 1_000)
          .send("load-1", ada)
          .call("load-1", path),
      ),
    ).toEqual([
      "step 3 · load-1 of user_ada is sent to isolate-1 with RT F1.g0",
      `step 4 · isolate-1 asks the issuer for ${path} for load-1, whose access token is good for 1 s more`,
    ]);
  });

  test.each(["prefetch", "upgrade"] as const)("a %s does", (purpose) => {
    expect(verdict(new Tape().signIn(ada).send("load-1", ada, { purpose }).call("load-1", "/sso/jwks"))).not.toBeNull();
  });

  test("the token has just been refreshed", () => {
    const tape = new Tape().signIn(ada).wait(GOOD).send("load-1", ada).refresh("load-1", g0, g1);
    tape.answer("load-1", "signed-in", { set: g1 });
    expect(
      verdict(
        tape
          .wait(GOOD - 1)
          .send("load-2", ada)
          .call("load-2", "/sso/jwks"),
      ),
    ).not.toBeNull();
  });

  test("the issuer has gone back to a key that isolates were deployed with", () => {
    const tape = new Tape().add(keys("K2")).add(keys("K1")).signIn(ada).send("load-1", ada);
    expect(verdict(tape.call("load-1", "/sso/jwks"))).not.toBeNull();
  });
});

describe("no-issuer-roundtrip stays silent when", () => {
  test("the token is within the skew", () => {
    expect(verdict(new Tape().signIn(ada).wait(GOOD).send("load-1", ada).call("load-1", "/user_management/authenticate"))).toBeNull();
  });

  test("the token comes into the skew while the load is in flight", () => {
    expect(verdict(new Tape().signIn(ada).send("load-1", ada).wait(GOOD).call("load-1", "/user_management/authenticate"))).toBeNull();
  });

  test("the jar is behind, so that nobody knows how old its token is", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).refresh("load-1", g0, g1).lose("load-1");
    expect(verdict(tape.send("load-2", ada).call("load-2", "/sso/jwks"))).toBeNull();
  });

  test("the token was signed by a key that came after the deployment", () => {
    expect(verdict(new Tape().add(keys("K2")).signIn(ada).send("load-1", ada).call("load-1", "/sso/jwks"))).toBeNull();
  });

  test("the issuer is told that the session is over", () => {
    expect(verdict(new Tape().signIn(ada).send("load-1", ada).call("load-1", "/user_management/sessions"))).toBeNull();
  });

  test("the load has nothing, or a sign-in is what asks", () => {
    expect(verdict(new Tape().send("load-1", ada).call("load-1", "/sso/jwks"))).toBeNull();
    const asked = { type: "issuer-called", isolate: "isolate-1", path: "/user_management/authenticate" } as const;
    expect(
      verdict(
        new Tape()
          .signIn(ada)
          .add({ ...asked, load: "ada/sign-in" })
          .add({ ...asked, load: null }),
      ),
    ).toBeNull();
  });

  test("the load has been answered or lost, and another of its name is due", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-in").wait(GOOD).send("load-1", ada);
    expect(verdict(tape.call("load-1", "/user_management/authenticate"))).toBeNull();
  });

  test("it is another user's token that is good", () => {
    const tape = new Tape().signIn(ada).wait(GOOD).signIn(bob).send("load-1", ada);
    expect(verdict(tape.call("load-1", "/user_management/authenticate"))).toBeNull();
  });
});
