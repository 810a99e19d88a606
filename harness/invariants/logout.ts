import type { Credential } from "../model/credential.ts";
import type { EndCause, Event, EventOf } from "../model/event.ts";
import { sentence } from "./because.ts";

/** The ends that someone wanted or time brought. `reuse` is not among them: it is the issuer's suspicion of a faithful client. */
const LEGITIMATE: ReadonlySet<EndCause> = new Set(["user", "admin", "expiry", "theft"]);

/** Whether a session's end is one after which signed-out is the right answer. */
export function endsLegitimately(event: EventOf<"session-ended">): boolean {
  return LEGITIMATE.has(event.cause);
}

/** Jars that a thief has copied somebody's cookies into. */
export type Thieves = Record<string, true>;

/**
 * The session whose stolen cookie an event presents, or null: from then on signed-out is the right answer, whatever the issuer knows.
 * Takes thefts into `thieves`.
 */
export function stolenSession(thieves: Thieves, event: Event): string | null {
  if (event.type === "cookie-stolen") thieves[event.jar] = true;
  return event.type === "load-sent" && thieves[event.jar] === true ? (event.held?.session ?? null) : null;
}

/** An event that signs someone out: the answer signed-out, or a cookie that is gone. */
export interface Logout {
  readonly credential: Credential;
  readonly load: string;
  /** Whose answer did it; null where time did. */
  readonly isolate: string | null;
}

/** The logout that an event is, or null. Who held nothing cannot be signed out. */
export function logoutIn(event: Event): Logout | null {
  if (event.type === "load-answered" && event.answer === "signed-out" && event.held !== null) {
    return { credential: event.held, load: event.load, isolate: event.isolate };
  }
  if (event.type === "jar-changed" && event.before !== null && event.after === null) {
    return { credential: event.before, load: event.load, isolate: event.isolate };
  }
  return null;
}

/**
 * The logout that an event is because it puts the cookie of a session that is over where another session's was; null for all else.
 *
 * @param ended the sessions that are over
 */
export function supplanted(event: Event, ended: Readonly<Record<string, true>>): Logout | null {
  if (event.type !== "jar-changed" || event.before === null || event.after === null) return null;
  if (event.after.session === event.before.session || ended[event.after.session] === undefined) return null;
  return { credential: event.before, load: event.load, isolate: event.isolate };
}

/** A logout that should not have been. */
export interface Broken {
  readonly because: string[];
  /** The load whose answer is still to be told, because its cookie was applied first. */
  awaits: { readonly load: string; readonly step: number } | null;
}

/** Begins the *because* of a logout with what led to it. */
export function brokenBy(event: Event, logout: Logout, before: readonly string[]): Broken {
  return {
    because: [...before, sentence(event)],
    awaits: event.type === "jar-changed" ? { load: logout.load, step: event.step } : null,
  };
}

/** A cookie is applied just before its answer counts. That answer, in the same step, belongs to the same logout; nothing later does. */
export function completeLogout(broken: Broken, event: Event): void {
  if (broken.awaits === null) return;
  if (event.step !== broken.awaits.step) {
    broken.awaits = null;
  } else if (event.type === "load-answered" && event.load === broken.awaits.load) {
    broken.because.push(sentence(event));
    broken.awaits = null;
  }
}
