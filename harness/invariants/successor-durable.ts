import type { Credential } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentences } from "./because.ts";
import { BROKEN, sortedEntries, unordered } from "./canonical.ts";

/** What is known of a family that lives. */
interface Family {
  /** The newest generation that the issuer has issued. */
  newest: number;
  /** The newest generation that a jar or the store has had. */
  kept: number;
  /** Isolates that live and were issued the newest. */
  had: string[];
  /** The issuer has just answered the newest by keeping it. */
  lives: boolean;
  /** The store has had the newest. */
  stored: boolean;
  /** The issuer has refused an older generation than the newest: it hands that one out no more. */
  refused: boolean;
}

interface State {
  families: Record<string, Family>;
  /** By family: the isolates whose presentations are on their way, each as often as it has one. */
  flying: Record<string, string[]>;
  /** Loads in flight with a credential, by load. */
  loads: Record<string, { readonly family: string; readonly isolate: string }>;
  evidence: {
    /** By family: how the newest generation came into the world and to an isolate, and how an older one was refused. */
    told: Record<string, Event[]>;
  };
  broken: { readonly family: string; readonly because: string[] } | null;
}

/**
 * A successor outlives the request that fetched it: when the issuer refuses its parent, a jar or the store has it, or something is in
 * flight that can still put it there: an answer of the issuer, or a load at an isolate that was issued it. What an isolate may have
 * kept in its heap beyond that does not count, since presenting the parent again shows that it was of no use.
 *
 * A family that its user, an administrator, time or a thief has ended needs no successor. A successor that a fault destroyed together
 * with every copy is *cannot be had*: the lane tells that apart.
 *
 * @example
 * ```ts
 * const state = successorDurable.init(context);
 * for (const event of events) successorDurable.on(state, event);
 * successorDurable.verdict(state); // null while it holds
 * ```
 */
export const successorDurable: Invariant<State> = {
  id: "successor-durable",
  holds: "a successor is held by a surviving actor or store before its parent can no longer be replayed, unless it cannot be had",
  classes: ["C"],
  init: () => ({ families: {}, flying: {}, loads: {}, evidence: { told: {} }, broken: null }),
  on(state, event) {
    if (state.broken !== null) return;
    switch (event.type) {
      case "session-started":
        state.families[event.family] = { newest: 0, kept: 0, had: [], lives: false, stored: false, refused: false };
        return;
      case "session-ended":
        // What was ended for reuse needed its successor more than ever.
        if (event.cause !== "reuse") delete state.families[event.family];
        return;
      case "token-repeated":
        state.evidence.told[event.token.family]?.push(event);
        fly(state, event);
        return;
      case "token-presented":
        fly(state, event);
        return;
      case "answer-discarded":
        land(state, event.token.family, event.isolate);
        judge(state, event.token.family, event);
        return;
      case "token-redeemed":
        onRedeemed(state, event);
        return;
      case "token-answered":
        onAnswered(state, event);
        return;
      case "token-stored": {
        const family = state.families[event.token.family];
        if (family !== undefined && event.token.generation === family.newest) family.stored = true;
        keep(state, event.token);
        return;
      }
      case "jar-changed":
        if (event.after !== null) keep(state, event.after);
        else if (event.before !== null) onCleared(state, event, event.before);
        return;
      case "load-sent":
        if (event.held !== null) state.loads[event.load] = { family: event.held.family, isolate: event.isolate };
        return;
      case "load-answered":
      case "load-lost": {
        const family = state.loads[event.load]?.family;
        delete state.loads[event.load];
        if (family !== undefined) judge(state, family, event);
        return;
      }
      case "isolate-killed":
      case "isolate-dropped":
        onKilled(state, event);
        return;
    }
  },
  key: (state) =>
    state.broken === null
      ? [
          sortedEntries(state.families, ({ newest, kept, had, lives, stored, refused }) => [
            newest,
            kept,
            unordered(had),
            lives,
            stored,
            refused,
          ]),
          sortedEntries(state.flying, unordered),
          sortedEntries(state.loads),
        ]
      : BROKEN,
  verdict: (state) => state.broken?.because ?? null,
  family: (state) => state.broken?.family ?? null,
};

