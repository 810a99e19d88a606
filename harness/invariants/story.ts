import { credentialLabel } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";
import { sentence } from "./because.ts";

/** An event and its place in the run: several events share a step. */
interface Noted<E extends Event = Event> {
  readonly order: number;
  readonly event: E;
}

interface Presentation extends Noted<EventOf<"token-presented">> {
  readonly again: boolean;
  /** Null while the answer is on its way. */
  answer: Noted<EventOf<"token-answered">> | null;
}

interface TokenHistory {
  presented: Presentation[];
  /** The wire's first copy of a presentation at the issuer. */
  repeated: Noted<EventOf<"token-repeated">> | null;
  /** The last answer to a copy that took a successor with it. */
  discarded: Noted<EventOf<"answer-discarded">> | null;
  /** The first redemption that gave a successor. */
  redeemed: Noted<EventOf<"token-redeemed">> | null;
  firstRejected: Noted<EventOf<"token-redeemed">> | null;
  lastRejected: Noted<EventOf<"token-redeemed">> | null;
}

interface End extends Noted<EventOf<"session-ended">> {
  /** The token whose rejection came in the same step: the issuer ended the session over it. */
  culprit: string | null;
}

/**
 * What a *because* about refresh tokens is told from: the presentations and redemptions that mattered, token by token.
 * It is evidence only and never decides a verdict. It keeps events instead of sentences, since most runs never tell it.
 */
export interface Story {
  order: number;
  /** By label, for instance `RT F1.g0`. */
  tokens: Record<string, TokenHistory>;
  /** By session: its first end. */
  ends: Record<string, End>;
  lastRejection: { label: string; step: number } | null;
  lastFault: Noted<EventOf<"fault">> | null;
}

/** An empty story. */
export function newStory(): Story {
  return { order: 0, tokens: {}, ends: {}, lastRejection: null, lastFault: null };
}

/** Takes one event into the story. */
export function note(story: Story, event: Event): void {
  const order = story.order++;
  switch (event.type) {
    case "token-presented": {
      const { presented } = historyOf(story, credentialLabel(event.token));
      presented.push({ order, event, again: presented.length > 0, answer: null });
      return;
    }
    case "token-repeated":
      historyOf(story, credentialLabel(event.token)).repeated ??= { order, event };
      return;
    case "answer-discarded":
      if (event.lost !== null) historyOf(story, credentialLabel(event.token)).discarded = { order, event };
      return;
    case "token-redeemed":
      noteRedemption(story, { order, event });
      return;
    case "token-answered": {
      const history = historyOf(story, credentialLabel(event.token));
      const asked = history.presented.find((p) => p.answer === null && p.event.isolate === event.isolate && p.event.load === event.load);
      if (asked !== undefined) asked.answer = { order, event };
      history.presented = history.presented.filter(worthKeeping);
      return;
    }
    case "session-ended": {
      const culprit = story.lastRejection?.step === event.step ? story.lastRejection.label : null;
      story.ends[event.session] ??= { order, event, culprit };
      return;
    }
    case "fault":
      story.lastFault = { order, event };
      return;
  }
}

function historyOf(story: Story, label: string): TokenHistory {
  story.tokens[label] ??= { presented: [], repeated: null, discarded: null, redeemed: null, firstRejected: null, lastRejected: null };
  return story.tokens[label];
}

function noteRedemption(story: Story, noted: Noted<EventOf<"token-redeemed">>): void {
  const label = credentialLabel(noted.event.token);
  const history = historyOf(story, label);
  if (noted.event.outcome !== "rejected") {
    history.redeemed ??= noted;
    return;
  }
  history.firstRejected ??= noted;
  history.lastRejected = noted;
  story.lastRejection = { label, step: noted.event.step };
  // An issuer may journal the end of the session before the rejection that goes with it.
  for (const end of Object.values(story.ends)) {
    if (end.event.step === noted.event.step) end.culprit ??= label;
  }
}

/** Of the answered ones, the first and the last of each kind at each isolate: a client may ask a dead token for ever. */
function worthKeeping(presentation: Presentation, _: number, all: readonly Presentation[]): boolean {
  if (presentation.answer === null) return true;
  const alike = all.filter((other) => answerOf(other) === answerOf(presentation) && other.event.isolate === presentation.event.isolate);
  return alike[0] === presentation || alike.at(-1) === presentation;
}

function answerOf(presentation: Presentation): "issued" | "rejected" | "fault" | null {
  return presentation.answer?.event.answer.kind ?? null;
}

