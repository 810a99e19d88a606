import type { Stored } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** By user: the workspace that was provisioned first, and the sentence that says so. */
  first: Record<string, { readonly workspace: string; readonly told: string }>;
  because: string[] | null;
}

/**
 * Nobody is provisioned twice: each user has at most one workspace, one member and one default key, each thing was created once, and a
 * workspace that was there once is never replaced by another.
 *
 * @example
 * ```ts
 * const state = provisionOnce.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) provisionOnce.on(state, event);
 * provisionOnce.verdict(state); // null while it holds
 * ```
 */
export const provisionOnce: Invariant<State> = {
  id: "provision-once",
  holds: "there are one workspace, one member, one default key and one set of events per WorkOS user",
  classes: [],
  init: (): State => ({ first: {}, because: null }),
  on(state, event) {
    if (state.because !== null || event.type !== "committed") return;
    const told = sentence(event);
    const repeated = repetition(event.stored);
    if (repeated !== null) {
      const earlier = Object.values(state.first).filter(({ workspace }) => repeated.workspaces.includes(workspace));
      state.because = [...new Set([...earlier.map((first) => first.told), told]), `step ${event.step} · ${repeated.what}`];
      return;
    }
    for (const { id, user } of event.stored.workspaces) {
      state.first[user] ??= { workspace: id, told };
      const first = state.first[user];
      if (first.workspace !== id) state.because ??= [first.told, told, `step ${event.step} · ${user} has another workspace than before`];
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.first, ({ workspace }) => workspace) : BROKEN),
  verdict: (state) => state.because,
};

interface Repetition {
  readonly what: string;
  /** The workspaces of both. */
  readonly workspaces: readonly string[];
}

/** What there is twice of what there is to be one. */
function repetition({ workspaces, members, apiKeys, events }: Stored): Repetition | null {
  const defaults = apiKeys.filter(({ isDefault }) => isDefault);
  return (
    twice(workspaces, "user", "id", (user) => `${user} has two workspaces`) ??
    twice(members, "user", "workspace", (user) => `${user} has two members`) ??
    twice(defaults, "workspace", "workspace", (workspace) => `${workspace} has two default keys`) ??
    twice(
      events.map((event) => ({ ...event, what: `${event.type} of ${event.subject}` })),
      "what",
      "workspace",
      (what) => `there are two events ${what}`,
    )
  );
}

function twice<T extends object>(rows: readonly T[], by: keyof T, workspace: keyof T, say: (value: string) => string): Repetition | null {
  const seen = new Map<unknown, T>();
  for (const row of rows) {
    const first = seen.get(row[by]);
    if (first !== undefined) return { what: say(String(row[by])), workspaces: [String(first[workspace]), String(row[workspace])] };
    seen.set(row[by], row);
  }
  return null;
}
