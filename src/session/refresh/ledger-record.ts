import type { SessionReference } from "../session-data.ts";
import { FREE, type Lease, released } from "../store/lease.ts";
import type { EndReason } from "./strategy.ts";

/** What all isolates know of one session. */
export interface LedgerRecord {
  /** Above the epoch of a cookie: the session has been ended, for {@link LedgerRecord.endedBy}. */
  readonly epoch: number;
  readonly endedBy: EndReason | null;
  /** The newest generation that the issuer has issued to us. */
  readonly generation: number;
  /** The organization of that generation. */
  readonly organizationId: string | null;
  /** Until when a browser may keep a cookie of this session (ms since the epoch): the latest end of its refresh tokens so far. */
  readonly until: number;
  /** The session in that generation, sealed; null while only the cookie has it. */
  readonly sealed: string | null;
  /** The right to refresh that generation. */
  readonly lease: Lease;
  /** In the issuer's words, why it rejected that generation; null when it has not. */
  readonly rejected: string | null;
  /** Generations and when a browser first presented them (ms since the epoch), ascending, while their windows are open. */
  readonly presented: readonly (readonly [generation: number, at: number])[];
  /** Generations below this one are never adopted again. */
  readonly closedBelow: number;
}

/** The record of a session that has none: it says no more than the cookie. */
export function firstRecord({ epoch, generation, organizationId, expiresAt }: SessionReference): LedgerRecord {
  return {
    epoch,
    endedBy: null,
    generation,
    organizationId,
    until: expiresAt,
    sealed: null,
    lease: FREE,
    rejected: null,
    presented: [],
    closedBelow: 0,
  };
}

/** The record to go on from: as it stands, or the cookie's word where there is none, or where it was restored from an older copy. */
export function upTo(record: LedgerRecord | null, cookie: SessionReference): LedgerRecord {
  if (record === null) return firstRecord(cookie);
  const { generation, organizationId } = cookie;
  if (record.generation >= generation) return record;
  return { ...record, generation, organizationId, until: later(record, cookie), sealed: null, rejected: null };
}

/**
 * Whether a cookie of an older generation may still be answered with the newest: until a newer one has first been presented,
 * plus the window. What was rotated in between changes nothing.
 *
 * @param now Milliseconds since the epoch.
 * @param window Milliseconds.
 */
export function isAdoptable(record: LedgerRecord, generation: number, now: number, window: number): boolean {
  if (generation < record.closedBelow) return false;
  const superseded = record.presented.find(([presented]) => presented > generation);
  return superseded === undefined || now < superseded[1] + window;
}

/** The record that knows of this presentation; the same one when it is nothing new. */
export function presented(record: LedgerRecord, generation: number, now: number, window: number): LedgerRecord {
  const newest = record.presented.at(-1)?.[0] ?? record.closedBelow;
  if (generation <= newest) return record;
  const open = record.presented.filter(([, at]) => now < at + window);
  // Windows close in the order in which they were opened, so one number stands for all that are shut.
  const closed = record.presented[record.presented.length - open.length - 1];
  return { ...record, presented: [...open, [generation, now]], closedBelow: closed?.[0] ?? record.closedBelow };
}

/** The next generation stands. */
export function rotated(record: LedgerRecord, successor: SessionReference, sealed: string): LedgerRecord {
  const { generation, organizationId } = successor;
  const until = later(record, successor);
  return { ...record, generation, organizationId, until, sealed, lease: released(record.lease), rejected: null };
}

function later({ until }: LedgerRecord, { expiresAt }: SessionReference): number {
  return Math.max(until, expiresAt);
}

/** Nobody is admitted any more. */
export function ended(record: LedgerRecord, reason: EndReason): LedgerRecord {
  return { ...record, epoch: record.epoch + 1, endedBy: reason, sealed: null, lease: released(record.lease) };
}

/** As it is stored. */
export function encodeRecord(record: LedgerRecord): string {
  return JSON.stringify({ v: 1, ...record });
}

/** @throws Error when another version of the software wrote it. */
export function decodeRecord(text: string): LedgerRecord {
  const { v, ...record } = JSON.parse(text);
  if (v !== 1) throw new Error(`expected a ledger record of version 1, found version ${v}: deploy one version at a time`);
  return record;
}
