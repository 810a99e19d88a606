import type { Seal } from "../seal.ts";
import { decodeSession, hasTokens, type SessionData, type SessionReference } from "../session-data.ts";
import type { LedgerRecord } from "./ledger-record.ts";
import type { RefreshOutcome } from "./strategy.ts";

/** Opens the session that a record holds; null when this deployment cannot. */
export type Opener = (record: LedgerRecord) => Promise<SessionData | null>;

const SEALED: RefreshOutcome = {
  kind: "unavailable",
  said: "the stored session was sealed with a key that this deployment does not have: add it to the ring",
  retryAfter: null,
};

export function createOpener(seal: Seal): Opener {
  return async ({ sealed }) => {
    const opened = sealed === null ? null : await seal.open(sealed);
    const session = opened?.kind === "opened" ? decodeSession(opened.text) : null;
    return session !== null && hasTokens(session) ? session : null;
  };
}

/** What a record already says about a cookie; null when the cookie's generation stands and may be refreshed. */
export async function standing(opener: Opener, record: LedgerRecord | null, cookie: SessionReference): Promise<RefreshOutcome | null> {
  if (record === null) return null;
  if (record.epoch > cookie.epoch) {
    return { kind: "signed-out", reason: record.endedBy ?? "session_ended", said: "the session has been ended" };
  }
  // A ledger that was restored from a copy: the cookie knows better.
  if (record.generation < cookie.generation) return null;
  if (record.generation === cookie.generation) {
    return record.rejected === null ? null : { kind: "signed-out", reason: "refresh_rejected", said: record.rejected };
  }
  return newest(opener, record, cookie);
}

/** The newest generation, for a cookie of the same organization. */
export async function newest(opener: Opener, record: LedgerRecord, cookie: SessionReference): Promise<RefreshOutcome> {
  if (record.organizationId !== cookie.organizationId) return { kind: "stale", because: "organization" };
  const session = await opener(record);
  return session === null ? SEALED : { kind: "rotated", session };
}