function onRedeemed(state: State, event: EventOf<"token-redeemed">): void {
  const { family: name, generation } = event.token;
  const family = state.families[name];
  if (family === undefined) return;
  if (event.outcome === "kept") {
    family.lives = true;
    state.evidence.told[name] = [event];
  }
  if (event.outcome === "rejected") family.lives = false;
  if (event.outcome === "rejected" && generation < family.newest) {
    family.refused = true;
    state.evidence.told[name] = [...(state.evidence.told[name] ?? []), event];
  }
  if (event.successor !== null && event.successor.generation > family.newest) {
    state.families[name] = { ...family, newest: event.successor.generation, had: [], lives: false, stored: false, refused: false };
    state.evidence.told[name] = [event];
  }
}

function onAnswered(state: State, event: EventOf<"token-answered">): void {
  const { family: name } = event.token;
  land(state, name, event.isolate);
  const family = state.families[name];
  if (family !== undefined && event.answer.kind === "issued" && event.answer.successor.generation === family.newest) {
    family.had = [...new Set([...family.had, event.isolate])].sort();
    state.evidence.told[name] = [...(state.evidence.told[name] ?? []), event];
  }
  // How it was lost belongs to the story of its loss.
  if (event.answer.kind === "fault") state.evidence.told[name]?.push(event);
  judge(state, name, event);
}

/** A jar or the store has it. */
function keep(state: State, { family: name, generation }: { readonly family: string; readonly generation: number }): void {
  const family = state.families[name];
  if (family !== undefined) family.kept = Math.max(family.kept, generation);
}

/** An issuer that keeps its token hands out no other: whoever removes the only copy has destroyed what lives on. */
function onCleared(state: State, event: EventOf<"jar-changed">, before: Credential): void {
  const family = state.families[before.family];
  const isLast = family?.lives === true && !family.stored && before.generation === family.newest;
  if (!isLast || event.isolate === null) return;
  const because = sentences(...(state.evidence.told[before.family] ?? []), event);
  state.broken = { family: before.family, because };
}

function onKilled(state: State, event: EventOf<"isolate-killed" | "isolate-dropped">): void {
  for (const name of Object.keys(state.flying)) while (land(state, name, event.isolate));
  for (const [load, { isolate }] of Object.entries(state.loads)) if (isolate === event.isolate) delete state.loads[load];
  for (const [name, family] of Object.entries(state.families)) {
    family.had = family.had.filter((isolate) => isolate !== event.isolate);
    judge(state, name, event);
  }
}

function fly(state: State, { token, isolate }: EventOf<"token-presented" | "token-repeated">): void {
  state.flying[token.family] = [...(state.flying[token.family] ?? []), isolate].sort();
}

/** Takes one presentation of this isolate from those on their way; false when it has none. */
function land(state: State, family: string, isolate: string): boolean {
  const flying = state.flying[family] ?? [];
  const index = flying.indexOf(isolate);
  if (index < 0) return false;
  const left = flying.toSpliced(index, 1);
  if (left.length > 0) state.flying[family] = left;
  else delete state.flying[family];
  return true;
}

function judge(state: State, name: string, event: Event): void {
  const family = state.families[name];
  if (family === undefined || !family.refused || family.kept >= family.newest) return;
  const isOnItsWay = state.flying[name] !== undefined;
  const isInHand = Object.values(state.loads).some((load) => load.family === name && family.had.includes(load.isolate));
  if (isOnItsWay || isInHand) return;
  const told = state.evidence.told[name] ?? [];
  const because = sentences(...new Set([...told, event]));
  state.broken = { family: name, because };
}
