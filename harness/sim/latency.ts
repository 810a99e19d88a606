import { HoldfastError } from "../model/error.ts";
import type { Spread } from "../model/timed.ts";
import { Chance } from "./chance.ts";
import type { Operation } from "./operation.ts";

/**
 * What takes time in a timed world, each with a spread of its own. A message takes it one way, with all that its receiver does
 * before anything can be seen of it; a statement and a WebCrypto call take it there and back.
 */
export const HOPS = ["browser", "issuer", "store", "crypto"] as const;
export type Hop = (typeof HOPS)[number];

/** Milliseconds by hop. */
export type Latencies = Readonly<Record<Hop, Spread>>;

/**
 * Round numbers for a usual deployment, and nothing that was measured: a browser on a good line or a phone, an issuer in another
 * region, a store in the same data centre. Lognormal, because that has the tail that delays have (Dean and Barroso, "The Tail at
 * Scale", 2013: the 99th percentile is what users meet) and takes no more than the two numbers that people know of their services.
 */
export const USUAL_LATENCIES: Latencies = {
  browser: { median: 40, p99: 400 },
  issuer: { median: 60, p99: 600 },
  store: { median: 1, p99: 10 },
  crypto: { median: 0, p99: 0 },
};

/** Milliseconds: an hour. A message that takes longer is lost. */
const LONGEST = 3_600_000;

/**
 * Reads `hop=median/p99,…` in milliseconds; a hop without a `p99` always takes its median, and one that is left out what is usual.
 *
 * @throws HoldfastError `BAD_USAGE` for an unknown hop or what is no duration.
 * @example
 * ```ts
 * parseLatencies("issuer=80/900,store=2").issuer; // { median: 80, p99: 900 }
 * parseLatencies("issuer=80/900,store=2").store; // { median: 2, p99: 2 }
 * ```
 */
export function parseLatencies(text: string): Latencies {
  const latencies: Record<Hop, Spread> = { ...USUAL_LATENCIES };
  for (const part of text.split(",").filter((item) => item !== "")) {
    const match = /^([a-z]+)=(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(part);
    const hop = HOPS.find((known) => known === match?.[1]);
    if (match === null || hop === undefined) throw noLatency(part, `one of ${HOPS.join(", ")} with its milliseconds`);
    const median = Number(match[2]);
    const p99 = Number(match[3] ?? match[2]);
    if (p99 < median || p99 > LONGEST || (median === 0 && p99 > 0)) throw noLatency(part, "a median, and a p99 from there to an hour");
    latencies[hop] = { median, p99 };
  }
  return latencies;
}

function noLatency(part: string, expected: string): HoldfastError {
  return new HoldfastError("BAD_USAGE", `expected ${expected}, got "${part}"`, "for instance issuer=80/900,store=2");
}

/**
 * The inverse of {@link parseLatencies}.
 *
 * @example
 * ```ts
 * formatLatencies(parseLatencies("")); // "browser=40/400,issuer=60/600,store=1/10,crypto=0"
 * ```
 */
export function formatLatencies(latencies: Latencies): string {
  return HOPS.map(
    (hop) => `${hop}=${latencies[hop].median}${latencies[hop].p99 > latencies[hop].median ? `/${latencies[hop].p99}` : ""}`,
  ).join(",");
}

/**
 * How long each operation takes, in milliseconds to the microsecond: the n-th of a hop by (seed, hop, n) alone. Timers know
 * their moment themselves, and take no time beyond it.
 */
export function drawLatencies(latencies: Latencies, seed: string): (operation: Operation) => number {
  const chances = new Map(HOPS.map((hop) => [hop, new Chance(`${seed}/latency/${hop}`)]));
  return (operation) => {
    const hop = hopOf(operation);
    const drawn = hop === null ? 0 : (chances.get(hop)?.lognormal(latencies[hop]) ?? 0);
    return Math.round(Math.min(drawn, LONGEST) * 1_000) / 1_000;
  };
}

function hopOf({ kind, from, to }: Operation): Hop | null {
  switch (kind) {
    case "request":
    case "response":
    case "hang-up":
      return from?.kind === "browser" || to.kind === "browser" ? "browser" : "issuer";
    case "statement":
      return "store";
    case "crypto":
      return "crypto";
    case "timer":
    case "task":
      return null;
  }
}
