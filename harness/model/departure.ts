/** Where a replay is no longer what was recorded. */
export interface Departure {
  /** The first step that is another one; null where no step tells. */
  readonly step: number | null;
  /** How it shows. */
  readonly how:
    | "another step"
    /** The recorded choice is not offered; FIFO's was taken. */
    | "no such choice"
    /** The recorded run went on. */
    | "ended"
    /** The recorded run had ended. */
    | "goes on"
    /** Every step is the same, but what a message carries is not. */
    | "another message"
    /** Something is not the same, and the recording does not say which step it is. */
    | "unknown";
}
