/** Something that happened in a workspace. Its place in the workspace's row of events never changes. */
export interface WorkspaceEvent {
  /** For instance `project.created`. */
  readonly kind: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A stretch of a workspace's events. */
export interface EventRange {
  /** The place of the first one; 0 is the oldest of all. */
  readonly first: number;
  readonly events: readonly WorkspaceEvent[];
  /** How many there are of the workspace. */
  readonly total: number;
}

/** The events of workspaces, oldest first. */
export interface EventLog {
  append(workspaceId: string, event: WorkspaceEvent): void;
  /** What there is of the range. */
  range(workspaceId: string, first: number, count: number): EventRange;
  /** The newest `count`. */
  newest(workspaceId: string, count: number): EventRange;
  /**
   * Tells of each event as it is appended.
   *
   * @returns ends that
   */
  subscribe(workspaceId: string, listener: (appended: EventRange) => void): () => void;
}

/**
 * Events that live as long as the process, and that no other process sees.
 *
 * @example
 * ```ts
 * const events = createMemoryEventLog();
 * events.append("ws_1", { kind: "note", text: "hello", at: 0 });
 * events.newest("ws_1", 10).total; // 1
 * ```
 */
export function createMemoryEventLog(): EventLog {
  const logs = new Map<string, WorkspaceEvent[]>();
  const listeners = new Map<string, Set<(appended: EventRange) => void>>();

  function range(workspaceId: string, first: number, count: number): EventRange {
    const all = logs.get(workspaceId) ?? [];
    return { first, events: all.slice(first, first + count), total: all.length };
  }

  return {
    append(workspaceId, event) {
      const all = logs.get(workspaceId) ?? [];
      logs.set(workspaceId, all);
      all.push(event);
      for (const tell of listeners.get(workspaceId) ?? []) tell(range(workspaceId, all.length - 1, 1));
    },
    range,
    newest(workspaceId, count) {
      const total = logs.get(workspaceId)?.length ?? 0;
      const first = Math.max(0, total - count);
      return range(workspaceId, first, count);
    },
    subscribe(workspaceId, listener) {
      const told = listeners.get(workspaceId) ?? new Set();
      listeners.set(workspaceId, told);
      told.add(listener);
      return () => {
        told.delete(listener);
        if (told.size === 0 && listeners.get(workspaceId) === told) listeners.delete(workspaceId);
      };
    },
  };
}
