import { describe, expect, test } from "vitest";
import { cookieCoherent } from "./cookie-coherent.ts";
import { ada, bob, judge, rt, Tape } from "./events.testing.ts";

const verdict = (tape: Tape) => judge(cookieCoherent, tape);
const [g0, g1] = [rt(ada, 0), rt(ada, 1)];

const whole = () => new Tape().signIn(ada).cookies("load-1", ada, ["s.0", g0], ["s.1", g0]);

describe("cookie-coherent breaks when", () => {
  test("one chunk is new and another is old", () => {
    expect(verdict(whole().cookies("load-2", ada, ["s.0", g1], ["s.1", g0]))).toEqual([
      "step 3 · load-1 leaves in jar jar-1: s.0 [RT F1.g0], s.1 [RT F1.g0]",
      "step 4 · load-2 leaves in jar jar-1: s.0 [RT F1.g1], s.1 [RT F1.g0]",
    ]);
  });

  test.each(["s.0", "s_0", "s-0"])("chunks are numbered as in %s", (name) => {
    expect(verdict(new Tape().cookies("load-1", ada, [name, g0], [name.replace("0", "1"), g1]))).not.toBeNull();
  });

  test("twins of one name hold different tokens", () => {
    expect(verdict(new Tape().cookies("load-1", ada, ["s", g0], ["s", g1]))).not.toBeNull();
  });

  test("a jar holds tokens of two users, whatever their cookies are called", () => {
    expect(verdict(new Tape().cookies("load-1", ada, ["s", g0], ["t", rt(bob, 0)]))).not.toBeNull();
  });

  test("an old cookie is left when the run ends", () => {
    expect(verdict(new Tape().cookies("load-1", ada, ["s-g0.x", g0], ["s-g1.x", g1]).finish())).toEqual([
      "step 1 · load-1 leaves in jar jar-1: s-g0.x [RT F1.g0], s-g1.x [RT F1.g1]",
      "step 2 · the run ends with RT F1.g0 and RT F1.g1 in jar jar-1",
    ]);
  });

  test("a cookie of the sign-in before is left when the run ends", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    expect(verdict(new Tape().cookies("load-1", ada, ["a", g0], ["b", rt(again, 0)]).finish())).not.toBeNull();
  });
});

describe("cookie-coherent stays silent when", () => {
  test("all chunks are replaced together", () => {
    expect(verdict(whole().cookies("load-2", ada, ["s.0", g1], ["s.1", g1]).finish())).toBeNull();
  });

  test("the session shrinks and its last chunk is removed", () => {
    expect(verdict(whole().cookies("load-2", ada, ["s.0", g1]).finish())).toBeNull();
  });

  test("two generations meet under names of their own, and the next answer clears up", () => {
    const tape = new Tape().cookies("load-1", ada, ["s.a.0", g0]).cookies("load-2", ada, ["s.a.0", g0], ["s.b.0", g1]);
    expect(verdict(tape.cookies("load-3", ada, ["s.b.0", g1]).finish())).toBeNull();
  });

  test("the cookie is gone", () => {
    expect(verdict(whole().cookies("load-2", ada).finish())).toBeNull();
  });

  test("two users have a jar each", () => {
    expect(
      verdict(
        whole()
          .cookies("load-2", bob, ["s.0", rt(bob, 0)])
          .finish(),
      ),
    ).toBeNull();
  });
});
