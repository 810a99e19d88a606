import { hash } from "node:crypto";
import type { Departure } from "../model/departure.ts";
import type { Schedule } from "../model/program.ts";

/** What a recorded run says of its steps. */
export interface RecordedSteps {
  readonly schedule: Schedule;
  /** As {@link stepChecks} gave it; null in strings that were recorded before there were any. */
  readonly checks: string | null;
}

/** What was chosen in a replay, and its trace, a line a step. */
export interface PlayedSteps {
  readonly schedule: Schedule;
  readonly lines: readonly string[];
}

/**
 * A byte for each step of a run, as base64url: the first of a hash over this step and all before it. So whatever a change does to
 * one step shows in all that follow, and is missed in its own step once in 256 times, and in two once in 65,536.
 */
export function stepChecks(lines: readonly string[]): string {
  return Buffer.from(bytesOf(lines)).toString("base64url");
}

/** The first step in which a replay is not what was recorded; null where it is, as far as its steps tell. */
export function departureOf({ schedule: wanted, checks }: RecordedSteps, { schedule, lines }: PlayedSteps): Departure | null {
  const recorded = checks === null ? null : Buffer.from(checks, "base64url");
  const played = bytesOf(lines);
  for (const [index, byte] of played.entries()) {
    const step = index + 1;
    const now = lines[index] ?? null;
    if ((wanted[index] ?? 0) !== schedule[index]) return { step, how: "no such choice", now };
    if (recorded === null) continue;
    if (index >= recorded.length) return { step, how: "goes on", now };
    if (recorded[index] !== byte) return { step, how: "another step", now };
  }
  const length = recorded?.length ?? wanted.length;
  return length > played.length ? { step: played.length + 1, how: "ended", now: null } : null;
}

function bytesOf(lines: readonly string[]): readonly number[] {
  let chain = "";
  return lines.map((line) => {
    chain = hash("sha256", `${chain}\n${line}`);
    return Number.parseInt(chain.slice(0, 2), 16);
  });
}
