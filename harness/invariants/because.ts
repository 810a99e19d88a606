import { type Credential, credentialLabel } from "../model/credential.ts";
import type { Event, EventOf, HeldCookie } from "../model/event.ts";

/**
 * One event as a sentence of a *because*. Every invariant speaks through this, so that an engineer reads one style.
 *
 * @param again for `token-presented`: the same token was presented before.
 *
 * @example
 * ```ts
 * const token = { type: "refresh-token", user: "user_ada", session: "s1", family: "F1", generation: 0, sibling: 0 } as const;
 * sentence({ type: "token-presented", step: 14, at: 0, token, isolate: "isolate-1", load: "load-2" });
 * // "step 14 · isolate-1 presents RT F1.g0 for load-2"
 * ```
 */
export function sentence(event: Event, again = false): string {
  return `step ${event.step} · ${clause(event, again)}`;
}

/** What led to something, as far as it is known: a sentence each, in the order of their steps. */
export function sentences(...events: readonly (Event | null | undefined)[]): string[] {
  const known = events.filter((event) => event !== null && event !== undefined);
  return known.sort((a, b) => a.step - b.step).map((event) => sentence(event));
}

/** A sentence without its step, for a place that names the step itself. */
export function clause(event: Event, again = false): string {
  switch (event.type) {
    case "load-sent":
      return `${event.load} of ${event.user}${kindOf(event)} is sent to ${event.isolate} with ${held(event.held)}`;
    case "load-answered":
      return `${event.load} of ${event.user} is answered ${event.answer}${strangers(event)}${detours(event.redirects)}`;
    case "load-redirected":
      return `${event.load} of ${event.user} is sent elsewhere by ${event.isolate}${detours(event.redirects - 1)}`;
    case "load-lost":
      return event.why === "aborted"
        ? `${event.user} navigates away from ${event.load}`
        : `the answer to ${event.load} of ${event.user} is lost`;
    case "logout-sent":
      return `${event.load} of ${event.user} asks ${event.isolate} to sign out ${held(event.held)}`;
    case "logout-answered":
      return event.confirmed
        ? `${event.isolate} confirms that ${event.user} is signed out (${event.load})`
        : `${event.load} of ${event.user} is not confirmed${event.status === null ? ": no answer came" : `: status ${event.status}`}`;
    case "maintenance-sent":
      return `${event.isolate} is asked to do what was left undone`;
    case "maintenance-done":
      return `${event.isolate} has done what was left undone`;
    case "jar-changed":
      return jarClause(event);
    case "cookies-changed":
      return `${event.load} leaves in jar ${event.jar}: ${event.cookies.map(cookie).join(", ") || "nothing"}`;
    case "cookie-stolen":
      return `somebody copies jar ${event.from} with ${held(event.token)} to ${event.jar}`;
    case "issuer-called":
      return `${event.isolate} asks the issuer for ${event.path}${forLoad(event.load)}`;
    case "revocation-asked":
      return `${event.isolate} asks the issuer to end ${event.session}${forLoad(event.load)}`;
    case "token-presented":
      return `${event.isolate} presents ${credentialLabel(event.token)}${again ? " again" : ""}${forLoad(event.load)}`;
    case "token-repeated":
      return `the wire presents ${credentialLabel(event.token)} of ${event.isolate} once more${forLoad(event.load)}`;
    case "token-redeemed":
      return redemptionClause(event);
    case "token-answered":
      return answerClause(event);
    case "answer-discarded":
      return `the other answer to ${event.isolate}${forLoad(event.load)} finds nobody${event.lost === null ? "" : `: ${credentialLabel(event.lost)} is lost`}`;
    case "token-stored":
      return `${event.isolate} stores ${credentialLabel(event.token)}`;
    case "isolate-killed":
      return `${event.isolate} is killed, and its heap is lost`;
    case "isolate-dropped":
      return `${event.isolate} is dropped while it serves nobody, and its heap is lost`;
    case "session-started":
      return `session of ${event.user} started: family ${event.family}`;
    case "session-ended":
      return `session of ${event.user} ended: ${event.cause}${event.detail === "" ? "" : ` (${event.detail})`}`;
    case "keys-changed":
      return `${event.signs} signs from now on; published: ${event.published.join(", ") || "no key"}`;
    case "faults-began":
      return "from now on faults may happen";
    case "faults-ended":
      return "nothing fails any more";
    case "loads-stuck":
      return `nothing can happen any more, and there is no answer to ${event.loads.join(", ")}`;
    case "fault":
      return `fault ${event.fault}${colon(event.detail)}`;
    case "request-sent":
      return `${event.request} of ${event.user} is sent to ${event.isolate}${event.key === null ? "" : ` with key ${event.key}`}`;
    case "request-answered":
      return `${event.request} of ${event.user} is answered`;
    case "request-failed":
      return `${event.request} of ${event.user} is not answered: ${event.reason}`;
    case "committed":
      return committedClause(event);
    case "run-ended":
      return "the run ends";
  }
}

