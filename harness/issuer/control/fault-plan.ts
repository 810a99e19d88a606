import { HoldfastError } from "../../model/error.ts";
import type { Address, Endpoint } from "./address.ts";

/** Which requests a fault is for. A request must fit everything that is given; with nothing given, every request does. */
export interface FaultAddress {
  readonly endpoint?: Endpoint | undefined;
  /** For instance `refresh_token`. */
  readonly grantType?: string | undefined;
  readonly clientId?: string | undefined;
  /** The family of the refresh token that is presented, for instance `F1`. */
  readonly family?: string | undefined;
  /** The generation of the refresh token that is presented; 0 is the sign-in's. */
  readonly generation?: number | undefined;
}

/** What happens to a request. */
export type FaultEffect =
  /** The connection breaks. */
  | { readonly kind: "reset" }
  /** The answer breaks off after so many bytes of its body, or in its middle. Only after the commit, for before it there is no answer. */
  | { readonly kind: "truncate"; readonly bytes?: number | undefined }
  /**
   * Another answer, as from a proxy in between. `empty-key-set` is a key set with no key.
   * `retryAfter` is in seconds.
   */
  | {
      readonly kind: "answer";
      /** 200, or 400 to 599. */
      readonly status: number;
      readonly body?: "html" | "json" | "empty" | "empty-key-set" | undefined;
      readonly retryAfter?: number | undefined;
    }
  /** It takes so many milliseconds longer. */
  | { readonly kind: "slow"; readonly ms: number }
  /** It waits until it is released, or until so many requests wait for this fault, which then all go on. */
  | { readonly kind: "hold"; readonly requests?: number | undefined };

/** One fault of a plan, as plain JSON. */
export interface FaultRule {
  readonly at?: FaultAddress | undefined;
  /** The first of the fitting requests that it strikes; 1 unless given. */
  readonly nth?: number | undefined;
  /** How many fitting requests it strikes from there on; null is all of them. One unless given, or those that a hold waits for. */
  readonly times?: number | null | undefined;
  /** Before the issuer has seen the request, or after it has changed its state and answered. */
  readonly when: "before-commit" | "after-commit";
  readonly effect: FaultEffect;
}

/** Whether a rule is about such requests. */
export function isAbout({ at = {} }: FaultRule, address: Address): boolean {
  const { credential } = address.token ?? {};
  return (
    (at.endpoint === undefined || at.endpoint === address.endpoint) &&
    (at.grantType === undefined || at.grantType === address.grantType) &&
    (at.clientId === undefined || at.clientId === address.clientId) &&
    (at.family === undefined || at.family === credential?.family) &&
    (at.generation === undefined || at.generation === credential?.generation)
  );
}

/** How many fitting requests a rule strikes; infinite where it has no end. */
export function strikes({ times, effect }: FaultRule): number {
  if (times === null) return Number.POSITIVE_INFINITY;
  return times ?? (effect.kind === "hold" ? (effect.requests ?? 1) : 1);
}

/**
 * Refuses a rule that would mean nothing.
 *
 * @throws {HoldfastError} `BAD_USAGE`
 */
export function checkRule(rule: FaultRule, canWait: boolean): void {
  const { effect, when, nth = 1, times = null } = rule;
  if (!isCount(nth)) throw bad("`nth` to be a whole number from 1", nth, "1 is the first fitting request");
  if (times !== null && !isCount(times)) throw bad("`times` to be a whole number from 1, or null", times, "null strikes for ever");
  switch (effect.kind) {
    case "truncate":
      if (when === "before-commit") throw bad("a truncated answer `after-commit`", when, "before the commit there is no answer to cut");
      if (effect.bytes !== undefined && !(Number.isInteger(effect.bytes) && effect.bytes >= 0)) {
        throw bad("`bytes` to be a whole number", effect.bytes, "leave it out to cut the answer in its middle");
      }
      break;
    case "answer":
      if (!isStatus(effect.status)) throw bad("a status of 200, or of 400 to 599", effect.status, "a redirect is no fault");
      if (effect.retryAfter !== undefined && !(Number.isInteger(effect.retryAfter) && effect.retryAfter >= 0)) {
        throw bad("`retryAfter` in whole seconds", effect.retryAfter, "the header has no smaller unit");
      }
      break;
    case "slow":
      if (!(effect.ms >= 0 && effect.ms <= MOST_MS))
        throw bad(`\`ms\` from 0 to ${MOST_MS}`, effect.ms, "hold it instead, if it shall wait longer");
      if (!canWait) throw bad("an issuer that can wait", "none", "give it `wait`, or hold the request and release it");
      break;
    case "hold":
      if (effect.requests !== undefined && !isCount(effect.requests)) {
        throw bad("`requests` to be a whole number from 1", effect.requests, "leave it out to hold until released");
      }
      if (effect.requests !== undefined && effect.requests > strikes(rule)) {
        throw bad(`\`times\` of at least the ${effect.requests} requests that it waits for`, times, "or nothing would ever open it");
      }
      break;
  }
}

/** Ten minutes: longer than any client waits. */
const MOST_MS = 600_000;

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function isStatus(value: number): boolean {
  return value === 200 || (Number.isInteger(value) && value >= 400 && value <= 599);
}

function bad(expected: string, got: unknown, hint: string): HoldfastError {
  return new HoldfastError("BAD_USAGE", `expected ${expected}, got ${String(got)}`, hint);
}
