import nodeCrypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import type { TimerOptions } from "node:timers";
import nodeTimers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { type Context, contexts, stepping } from "./context.ts";
import type { SyncCrypto } from "./crypto.ts";
import { installEscapeGuards } from "./escapes.ts";
import { VirtualTimer } from "./timers.ts";
import { installWeb } from "./web/install.ts";
import { realRequest } from "./web/request.ts";

/**
 * Permanent façades over the globals: inside of a world they are that world's, elsewhere the real thing. Installed
 * once per thread and before any target is imported, so that code which captures a global while it loads is caught too.
 */
let installed = false;
export function installFacades(): void {
  if (installed) return;
  installed = true;
  installDate();
  installTimers();
  installRandomness();
  installSynchronous();
  installSubtle();
  installClocks();
  installFetch();
  installWeb();
  installQueues();
  installCrashGuard();
  installEscapeGuards();
  syncBuiltinESMExports();
}

function installDate(): void {
  const RealDate = globalThis.Date;
  function VirtualDate(this: unknown, ...values: unknown[]): Date | string {
    const context = contexts.getStore();
    if (new.target === undefined) return new VirtualDateConstructor().toString();
    const given = values.length === 0 && context !== undefined ? [context.world.now()] : values;
    return Reflect.construct(RealDate, given, new.target) as Date;
  }
  const VirtualDateConstructor = VirtualDate as unknown as DateConstructor;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(RealDate)))
    Object.defineProperty(VirtualDate, name, descriptor);
  Object.defineProperty(VirtualDate, "now", {
    value: () => contexts.getStore()?.world.now() ?? RealDate.now(),
    configurable: true,
    writable: true,
  });
  RealDate.prototype.constructor = VirtualDateConstructor;
  globalThis.Date = VirtualDateConstructor;
}

type TimerCallback = (...values: unknown[]) => void;

/** How Node marks the rejection of an aborted timer. */
const ABORTED = { name: "AbortError", code: "ABORT_ERR" };

function installTimers(): void {
  const real = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };

  const virtualStart = (realStart: typeof setTimeout | typeof setInterval, repeat: boolean) =>
    function start(callback: TimerCallback, delay?: number, ...values: unknown[]): unknown {
      const context = contexts.getStore();
      if (context === undefined) return (realStart as (...all: unknown[]) => unknown)(callback, delay, ...values);
      return context.world.startTimer(context, () => callback(...values), delay ?? 0, repeat);
    };
  const virtualClear = (realClear: (handle: never) => void) => (handle: unknown) => {
    const context = contexts.getStore();
    if (handle instanceof VirtualTimer) handle.close();
    else if (context !== undefined && (typeof handle === "number" || typeof handle === "string")) context.world.cancelTimer(Number(handle));
    else realClear(handle as never);
  };

  const virtual = {
    setTimeout: virtualStart(real.setTimeout, false),
    setInterval: virtualStart(real.setInterval, true),
    setImmediate(callback: TimerCallback, ...values: unknown[]): unknown {
      const context = contexts.getStore();
      if (context === undefined) return real.setImmediate(callback, ...values);
      return context.world.startImmediate(context, () => callback(...values));
    },
    clearTimeout: virtualClear(real.clearTimeout),
    clearInterval: virtualClear(real.clearInterval),
    clearImmediate: virtualClear(real.clearImmediate as (handle: never) => void),
  };
  // The promises carry the context of their awaiter; the callbacks only resolve them.
  const { setTimeout: realSleep, setImmediate: realYield } = timersPromises;
  const sleep = (delay?: number, value?: unknown, options?: TimerOptions): Promise<unknown> => {
    const context = contexts.getStore();
    if (context === undefined) return realSleep(delay, value, options);
    return abortable(options?.signal, (resolve) => virtual.setTimeout(() => resolve(value), delay));
  };
  const yieldOnce = (value?: unknown, options?: TimerOptions): Promise<unknown> => {
    const context = contexts.getStore();
    if (context === undefined) return realYield(value, options);
    return abortable(options?.signal, (resolve) => virtual.setImmediate(() => resolve(value)));
  };
  /** A promise of a timer that is called off when `signal` aborts, with the error that Node gives. */
  const abortable = (signal: AbortSignal | undefined, start: (resolve: (value: unknown) => void) => unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const abort = () => reject(Object.assign(new Error("The operation was aborted", { cause: signal?.reason }), ABORTED));
      if (signal?.aborted) return abort();
      const timer = start(resolve);
      signal?.addEventListener("abort", () => {
        virtual.clearTimeout(timer);
        abort();
      });
    });
  timersPromises.setTimeout = sleep as typeof timersPromises.setTimeout;
  timersPromises.setImmediate = yieldOnce as typeof timersPromises.setImmediate;
  Object.defineProperty(virtual.setTimeout, promisify.custom, { value: sleep });
  Object.defineProperty(virtual.setImmediate, promisify.custom, { value: yieldOnce });
  Object.assign(globalThis, virtual);
  Object.assign(nodeTimers, virtual);

  const realTimeout = AbortSignal.timeout;
  AbortSignal.timeout = (delay: number): AbortSignal => {
    const context = contexts.getStore();
    if (context === undefined) return realTimeout.call(AbortSignal, delay);
    const controller = new AbortController();
    const expire = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    context.world.startTimer(context, expire, delay, false);
    return controller.signal;
  };
}

