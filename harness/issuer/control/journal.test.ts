import { describe, expect, test } from "vitest";
import { bench, CLIENT_ID } from "../issuer.testing.ts";
import { profiles } from "../profiles.ts";
import type { Entry } from "./journal.ts";

function recorded(size = 100) {
  const world = bench({ journalSize: size, profile: profiles["better-auth"], rs256: async () => new Uint8Array(256) });
  const { journal } = world.issuer.control;
  if (journal === null) throw new Error("a journal was asked for");
  return { ...world, journal };
}

const lines = (text: string) => text.split("\n").map((line) => line.replace(/^ *\d+ {2}\S+Z {2}/, ""));

test("there is no journal unless it is asked for", () => {
  expect(bench().issuer.control.journal).toBeNull();
});

describe("the journal", () => {
  test("tells of each request, what it presented and what came of it", async () => {
    const world = recorded();
    const { refresh } = await world.signIn();
    await world.refresh(refresh);
    await world.refresh(refresh);
    await world.refresh("nobody's");
    await world.send(`/sso/jwks/${CLIENT_ID}`);
    world.issuer.control.revoke({ user: "user_ada" });

    expect(lines(world.journal.text())).toEqual([
      "GET authorize client_test → 302",
      "· F1 begins: session_01000000000000000000000001 of user_ada",
      "POST token authorization_code client_test → 200",
      "· RT F1.g0 rotated → RT F1.g1: first redemption",
      "POST token refresh_token client_test RT F1.g0 → 200",
      "· RT F1.g0 rejected: already exchanged, no grace",
      "· F1 ends (reuse): RT F1.g0 was reused; better-auth: late reuse revokes every session of the user",
      "POST token refresh_token client_test RT F1.g0 → 400 invalid_grant",
      "POST token refresh_token client_test an unknown token → 400 invalid_grant",
      "GET jwks → 200",
      "control: every session of user_ada was ended (admin)",
      "",
    ]);
  });

  test("orders causes before effects, also where requests cross", async () => {
    const world = recorded();
    const { refresh } = await world.signIn();
    world.issuer.control.faults.add({
      at: { endpoint: "token" },
      when: "after-commit",
      effect: { kind: "hold" },
    });
    const held = world.refresh(refresh);
    await new Promise(setImmediate);
    await world.refresh(refresh);
    world.issuer.control.faults.release();
    await held;

    const [second, , first] = world.journal.entries().slice(-3) as Extract<Entry, { type: "request" }>[];
    expect(first).toMatchObject({ outcome: 200, faults: ["fault 1"], events: [{ text: expect.stringContaining("rotated") }] });
    expect(second).toMatchObject({ outcome: 400, faults: [], events: [{ text: expect.stringContaining("rejected") }, {}] });
    expect(first?.events[0]?.order).toBeLessThan(second?.events[0]?.order ?? 0);
    expect(first?.order).toBeGreaterThan(second?.order ?? 0);
    const numbers = [...world.journal.text().matchAll(/^ *(\d+) /gm)].map(([, order]) => Number(order));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
  });

  test("tells of broken connections and cut answers", async () => {
    const world = recorded();
    world.issuer.control.faults.add(
      { at: { endpoint: "jwks" }, when: "after-commit", effect: { kind: "truncate" } },
      { at: { endpoint: "jwks" }, nth: 2, when: "after-commit", effect: { kind: "reset" } },
    );
    await expect(world.send(`/sso/jwks/${CLIENT_ID}`)).rejects.toThrow("terminated");
    await expect(world.send(`/sso/jwks/${CLIENT_ID}`)).rejects.toThrow("fetch failed");
    expect(lines(world.journal.text()).slice(-3)).toEqual(["GET jwks → truncated (fault 1)", "GET jwks → reset (fault 2)", ""]);
  });

  test("keeps as many entries as it says, and counts those that are gone", async () => {
    const world = recorded(3);
    for (let index = 0; index < 5; index++) await world.send(`/sso/jwks/${CLIENT_ID}`);
    expect([world.journal.size, world.journal.dropped]).toEqual([3, 2]);
    expect(world.journal.entries().map(({ order }) => order)).toEqual([3, 4, 5]);
    expect(world.journal.entries({ after: 3, limit: 1 }).map(({ order }) => order)).toEqual([5]);
    expect(world.journal.entries({ before: 5 }).map(({ order }) => order)).toEqual([3, 4]);
  });

  test("tells whoever listens, until they no longer want to know", async () => {
    const world = recorded();
    const heard: number[] = [];
    const stop = world.journal.subscribe(({ order }) => heard.push(order));
    await world.send(`/sso/jwks/${CLIENT_ID}`);
    stop();
    await world.send(`/sso/jwks/${CLIENT_ID}`);
    expect(heard).toEqual([1]);
  });

  test("never spells out what a client sent or was given", async () => {
    const world = recorded();
    const { refresh, access } = await world.signIn();
    await world.authenticate({ grant_type: refresh, client_id: access, refresh_token: refresh });
    await world.send(`/${refresh}?client_id=${refresh}&state=${access}`, { headers: { authorization: `Bearer ${access}` } });
    await world.refresh(refresh);
    const said = world.journal.text() + JSON.stringify(world.journal.entries()) + world.issuer.control.familiesText();
    expect(world.names.size).toBeGreaterThan(4);
    for (const secret of world.names.keys()) expect(said).not.toContain(secret);
  });
});
