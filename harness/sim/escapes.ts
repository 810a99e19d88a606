import { createHook } from "node:async_hooks";
import childProcess from "node:child_process";
import nodeCrypto from "node:crypto";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import fsPromises from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import timersPromises from "node:timers/promises";
import workerThreads from "node:worker_threads";
import { contexts } from "./context.ts";

/** Node functions that reach outside of the world. Inside of one they stop the run and name themselves. */
const GUARDED: readonly (readonly [string, object, readonly string[]])[] = [
  ["net", net.Socket.prototype, ["connect"]],
  ["net.Server", net.Server.prototype, ["listen"]],
  ["http", http, ["request", "get"]],
  ["https", https, ["request", "get"]],
  ["dns", dns, ["lookup", "lookupService", "resolve", "resolve4", "resolve6", "resolveSrv", "resolveTxt", "reverse"]],
  ["dns/promises", dns.promises, ["lookup", "lookupService", "resolve", "resolve4", "resolve6", "resolveSrv", "resolveTxt", "reverse"]],
  ["dgram", dgram.Socket.prototype, ["bind", "send", "connect"]],
  // `promisify(execFile)` and the like go past the exported functions, but not past this one.
  ["child_process.ChildProcess", childProcess.ChildProcess.prototype, ["spawn"]],
  ["child_process", childProcess, ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]],
  ["fs", fs, functionsOf(fs)],
  ["fs/promises", fsPromises, functionsOf(fsPromises)],
  ["process", process, ["exit", "abort", "kill", "reallyExit"]],
  [
    "crypto",
    nodeCrypto,
    // The first row runs on the thread pool, the second draws on randomness that is not the world's.
    [
      ...["pbkdf2", "scrypt", "hkdf", "argon2", "generateKeyPair", "generateKey", "generatePrime", "checkPrime"],
      ...["generateKeyPairSync", "generateKeySync", "generatePrimeSync", "randomUUIDv7"],
    ],
  ],
  ["timers/promises", timersPromises, ["setInterval"]],
  ["timers/promises.scheduler", Object.getPrototypeOf(timersPromises.scheduler), ["wait", "yield"]],
  ["worker_threads", workerThreads, ["Worker"]],
];

function functionsOf(module: object): readonly string[] {
  return Object.keys(module).filter((name) => /^[a-z]/.test(name) && typeof (module as Record<string, unknown>)[name] === "function");
}

/** Wraps the guarded functions once. Costs nothing measurable outside of a world. */
export function installEscapeGuards(): void {
  for (const [module, owner, names] of GUARDED) {
    for (const name of names) {
      const holder = owner as Record<string, (this: unknown, ...values: unknown[]) => unknown>;
      const real = holder[name];
      if (real === undefined) continue;
      holder[name] = new Proxy(real, {
        apply(target, receiver, values) {
          complain(`${module}.${name}`);
          return Reflect.apply(target, receiver, values);
        },
        construct(target, values, newTarget) {
          complain(`${module}.${name}`);
          return Reflect.construct(target, values, newTarget) as object;
        },
      });
    }
  }
}

function complain(what: string): void {
  const context = contexts.getStore();
  if (context === undefined) return;
  throw context.world.fail(
    "ESCAPED",
    `${context.actor.name} called ${what}, which the world does not own`,
    "go through fetch, timers and WebCrypto, load files before the world opens, or hand it in as a port",
  );
}

/**
 * Node's own kinds of asynchronous resources, for instance `TCPWRAP` and `FSREQCALLBACK`, and its timers. Everything else
 * stays in the thread: promises, ticks, and what libraries name themselves.
 */
const NATIVE = /^(?:[A-Z][A-Z0-9]+|Timeout)$/;
const HARMLESS = new Set(["PROMISE"]);

/**
 * Watches for asynchronous resources that an actor's code creates (`async_hooks`), for the runs of the self-check
 * sample. Costs up to 10 %.
 *
 * @returns A function that ends the watch and returns the kinds seen, for instance `["TCPWRAP"]`.
 */
export function watchResources(): () => readonly string[] {
  const seen = new Set<string>();
  const hook = createHook({
    init(_id, type) {
      if (NATIVE.test(type) && !HARMLESS.has(type) && contexts.getStore() !== undefined) seen.add(type);
    },
    trackPromises: false,
  } as Parameters<typeof createHook>[0]);
  hook.enable();
  return () => {
    hook.disable();
    return [...seen];
  };
}

/** Resources that other parts of the process open and close at any time: they say nothing about a target. */
const UNRELATED = new Set([
  "TTYWrap",
  "PipeWrap",
  "MessagePort",
  "WriteWrap",
  "ShutdownWrap",
  "Immediate",
  "TickObject",
  "FSReqPromise",
  "SignalWrap",
  "WorkerThread",
]);

/** What keeps the process busy right now, by kind; compare before and after a run. */
export function activeResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) if (!UNRELATED.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The kinds of which there are more now than in `before`. */
export function leakedResources(before: ReadonlyMap<string, number>): readonly string[] {
  return [...activeResources()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind);
}
