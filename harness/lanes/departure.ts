import { hash } from "node:crypto";
import type { Departure } from "../model/departure.ts";
import type { Schedule } from "../model/program.ts";
import type { Replay } from "./replay-string.ts";

/** What a recorded run says of itself. */
export type Recorded = Pick<Replay, "schedule" | "checks" | "traceHash">;

/** What was chosen in a replay, and its trace, a line a step. */
export interface Played {
  readonly schedule: Schedule;
  readonly lines: readonly string[];
  /** Null when it did not come to its end. */
  readonly traceHash: string | null;
}

/**
 * A byte for each step of a run, as base64url: the first of a hash over this step and all before it. So whatever a change does to
 * one step shows in all that follow, and is missed in its own step once in 256 times, and in two once in 65,536.
 */
export function stepChecks(lines: readonly string[]): string {
  return Buffer.from(bytesOf(lines)).toString("base64url");
}

/** The first step in which a replay is not what was recorded; null where it is. */
export function departureOf(recorded: Recorded, played: Played): Departure | null {
  if (played.traceHash === recorded.traceHash) return null;
  const checks = recorded.checks === null ? null : Buffer.from(recorded.checks, "base64url");
  const bytes = bytesOf(played.lines);
  for (const [index, byte] of bytes.entries()) {
    const step = index + 1;
    if ((recorded.schedule[index] ?? 0) !== played.schedule[index]) return { step, how: "no such choice" };
    if (checks === null) continue;
    if (index >= checks.length) return { step, how: "goes on" };
    if (checks[index] !== byte) return { step, how: "another step" };
  }
  const length = checks?.length ?? recorded.schedule.length;
  if (length > bytes.length) return { step: bytes.length + 1, how: "ended" };
  return { step: null, how: checks === null ? "unknown" : "another message" };
}

function bytesOf(lines: readonly string[]): readonly number[] {
  let chain = "";
  return lines.map((line) => {
    chain = hash("sha256", `${chain}\n${line}`);
    return Number.parseInt(chain.slice(0, 2), 16);
  });
}
