import type { Answer } from "../answer.ts";
import { json, noStore } from "../http.ts";
import { Reply } from "../message.ts";
import type { Address } from "./address.ts";
import { checkRule, type FaultEffect, type FaultRule, isAbout, strikes } from "./fault-plan.ts";

/** A rule that is in force, and what it has done so far. */
export interface Fault {
  /** `fault 1`, `fault 2`, … in the order of their beginning. */
  readonly id: string;
  readonly rule: FaultRule;
  /** Requests that fitted. */
  readonly seen: number;
  /** Requests that it struck. */
  readonly struck: number;
}

/** A request that waits. */
export interface Held {
  /** `held 1`, `held 2`, … in the order of their arrival. */
  readonly id: string;
  readonly fault: string;
  readonly when: FaultRule["when"];
  readonly address: Address;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What a request came to, and the faults that struck it on its way. */
export interface Outcome {
  readonly answer: Answer;
  readonly faults: readonly string[];
}

/** The fault plan of one issuer. */
export interface Faults {
  /** False when there is no rule: requests need not be looked at. */
  readonly active: boolean;
  /**
   * Adds rules. Where several fit a request they strike in this order, and the first that answers it ends it.
   *
   * @returns the ids, in order
   * @throws {HoldfastError} `BAD_USAGE` for a rule that means nothing; then none is added
   */
  add(...rules: readonly FaultRule[]): readonly string[];
  /** Ends a rule and releases what it holds. False when there is none of that id. */
  remove(id: string): boolean;
  /** Ends all rules and releases all that is held. */
  clear(): void;
  list(): readonly Fault[];
  held(): readonly Held[];
  /** Resolves once so many requests wait for a fault at the same time; at once where they do. */
  whenHeld(fault: string, count: number): Promise<void>;
  /**
   * Lets requests go on, in the order of their arrival: those of one fault, one of them, or all.
   *
   * @returns how many
   */
  release(id?: string): number;
  /** Breaks the connection of all that is held: the issuer goes away. */
  abandon(): void;
  /** @param gone aborted when the client has gone: a request that waits before its commit then never was one */
  apply(address: Address, commit: () => Promise<Reply>, gone: AbortSignal | undefined): Promise<Outcome>;
  state(): unknown;
}

interface Rule extends Fault {
  seen: number;
  struck: number;
}

interface Waiting extends Held {
  /** False: it breaks instead. */
  go(on: boolean): void;
}

/** @param wait resolves so many milliseconds later; without it no fault can be slow */
export function createFaults(now: () => number, wait?: (ms: number) => Promise<void>): Faults {
  let rules: Rule[] = [];
  let waiting: Waiting[] = [];
  let added = 0;
  let everHeld = 0;
  let watching: { readonly fault: string; readonly count: number; readonly resolve: () => void }[] = [];

  /** Tells those who wait for others to wait. */
  function tell(): void {
    const enough = watching.filter(({ fault, count }) => waiting.filter((one) => one.fault === fault).length >= count);
    watching = watching.filter((one) => !enough.includes(one));
    for (const { resolve } of enough) resolve();
  }

  /** The rules that strike this request. Counting is one step with the arrival, so that the nth is the nth to arrive. */
  function arrive(address: Address): Rule[] {
    const fitting = rules.filter(({ rule }) => isAbout(rule, address));
    for (const fault of fitting) fault.seen++;
    const striking = fitting.filter(({ rule, seen, struck }) => seen >= (rule.nth ?? 1) && struck < strikes(rule));
    for (const fault of striking) fault.struck++;
    return striking;
  }

  /** Resolves to false when the connection breaks meanwhile. */
  function hold({ id: fault, rule }: Rule, address: Address, gone: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const onGone = () => void leave([one], false);
      const one: Waiting = {
        ...{ id: `held ${++everHeld}`, fault, when: rule.when, address, since: now() },
        go(on) {
          gone?.removeEventListener("abort", onGone);
          resolve(on);
        },
      };
      waiting.push(one);
      gone?.addEventListener("abort", onGone);
      if (gone?.aborted) {
        onGone();
        return;
      }
      tell();
      const together = waiting.filter((other) => other.fault === fault);
      const { requests } = rule.effect as Extract<FaultEffect, { kind: "hold" }>;
      if (requests !== undefined && together.length >= requests) leave(together, true);
    });
  }

  function leave(which: readonly Waiting[], on: boolean): number {
    waiting = waiting.filter((one) => !which.includes(one));
    for (const one of which) one.go(on);
    return which.length;
  }

  /** What a fault answers, or null when the request goes on. */
  async function strike(fault: Rule, address: Address, gone: AbortSignal | undefined): Promise<Answer | null> {
    const { effect } = fault.rule;
    switch (effect.kind) {
      case "reset":
        return { kind: "reset" };
      case "answer":
        return { kind: "reply", reply: instead(effect) };
      case "slow":
        await wait?.(effect.ms);
        return null;
      case "hold":
        return (await hold(fault, address, gone)) ? null : { kind: "reset" };
      case "truncate":
        return null;
    }
  }

  return {
    get active() {
      return rules.length > 0;
    },
    add(...given) {
      for (const rule of given) checkRule(rule, wait !== undefined);
      const fresh = given.map((rule) => ({ id: `fault ${++added}`, rule: structuredClone(rule), seen: 0, struck: 0 }));
      rules.push(...fresh);
      return fresh.map(({ id }) => id);
    },
    remove(id) {
      const before = rules.length;
      rules = rules.filter((rule) => rule.id !== id);
      leave(
        waiting.filter(({ fault }) => fault === id),
        true,
      );
      return rules.length < before;
    },
    clear() {
      rules = [];
      leave(waiting, true);
    },
    list: () => rules.map((rule) => ({ ...rule })),
    held: () => waiting.map(({ go: _, ...held }) => held),
    whenHeld: (fault, count) =>
      new Promise((resolve) => {
        watching.push({ fault, count, resolve });
        tell();
      }),
    release: (id) =>
      leave(
        waiting.filter((one) => id === undefined || one.id === id || one.fault === id),
        true,
      ),
    abandon: () => void leave(waiting, false),
    async apply(address, commit, gone) {
      const striking = arrive(address);
      const faults = striking.map(({ id }) => id);
      const at = (when: FaultRule["when"]) => striking.filter(({ rule }) => rule.when === when);
      for (const fault of at("before-commit")) {
        const answer = await strike(fault, address, gone);
        if (answer !== null) return { answer, faults };
      }
      const reply = await commit();
      for (const fault of at("after-commit")) {
        const answer = fault.rule.effect.kind === "truncate" ? cut(reply, fault.rule.effect.bytes) : await strike(fault, address, gone);
        if (answer !== null) return { answer, faults };
      }
      return { answer: { kind: "reply", reply }, faults };
    },
    state: () => [
      rules.map(({ id, rule, seen, struck }) => [id, rule, Math.min(seen, rule.nth ?? 1), Math.min(struck, strikes(rule))]),
      waiting.map(({ fault, when, address: { method, endpoint, token } }) => [fault, when, method, endpoint, token?.label ?? null]),
    ],
  };
}

function cut(reply: Reply, bytes: number | undefined): Answer {
  const whole = Buffer.from(typeof reply.body === "string" ? reply.body : "");
  // Nothing can be cut from an answer without a body but the answer itself.
  if (whole.length === 0) return { kind: "reset" };
  const part = whole.subarray(0, Math.min(bytes ?? whole.length >> 1, whole.length - 1));
  return { kind: "truncated", reply, part, length: whole.length };
}

function instead({ status, body = "json", retryAfter }: Extract<FaultEffect, { kind: "answer" }>): Reply {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  switch (body) {
    case "json":
      return json(status, { error: "temporarily_unavailable", error_description: "The issuer's fault plan says so." }, headers);
    case "empty-key-set":
      return json(status, { keys: [] }, headers);
    case "empty":
      return new Reply(null, { status, headers: { ...noStore, ...headers } });
    case "html": {
      const page = `<!doctype html><title>${status}</title><h1>${status}</h1><p>The issuer's fault plan says so.</p>\n`;
      return new Reply(page, { status, headers: { "content-type": "text/html; charset=utf-8", ...noStore, ...headers } });
    }
  }
}
