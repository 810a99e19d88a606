import type { Stored } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN } from "./canonical.ts";

interface State {
  because: string[] | null;
}

/**
 * What belongs together is committed together: a user has workspace, member, default key and their events, or none of them; a key has the
 * event of its creation, and of its revocation if it is revoked; no record is left without its answer.
 *
 * @example
 * ```ts
 * const state = allOrNothing.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) allOrNothing.on(state, event);
 * allOrNothing.verdict(state); // null while it holds
 * ```
 */
export const allOrNothing: Invariant<State> = {
  id: "all-or-nothing",
  holds: "no crash point leaves part of a provisioning behind",
  classes: [],
  init: () => ({ because: null }),
  on(state, event) {
    if (state.because !== null || event.type !== "committed") return;
    const part = partOf(event.stored);
    if (part !== null) state.because = [sentence(event), `step ${event.step} · ${part}`];
  },
  key: (state) => (state.because === null ? "whole" : BROKEN),
  verdict: (state) => state.because,
};

/** The first thing that is there without what belongs to it. */
function partOf({ workspaces, members, apiKeys, events, records }: Stored): string | null {
  const happened = (type: string, subject: string) => events.some((event) => event.type === type && event.subject === subject);
  for (const { id, user } of workspaces) {
    if (!members.some(({ workspace }) => workspace === id)) return `the workspace of ${user} has no member`;
    if (!apiKeys.some(({ workspace, isDefault }) => workspace === id && isDefault)) return `the workspace of ${user} has no default key`;
    if (!happened("workspace.created", id)) return `the workspace of ${user} has no event of its creation`;
  }
  for (const { id, workspace, user } of members) {
    if (!workspaces.some((one) => one.id === workspace)) return `the member of ${user} has no workspace`;
    if (!happened("workspace_member.added", id)) return `the member of ${user} has no event of its addition`;
  }
  for (const { id, workspace, isRevoked } of apiKeys) {
    if (!workspaces.some((one) => one.id === workspace)) return `API key ${id} has no workspace`;
    if (!happened("api_key.created", id)) return `API key ${id} has no event of its creation`;
    if (happened("api_key.revoked", id) !== isRevoked)
      return `API key ${id} is ${isRevoked ? "" : "not "}revoked, and its events say otherwise`;
  }
  const subjects = new Set([...workspaces, ...members, ...apiKeys].map(({ id }) => id));
  const stray = events.find(({ subject }) => !subjects.has(subject));
  if (stray !== undefined) return `there is an event ${stray.type} of ${stray.subject}, which there is not`;
  const unanswered = records.find(({ isAnswered }) => !isAnswered);
  return unanswered === undefined ? null : `the record of ${unanswered.key} has no answer`;
}
