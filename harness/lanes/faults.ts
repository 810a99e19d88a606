import type { Lane } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { NetworkFault } from "../sim/exchange.ts";
import { LOCK_TIMEOUT, STATEMENT_FAULTS } from "./postgres/faults.ts";

/** The faults that befall somebody and no message. */
export const ISOLATE_KILLED = {
  name: "isolate-killed",
  describe: "an isolate dies while it answers: its heap is gone, its connections are lost, the next request starts it anew",
} as const;
export const ISOLATE_COLD_START = {
  name: "isolate-cold-start",
  describe: "an isolate that serves nobody is dropped: its heap is gone, and the next request starts it cold",
} as const;
export const BROWSER_ABORTED = {
  name: "browser-aborted",
  describe: "a person navigates away: the request's signal aborts in the handler, which may go on; no cookie is applied",
} as const;

/** The faults of the wires. */
export const NETWORK_FAULTS: readonly (NetworkFault & { readonly describe: string })[] = [
  {
    name: "browser-request-lost",
    describe: "a browser's request never reaches an isolate: its connection ends",
    on: "request",
    from: "browser",
    to: "isolate",
    effect: "lost",
  },
  {
    name: "browser-request-duplicated",
    describe: "a proxy delivers a browser's request twice, the second time to any isolate; the first answer counts",
    on: "request",
    from: "browser",
    to: "isolate",
    effect: "duplicated",
  },
  {
    name: "browser-response-lost",
    describe: "an isolate's answer never reaches the browser: no cookie is applied",
    on: "response",
    from: "isolate",
    to: "browser",
    effect: "lost",
  },
  {
    name: "issuer-request-lost",
    describe: "an isolate's request never reaches the issuer: its connection ends, and nothing says that the issuer has not acted",
    on: "request",
    from: "isolate",
    to: "issuer",
    effect: "lost",
  },
  {
    name: "issuer-request-duplicated",
    describe: "a proxy delivers an isolate's request to the issuer twice, which looks like reuse; the first answer counts",
    on: "request",
    from: "isolate",
    to: "issuer",
    effect: "duplicated",
  },
  {
    name: "issuer-response-lost",
    describe: "the issuer has committed, and its answer never reaches the isolate",
    on: "response",
    from: "issuer",
    to: "isolate",
    effect: "lost",
  },
  {
    name: "issuer-503",
    describe: "the issuer answers 503 before it has looked at the request",
    on: "request",
    from: "isolate",
    to: "issuer",
    effect: { status: 503, headers: [["content-type", "application/json"]], body: '{"message":"Service Unavailable"}' },
  },
  {
    name: "issuer-html-502",
    describe: "a proxy before the issuer answers 502 with a page of HTML",
    on: "request",
    from: "isolate",
    to: "issuer",
    effect: { status: 502, headers: [["content-type", "text/html"]], body: "<html><body><h1>502 Bad Gateway</h1></body></html>" },
  },
];

interface Fault {
  readonly name: string;
  readonly describe: string;
}

/** The faults that a run may be granted, by name (`--faults issuer-503:2,browser-response-lost`). */
export const FAULTS: readonly Fault[] = [...NETWORK_FAULTS, BROWSER_ABORTED, ISOLATE_KILLED, ISOLATE_COLD_START];

/** What may befall statements, beside all that may befall messages. */
export const DATABASE_FAULTS: readonly Fault[] = [...STATEMENT_FAULTS, LOCK_TIMEOUT];

/**
 * Reads `name[:count],…` into budgets by name.
 *
 * @param lane where they are to happen: not every lane has every one
 * @throws HoldfastError `BAD_USAGE` for an unknown fault or a count that is no positive whole number.
 * @example
 * ```ts
 * parseFaults("issuer-503:2,browser-response-lost"); // { "issuer-503": 2, "browser-response-lost": 1 }
 * ```
 */
export function parseFaults(text: string, lane: Lane = "simulation"): Readonly<Record<string, number>> {
  const budgets: Record<string, number> = {};
  for (const part of text.split(",").filter((item) => item !== "")) {
    const [name = "", count = "1", ...rest] = part.split(":");
    const known = (lane === "postgres" ? [...DATABASE_FAULTS, ...FAULTS] : FAULTS).map((fault) => fault.name);
    if (!known.includes(name))
      throw new HoldfastError(
        "BAD_USAGE",
        `expected a fault, got "${name}"`,
        `one of: ${known.join(", ")}, each with an optional count as in ${known[0]}:2`,
      );
    if (!/^[1-9]\d{0,3}$/.test(count) || rest.length > 0) {
      throw new HoldfastError(
        "BAD_USAGE",
        `expected how often ${name} may happen as a whole number from 1 to 9999, got "${part}"`,
        `for instance ${name}:2`,
      );
    }
    budgets[name] = Number(count);
  }
  return budgets;
}

/** The inverse of {@link parseFaults}. */
export function formatFaults(budgets: Readonly<Record<string, number>>): string {
  return Object.entries(budgets)
    .map(([name, count]) => `${name}:${count}`)
    .join(",");
}
