import { builtinModules } from "node:module";
import nodeTimers from "node:timers";
import { HoldfastError } from "../model/error.ts";
import { installFacades } from "./facades.ts";

installFacades();

const TIMERS = ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"] as const;

/** Where the façades stand, and what others like to put their own things. */
const PLACES: readonly (readonly [object, readonly string[]])[] = [
  [globalThis, ["Date", ...TIMERS, "queueMicrotask", "fetch", "crypto", "performance", "Intl"]],
  [Math, ["random"]],
  [performance, ["now"]],
  [AbortSignal, ["timeout"]],
  [nodeTimers, TIMERS],
];

const standing = PLACES.flatMap(([owner, names]) => names.map((name) => ({ owner, name, value: read(owner, name) })));

/** Fake timers mark what they make; what was faked before the façades came lies beneath them. */
const fakedBefore = (["Date", ...TIMERS] as const).filter((name) => "clock" in globalThis[name] || "isFake" in globalThis[name]);

/**
 * Sees that nobody has replaced the clock, the timers or `fetch` since the façades were installed: a world that opens beneath a fake
 * clock would not own its time.
 *
 * @throws HoldfastError `BAD_USAGE` that names what was replaced
 */
export function assertFacades(): void {
  assertOwnRealm();
  const replaced = standing.filter(({ owner, name, value }) => read(owner, name) !== value).map(({ name }) => name);
  const names = [...new Set([...fakedBefore, ...replaced])];
  if (names.length === 0) return;
  const when = fakedBefore.length > 0 ? "before Holdfast was loaded" : "since Holdfast was loaded";
  throw new HoldfastError(
    "BAD_USAGE",
    `expected the clock, the timers and fetch as they were, but something has replaced ${names.join(", ")} ${when}`,
    "take fake timers and mocks away first (vi.useRealTimers(), server.close()): in Holdfast's world time and fetch are virtual anyway",
  );
}

/** Where this code runs in a realm of its own (vitest's `vmThreads`), Node's modules belong to another one, and so would their errors. */
function assertOwnRealm(): void {
  if (Object.getPrototypeOf(builtinModules) === Array.prototype) return;
  throw new HoldfastError(
    "BAD_USAGE",
    "expected to run in Node's own realm, but this code runs in a context of node:vm",
    'with vitest, take the pool "forks" or "threads" for tests that explore',
  );
}

function read(owner: object, name: string): unknown {
  return (owner as Record<string, unknown>)[name];
}
