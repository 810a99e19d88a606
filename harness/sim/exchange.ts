import type { Actor, ActorKind } from "./actor.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** One request and what becomes of it. */
export interface Exchange {
  readonly from: Actor;
  readonly to: Actor;
  /** The piece of work that it belongs to, for instance a page load. */
  readonly task: string | null;
  readonly request: WireRequest;
  readonly url: URL;
}

/** A request on its way to one server. */
export interface Delivery extends Exchange {
  /** Tells it from the equal requests of its task, see `World.ordinal`. */
  readonly ordinal: number;
  /** How often its sender had been killed when it was sent. */
  readonly deaths: number;
  /** The wire has made it of another one. */
  readonly isCopy: boolean;
}

/**
 * The piece of work that a copy of a request begins: one of its own, since who serves both knows them apart, and what each has received
 * stands for what it does next. An issuer serves a request within its step.
 */
export function taskOfCopy({ task }: Delivery, to: Actor): string | null {
  return task === null || to.kind === "issuer" ? task : `${task}.copy`;
}

/** The piece of work that a request was sent for, and that copies of it belong to. */
export function originalTask(task: string | null): string | null {
  return task?.replace(/(\.copy)+$/, "") ?? null;
}

/** What came back, and who gave it. */
export interface Answered {
  readonly from: Actor;
  readonly response: WireResponse;
}

/** A fault on a kind of message, offered to the explorer while the world's budget for its name lasts. */
interface FaultOn {
  readonly name: string;
  readonly from: ActorKind;
  readonly to: ActorKind;
}

export interface RequestFault extends FaultOn {
  readonly on: "request";
  /**
   * - `lost`: it never arrives, and the caller sees its connection end.
   * - `duplicated`: it arrives, and a copy of it is on its way to any server of its origin.
   * - An answer: the caller gets this one, and nothing is processed.
   */
  readonly effect: "lost" | "duplicated" | WireResponse;
}

export interface ResponseFault extends FaultOn {
  readonly on: "response";
  /** `lost`: the caller sees its connection end. An answer: the caller gets this one. */
  readonly effect: "lost" | WireResponse;
}

export type NetworkFault = RequestFault | ResponseFault;

/** Told of what happens on the wire, in order. */
export interface NetworkObserver {
  sent(exchange: Exchange): void;
  /** The answer is at the caller, who has not run yet. */
  answered(exchange: Exchange, response: WireResponse): void;
  /** The caller learns that no answer will come. `response` is what was lost; null when nobody had answered yet. */
  lost(exchange: Exchange, response: WireResponse | null): void;
  /** The caller has had the answer to another copy of its request: this one finds nobody. */
  discarded?(exchange: Exchange, response: WireResponse | null): void;
  /** A copy of a request is at its server, who has not run yet. */
  repeated?(exchange: Exchange): void;
  /** @param copyTo where a copy of the request is on its way to; null where there is none */
  fault(name: string, exchange: Exchange, copyTo: Actor | null): void;
  /** The server's handler rejected, and its caller will get a bare 500. */
  threw?(exchange: Exchange, error: unknown): void;
}