function installRandomness(): void {
  const realRandom = Math.random;
  Math.random = () => {
    const context = contexts.getStore();
    return context === undefined ? realRandom() : context.world.randomness.number(context.actor.name);
  };

  const fill = (context: Context, view: ArrayBufferView): void => {
    const bytes = context.world.randomness.bytes(context.actor.name, view.byteLength);
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes);
  };
  /** `randomFill(Sync)`: offset and size count elements of the view. */
  const fillPart = (context: Context, target: unknown, offset: unknown, size: unknown): unknown => {
    const whole = ArrayBuffer.isView(target) ? target : new Uint8Array(target as ArrayBuffer);
    const element = (whole as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1;
    const from = typeof offset === "number" ? offset * element : 0;
    const length = typeof size === "number" ? size * element : whole.byteLength - from;
    fill(context, new Uint8Array(whole.buffer, whole.byteOffset + from, length));
    return target;
  };
  const uuid = (context: Context) => context.world.randomness.uuid(context.actor.name);

  override(Crypto.prototype, "getRandomValues", (context, _real, [view]) => {
    fill(context, view as ArrayBufferView);
    return view;
  });
  override(Crypto.prototype, "randomUUID", (context) => uuid(context));
  override(nodeCrypto, "randomUUID", (context) => uuid(context));
  override(nodeCrypto, "randomFillSync", (context, _real, [target, offset, size]) => fillPart(context, target, offset, size));
  override(nodeCrypto, "randomFill", (context, _real, [target, ...values]) => {
    const [offset, size] = values;
    return answer(fillPart(context, target, offset, size), values.at(-1));
  });
  for (const name of ["randomBytes", "pseudoRandomBytes"]) {
    override(nodeCrypto, name, (context, _real, [size, callback]) =>
      answer(Buffer.from(context.world.randomness.bytes(context.actor.name, size as number)), callback),
    );
  }
  override(nodeCrypto, "randomInt", (context, _real, values) => {
    const [low, high] = typeof values[1] === "number" ? [values[0] as number, values[1]] : [0, values[0] as number];
    return answer(low + Math.floor(context.world.randomness.number(context.actor.name) * (high - low)), values.at(-1));
  });
}

/** Node's convention: without a callback the value is returned, with one it comes later. */
function answer(value: unknown, callback: unknown): unknown {
  if (typeof callback !== "function") return value;
  process.nextTick(() => callback(null, value));
  return undefined;
}

/**
 * Synchronous functions that make what looks like an asynchronous resource. They are done when they return, so they run
 * outside of the context that the self-check watches.
 */
function installSynchronous(): void {
  for (const name of ["pbkdf2Sync", "scryptSync", "hkdfSync"]) override(nodeCrypto, name, atOnce);
  // With a callback these two go to the thread pool.
  for (const name of ["sign", "verify"]) {
    override(nodeCrypto, name, (context, real, values) =>
      typeof values.at(-1) === "function" ? real.apply(nodeCrypto, values) : atOnce(context, real, values),
    );
  }
  for (const name of Object.keys(zlib).filter((known) => known.endsWith("Sync"))) override(zlib, name, atOnce);
}

function atOnce(_context: Context, real: AnyFunction, values: unknown[]): unknown {
  return contexts.exit(() => real(...values));
}

function installSubtle(): void {
  const known: readonly (keyof SyncCrypto)[] = [
    "digest",
    "importKey",
    "exportKey",
    "sign",
    "verify",
    "encrypt",
    "decrypt",
    "deriveBits",
    "deriveKey",
    "generateKey",
  ];
  for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) {
    if (name === "constructor") continue;
    override(SubtleCrypto.prototype, name, (context, _real, values) =>
      (known as readonly string[]).includes(name)
        ? context.world.crypto(context, name, (crypto) =>
            (crypto[name as keyof SyncCrypto] as (...all: unknown[]) => unknown).apply(crypto, values),
          )
        : Promise.reject(
            context.world.fail(
              "ESCAPED",
              `${context.actor.name} called crypto.subtle.${name}`,
              "the world does not compute it yet; say so in an issue",
            ),
          ),
    );
  }
}

