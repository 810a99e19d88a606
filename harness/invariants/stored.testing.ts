import type { Event, EventBody, EventOf, Stored } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { CONTEXT } from "./events.testing.ts";

/** What is stored when this user has been provisioned as it should be, under a key. */
export function provisioned(user: string, key: string, change: Partial<Stored> = {}): Stored {
  const [workspace, member, apiKey] = [`workspace_${user}`, `member_${user}`, `key_${user}`];
  return {
    workspaces: [{ id: workspace, user }],
    members: [{ id: member, workspace, user }],
    apiKeys: [{ id: apiKey, workspace, isDefault: true, isRevoked: false }],
    events: [
      { type: "workspace.created", workspace, subject: workspace },
      { type: "workspace_member.added", workspace, subject: member },
      { type: "api_key.created", workspace, subject: apiKey },
    ],
    records: [{ key, subject: user, isAnswered: true }],
    ...change,
  };
}

export const NOTHING: Stored = { workspaces: [], members: [], apiKeys: [], events: [], records: [] };

/** Both. */
export function joined(one: Stored, other: Stored): Stored {
  return {
    workspaces: [...one.workspaces, ...other.workspaces],
    members: [...one.members, ...other.members],
    apiKeys: [...one.apiKeys, ...other.apiKeys],
    events: [...one.events, ...other.events],
    records: [...one.records, ...other.records],
  };
}

export function sent(request: string, key: string, user = "user_ada"): EventBody {
  return { type: "request-sent", request, user, key, isolate: "isolate-1" };
}

export function answered(request: string, key: string, answer: string, user = "user_ada"): EventBody {
  return { type: "request-answered", request, user, key, isolate: "isolate-1", answer };
}

export function committed(stored: Stored, more: Partial<EventOf<"committed">> = {}): EventBody {
  return { type: "committed", isolate: "isolate-1", request: null, exposed: [], ...more, stored };
}

/** What an invariant says of these events, one a step; null while it holds. */
export function judge<S>(invariant: Invariant<S>, bodies: readonly EventBody[]): readonly string[] | null {
  const state = invariant.init(CONTEXT);
  for (const [index, body] of bodies.entries()) invariant.on(state, { ...body, step: index + 1, at: 0 } as Event);
  return invariant.verdict(state);
}

/** The key of its state after these events. */
export function keyAfter<S>(invariant: Invariant<S>, bodies: readonly EventBody[]): string {
  const state = invariant.init(CONTEXT);
  for (const [index, body] of bodies.entries()) invariant.on(state, { ...body, step: index + 1, at: 0 } as Event);
  return JSON.stringify(invariant.key(state));
}
