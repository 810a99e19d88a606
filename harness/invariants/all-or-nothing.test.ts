import { describe, expect, test } from "vitest";
import type { Stored } from "../model/event.ts";
import { allOrNothing } from "./all-or-nothing.ts";
import { committed, joined, judge, keyAfter, NOTHING, provisioned } from "./stored.testing.ts";

const ada = provisioned("user_ada", "k1");
const KEY = { id: "key_2", workspace: "workspace_user_ada", isDefault: false, isRevoked: false };
const event = (type: string, subject: string) => ({ type, workspace: "workspace_user_ada", subject });

describe("all-or-nothing", () => {
  test("holds for nothing, for all, and for keys that come and go with their events", () => {
    const created = joined(ada, { ...NOTHING, apiKeys: [KEY], events: [event("api_key.created", "key_2")] });
    const revoked = joined(ada, {
      ...NOTHING,
      apiKeys: [{ ...KEY, isRevoked: true }],
      events: [event("api_key.created", "key_2"), event("api_key.revoked", "key_2")],
    });
    for (const stored of [NOTHING, ada, joined(ada, provisioned("user_bob", "k2")), created, revoked]) {
      expect(judge(allOrNothing, [committed(stored)])).toBeNull();
    }
  });

  test.each<[string, Partial<Stored>]>([
    ["the workspace of user_ada has no member", { members: [] }],
    ["the workspace of user_ada has no default key", { apiKeys: [] }],
    ["the workspace of user_ada has no default key", { apiKeys: [{ ...KEY, id: "key_user_ada" }] }],
    ["the workspace of user_ada has no event of its creation", { events: ada.events.slice(1) }],
    ["the member of user_ada has no workspace", { workspaces: [] }],
    ["the member of user_ada has no event of its addition", { events: ada.events.filter(({ type }) => type !== "workspace_member.added") }],
    ["API key key_2 has no workspace", { apiKeys: [...ada.apiKeys, { ...KEY, workspace: "workspace_2" }] }],
    ["API key key_2 has no event of its creation", { apiKeys: [...ada.apiKeys, KEY] }],
    [
      "API key key_user_ada is revoked, and its events say otherwise",
      { apiKeys: ada.apiKeys.map((apiKey) => ({ ...apiKey, isRevoked: true })) },
    ],
    [
      "API key key_user_ada is not revoked, and its events say otherwise",
      { events: [...ada.events, event("api_key.revoked", "key_user_ada")] },
    ],
    ["there is an event api_key.created of key_9, which there is not", { events: [...ada.events, event("api_key.created", "key_9")] }],
    ["the record of k1 has no answer", { records: [{ key: "k1", subject: "user_ada", isAnswered: false }] }],
  ])("is broken: %s", (because, change) => {
    const events = [committed(NOTHING), committed({ ...ada, ...change })];
    expect(judge(allOrNothing, events)).toEqual([expect.stringMatching(/^step 2 · isolate-1 commits: /), `step 2 · ${because}`]);
    expect(keyAfter(allOrNothing, events)).not.toBe(keyAfter(allOrNothing, [committed(NOTHING)]));
    // What is mended later was broken all the same.
    expect(judge(allOrNothing, [...events, committed(ada)])).toEqual(judge(allOrNothing, events));
  });
});