function installClocks(): void {
  override(Performance.prototype, "now", (context) => context.world.now());
  // `timeOrigin + now()` is the time of day, so the origin is the epoch.
  const timeOrigin = Object.getOwnPropertyDescriptor(Performance.prototype, "timeOrigin") as PropertyDescriptor;
  Object.defineProperty(Performance.prototype, "timeOrigin", {
    ...timeOrigin,
    get(this: Performance): number {
      return contexts.getStore() === undefined ? (timeOrigin.get?.call(this) as number) : 0;
    },
  });
  const realHrtime = process.hrtime;
  const hrtime = (since?: [number, number]): [number, number] => {
    const context = contexts.getStore();
    if (context === undefined) return realHrtime(since);
    const [seconds, nanoseconds] = [Math.floor(context.world.now() / 1000), (context.world.now() % 1000) * 1e6];
    if (since === undefined) return [seconds, nanoseconds];
    const borrow = nanoseconds < since[1] ? 1 : 0;
    return [seconds - since[0] - borrow, nanoseconds - since[1] + borrow * 1e9];
  };
  hrtime.bigint = () => {
    const context = contexts.getStore();
    return context === undefined ? realHrtime.bigint() : BigInt(context.world.now()) * 1_000_000n;
  };
  process.hrtime = hrtime;
}

function installFetch(): void {
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input: string | URL | Request, init?: RequestInit) => {
    const context = contexts.getStore();
    if (context === undefined) return realFetch(realRequest(input), init);
    if (context.world.fetcher === null) {
      return Promise.reject(
        context.world.fail(
          "ESCAPED",
          `${context.actor.name} called fetch, but this world has no network`,
          "create a Network for the world",
        ),
      );
    }
    return context.world.fetcher.fetch(context, input, init);
  };
}

/**
 * A throw in one of these must not unwind what drains them, so it is caught where it happens. What it would have been in
 * production is recorded all the same.
 */
function installQueues(): void {
  const realNextTick = process.nextTick;
  const realQueueMicrotask = globalThis.queueMicrotask;
  const guarded =
    (context: Context, callback: TimerCallback) =>
    (...values: unknown[]) => {
      try {
        callback(...values);
      } catch (error) {
        crash(context, CRASHES.uncaughtException, error);
      }
    };
  process.nextTick = (callback: TimerCallback, ...values: unknown[]): void => {
    const context = contexts.getStore();
    realNextTick(context === undefined || typeof callback !== "function" ? callback : guarded(context, callback), ...values);
  };
  globalThis.queueMicrotask = (callback: () => void): void => {
    const context = contexts.getStore();
    realQueueMicrotask(context === undefined || typeof callback !== "function" ? callback : guarded(context, callback));
  };
}

/** What would end a process in production stops the run instead, and says whose it was. */
function installCrashGuard(): void {
  const realEmit = process.emit as (event: string, ...values: unknown[]) => boolean;
  const emit = function (this: NodeJS.Process, event: string, ...values: unknown[]): boolean {
    const context = contexts.getStore() ?? (stepping.world === null ? undefined : { world: stepping.world });
    if (context === undefined || !(event in CRASHES)) return realEmit.call(this, event, ...values);
    crash(context, CRASHES[event as keyof typeof CRASHES], values[0]);
    return true;
  };
  process.emit = emit as typeof process.emit;
}

const CRASHES = {
  unhandledRejection: "a promise was rejected and nobody handled it",
  uncaughtException: "an error was thrown and nobody caught it",
};

function crash(where: Pick<Context, "world"> & Partial<Context>, what: string, error: unknown): void {
  const who = where.actor?.name ?? "an actor";
  where.world.fail(
    "TARGET_CRASHED",
    `${who}: ${what}: ${kindOf(error)}`,
    "handle it in the target: in production it would end the process",
    error,
  );
}

/** A target's error messages may quote a token, so only the kind of error is told; the error itself is the cause. */
function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

/** Replaces a method by one that asks `virtual` when a world is current, and the real one otherwise. */
function override(owner: object, name: string, virtual: (context: Context, real: AnyFunction, values: unknown[]) => unknown): void {
  const holder = owner as Record<string, AnyFunction>;
  const real = holder[name] as AnyFunction;
  Object.defineProperty(holder, name, {
    value: function (this: unknown, ...values: unknown[]): unknown {
      const context = contexts.getStore();
      return context === undefined ? real.apply(this, values) : virtual(context, real, values);
    },
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
