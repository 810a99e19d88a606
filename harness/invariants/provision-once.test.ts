import { describe, expect, test } from "vitest";
import type { Stored } from "../model/event.ts";
import { provisionOnce } from "./provision-once.ts";
import { committed, joined, judge, keyAfter, NOTHING, provisioned } from "./stored.testing.ts";

const ada = provisioned("user_ada", "k1");
const second = (change: Partial<Stored>) => committed(joined(ada, { ...NOTHING, ...change }));

describe("provision-once", () => {
  test("holds for one of each, for several users, and for what is added later", () => {
    const more = joined(ada, {
      ...NOTHING,
      apiKeys: [{ id: "key_2", workspace: "workspace_user_ada", isDefault: false, isRevoked: false }],
    });
    expect(
      judge(provisionOnce, [committed(NOTHING), committed(ada), committed(more), committed(joined(more, provisioned("user_bob", "k2")))]),
    ).toBeNull();
  });

  test.each<[string, Partial<Stored>, string]>([
    ["a second workspace", { workspaces: [{ id: "workspace_2", user: "user_ada" }] }, "user_ada has two workspaces"],
    ["a second member", { members: [{ id: "member_2", workspace: "workspace_2", user: "user_ada" }] }, "user_ada has two members"],
    [
      "a second default key",
      { apiKeys: [{ id: "key_2", workspace: "workspace_user_ada", isDefault: true, isRevoked: false }] },
      "workspace_user_ada has two default keys",
    ],
    [
      "an event that comes twice",
      { events: [{ type: "workspace.created", workspace: "workspace_user_ada", subject: "workspace_user_ada" }] },
      "there are two events workspace.created of workspace_user_ada",
    ],
  ])("is broken by %s", (_, change, because) => {
    expect(judge(provisionOnce, [committed(ada), second(change)])).toEqual([
      "step 1 · isolate-1 commits: there are 1 workspaces, 1 members, 1 API keys, 3 events, 1 records",
      expect.stringMatching(/^step 2 · isolate-1 commits: /),
      `step 2 · ${because}`,
    ]);
  });

  test("is broken by a workspace in the place of another", () => {
    const other = { ...ada, workspaces: [{ id: "workspace_2", user: "user_ada" }] };
    expect(judge(provisionOnce, [committed(ada), committed(other)])?.at(-1)).toBe("step 2 · user_ada has another workspace than before");
  });

  test("stays broken, and its key says so and nothing of steps", () => {
    const broken = [committed(ada), second({ workspaces: [{ id: "workspace_2", user: "user_ada" }] })];
    expect(judge(provisionOnce, [...broken, committed(ada)])).toEqual(judge(provisionOnce, broken));
    expect(keyAfter(provisionOnce, [...broken, committed(ada)])).toBe(keyAfter(provisionOnce, broken));
    expect(keyAfter(provisionOnce, [committed(NOTHING), committed(ada)])).toBe(keyAfter(provisionOnce, [committed(ada)]));
    expect(keyAfter(provisionOnce, [committed(ada)])).not.toBe(keyAfter(provisionOnce, []));
  });
});