/** Who was answered: the session at stake, the isolate and the load. */
export interface Stake {
  readonly session: string;
  readonly isolate: string | null;
  readonly load: string;
}

/**
 * The rejections that stand behind the logout of a session: for the token that ended it, and for the one that this load
 * was told about, both presentations and both redemptions; then the end. Empty when nothing was rejected.
 */
export function rejectionBehind(story: Story, stake: Stake): readonly string[] {
  const end = story.ends[stake.session];
  const own = ownRejection(story, stake);
  const labels = new Set<string>();
  if (end !== undefined && end.culprit !== null) labels.add(end.culprit);
  if (own !== undefined) labels.add(credentialLabel(own.event.token));
  const lines: Noted[] = end === undefined ? [] : [end];
  for (const label of labels) {
    lines.push(...reuseOf(historyOf(story, label), own !== undefined && credentialLabel(own.event.token) === label ? own : undefined));
  }
  return tell(lines);
}

/** The rejected presentation behind an answer: the load's own, else its isolate's latest, else the latest of the session. */
function ownRejection(story: Story, stake: Stake): Presentation | undefined {
  const rejected = presentationsOf(story, stake.session).filter((p) => answerOf(p) === "rejected");
  return (
    rejected.findLast((p) => p.event.load === stake.load) ?? rejected.findLast((p) => p.event.isolate === stake.isolate) ?? rejected.at(-1)
  );
}

function presentationsOf(story: Story, session: string): Presentation[] {
  return Object.values(story.tokens)
    .flatMap((history) => history.presented)
    .filter((p) => p.event.token.session === session)
    .sort((a, b) => a.order - b.order);
}

function reuseOf(history: TokenHistory, own: Presentation | undefined): Noted[] {
  const { presented, repeated, discarded, redeemed, firstRejected, lastRejected } = history;
  const loser = presented.find((p) => answerOf(p) === "rejected");
  // The journal does not say which presentation it redeemed; the answer does. Until it arrives, the earliest undecided one stands for it.
  const winner =
    presented.find((p) => answerOf(p) === "issued") ??
    presented.find((p) => answerOf(p) !== "rejected" && redeemed !== null && p.order < redeemed.order);
  const lines: (Noted | null | undefined)[] = [winner, loser, own, repeated, discarded, redeemed, firstRejected];
  if (own !== undefined && lastRejected !== null && lastRejected.order > own.order) {
    // Its own rejection is a line of its own only if it was asked after the first one had fallen.
    if (firstRejected !== null && firstRejected.order < own.order) lines.push(lastRejected);
  }
  return lines.filter((line) => line !== null && line !== undefined);
}

/** The last presentation of this session's tokens that met a fault at this isolate, and the fault. Empty when there was none. */
export function faultBehind(story: Story, stake: Stake): readonly string[] {
  const faulted = presentationsOf(story, stake.session).filter((p) => answerOf(p) === "fault");
  const last = faulted.findLast((p) => p.event.load === stake.load) ?? faulted.findLast((p) => p.event.isolate === stake.isolate);
  if (last === undefined || last.answer === null) return [];
  const { redeemed } = historyOf(story, credentialLabel(last.event.token));
  const lines: Noted[] = [last, last.answer];
  // The issuer may have committed before the answer was lost: then this is what was lost.
  if (redeemed !== null && redeemed.order > last.order && redeemed.order < last.answer.order) lines.push(redeemed);
  if (story.lastFault !== null && story.lastFault.order < last.answer.order) lines.push(story.lastFault);
  return tell(lines);
}

/** How a token was settled: the first presentation with a definitive answer, its redemption, and the answer. */
export function settlementOf(story: Story, label: string): readonly string[] {
  const history = historyOf(story, label);
  const settled = history.presented
    .filter((p) => answerOf(p) === "issued" || answerOf(p) === "rejected")
    .sort((a, b) => (a.answer?.order ?? 0) - (b.answer?.order ?? 0))[0];
  if (settled === undefined) return [];
  const redemption = answerOf(settled) === "issued" ? history.redeemed : history.firstRejected;
  return tell([settled, settled.answer, redemption].filter((line) => line !== null));
}

function tell(lines: readonly Noted[]): string[] {
  // One presentation may play two parts, and is told once.
  return [...new Set(lines)].sort((a, b) => a.order - b.order).map((line) => sentence(line.event, "again" in line && line.again === true));
}
