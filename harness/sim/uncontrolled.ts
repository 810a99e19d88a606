import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import v8 from "node:v8";
import vm from "node:vm";
import { contexts } from "./context.ts";

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

/**
 * Functions that answer something else each time and are not the world's. They stay what they are, since nothing good comes of most
 * of them and each façade costs; a run that is not the same twice is run again with all of them watched.
 */
const UNCONTROLLED: readonly (readonly [string, object, readonly string[]])[] = [
  ["process", process, ["uptime", "cpuUsage", "threadCpuUsage", "memoryUsage", "resourceUsage", "availableMemory", "constrainedMemory"]],
  ["performance", Performance.prototype, ["mark", "measure", "eventLoopUtilization", "toJSON"]],
  ["os", os, ["uptime", "freemem", "loadavg", "cpus", "networkInterfaces"]],
  ["v8", v8, ["getHeapStatistics", "getHeapSpaceStatistics"]],
  ["WeakRef", WeakRef.prototype, ["deref"]],
  ["Intl.DateTimeFormat", Intl.DateTimeFormat.prototype, ["formatToParts"]],
  ["vm", vm, ["runInNewContext", "createContext"]],
  ["vm.Script", vm.Script.prototype, ["runInNewContext"]],
];

/** The same for what is read and not called. */
const UNCONTROLLED_GETTERS: readonly (readonly [string, object, string])[] = [
  ["event", Event.prototype, "timeStamp"],
  ["Intl.DateTimeFormat", Intl.DateTimeFormat.prototype, "format"],
];

/** What was called while a watch lasted, and what it answered. */
export interface Watch {
  /** By whom each was called, for instance `isolate-1`. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
  /** What each answered, in order; to be given to the next watch, so that it answers the same again. */
  readonly answers: ReadonlyMap<string, readonly unknown[]>;
  end(): void;
}

/**
 * Watches what no world owns, until it is ended.
 *
 * @param still answers of an earlier watch that are given again, by function
 */
export function watchUncontrolled(still: ReadonlyMap<string, readonly unknown[]> = new Map()): Watch {
  const calls = new Map<string, Set<string>>();
  const answers = new Map<string, unknown[]>();
  const undo: (() => void)[] = [];
  /** What such a function calls itself is not the target's doing. */
  let inside = false;

  const answering = (name: string, real: AnyFunction): AnyFunction =>
    function (this: unknown, ...values: unknown[]): unknown {
      const actor = contexts.getStore()?.actor.name;
      if (actor === undefined || inside) return real.apply(this, values);
      calls.set(name, (calls.get(name) ?? new Set()).add(actor));
      const given = answers.get(name) ?? [];
      answers.set(name, given);
      const before = still.get(name);
      inside = true;
      try {
        const answer = before !== undefined && given.length < before.length ? before[given.length] : real.apply(this, values);
        given.push(answer);
        return answer;
      } finally {
        inside = false;
      }
    };
  const replace = (owner: object, key: string, change: (found: PropertyDescriptor) => PropertyDescriptor) => {
    const found = Object.getOwnPropertyDescriptor(owner, key);
    if (found?.configurable !== true) return;
    Object.defineProperty(owner, key, change(found));
    undo.push(() => Object.defineProperty(owner, key, found));
  };

  for (const [module, owner, names] of UNCONTROLLED) {
    for (const name of names) {
      replace(owner, name, (found) => ({ ...found, value: answering(`${module}.${name}`, found.value as AnyFunction) }));
    }
  }
  for (const [module, owner, name] of UNCONTROLLED_GETTERS) {
    replace(owner, name, (found) => ({ ...found, get: answering(`${module}.${name}`, found.get as AnyFunction) }));
  }
  syncBuiltinESMExports();
  return {
    calls,
    answers,
    end() {
      for (const put of undo) put();
      syncBuiltinESMExports();
    },
  };
}