function held(credential: Credential | null): string {
  return credential === null ? "no credential" : credentialLabel(credential);
}

/** What is unusual about a request. */
function kindOf({ purpose, forged }: EventOf<"load-sent">): string {
  const kind = purpose === "page" ? "" : `, ${purpose === "upgrade" ? "an" : "a"} ${purpose},`;
  return forged === null ? kind : `, forged (${forged}),`;
}

function detours(redirects: number): string {
  return redirects === 0 ? "" : ` after ${redirects} ${redirects === 1 ? "redirect" : "redirects"}`;
}

function cookie({ name, holds }: HeldCookie): string {
  return `${name} [${credentialLabel(holds)}]`;
}

function forLoad(load: string | null): string {
  return load === null ? "" : ` for ${load}`;
}

function colon(detail: string): string {
  return detail === "" ? "" : `: ${detail}`;
}

/** Only the users that an answer should not show are worth a word. */
function strangers(event: EventOf<"load-answered">): string {
  const others = event.mentions.filter((user) => user !== event.user);
  return others.length === 0 ? "" : ` and shows ${others.join(" and ")}`;
}

function jarClause(event: EventOf<"jar-changed">): string {
  const { load, before, after } = event;
  const jar = `jar ${event.jar}`;
  if (after === null) return before === null ? `${load} leaves ${jar} empty` : `${load} clears ${credentialLabel(before)} from ${jar}`;
  const owner = after.user === event.user ? "" : `, which belongs to ${after.user}`;
  if (before === null) return `${load} puts ${credentialLabel(after)} into ${jar}${owner}`;
  const back = before.family === after.family && after.generation < before.generation ? "back " : "";
  return `${load} takes ${jar} from ${credentialLabel(before)} ${back}to ${credentialLabel(after)}${owner}`;
}

function redemptionClause(event: EventOf<"token-redeemed">): string {
  const token = credentialLabel(event.token);
  if (event.outcome === "rejected") return `the issuer rejects ${token}${colon(event.detail)}`;
  const successor = event.successor === null ? "nothing" : credentialLabel(event.successor);
  if (event.outcome === "rotated") return `the issuer redeems ${token}: rotated to ${successor}`;
  if (event.outcome === "kept") return `the issuer redeems ${token}, which lives on`;
  return `the issuer redeems ${token} again: ${event.outcome === "replayed" ? "replayed" : "sibling"} ${successor}`;
}

function answerClause(event: EventOf<"token-answered">): string {
  const token = credentialLabel(event.token);
  switch (event.answer.kind) {
    case "issued":
      // An issuer that rotates nothing gives back what it was given, or does not mention it.
      if (credentialLabel(event.answer.successor) === token)
        return `${event.isolate} is told to go on with ${token}${event.load === null ? "" : ` (${event.load})`}`;
      return `${event.isolate} is issued ${credentialLabel(event.answer.successor)} for ${token}${event.load === null ? "" : ` (${event.load})`}`;
    case "rejected":
      return `${event.isolate} is told that ${token} is rejected${event.load === null ? "" : ` (${event.load})`}`;
    case "fault":
      return `${event.isolate} gets no verdict on ${token}${forLoad(event.load)}${colon(event.answer.detail)}`;
  }
}

function committedClause({ isolate, request, stored, exposed }: EventOf<"committed">): string {
  const counts = (["workspaces", "members", "apiKeys", "events", "records"] as const).map(
    (table) => `${stored[table].length} ${NOUNS[table]}`,
  );
  const clear = exposed.length === 0 ? "" : `, with ${exposed.join(" and ")} in clear`;
  return `${isolate} commits${request === null ? "" : ` for ${request}`}: there are ${counts.join(", ")}${clear}`;
}

const NOUNS = { workspaces: "workspaces", members: "members", apiKeys: "API keys", events: "events", records: "records" } as const;
