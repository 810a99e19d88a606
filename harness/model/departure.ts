/** Where a replay is no longer what was recorded. */
export interface Departure {
  /** The first step that is another one. */
  readonly step: number;
  /** How it shows there. */
  readonly how:
    | "another step"
    /** The recorded choice is not offered; FIFO's was taken. */
    | "no such choice"
    /** The recorded run went on. */
    | "ended"
    /** The recorded run had ended. */
    | "goes on";
  /** What happens in this step now; null where nothing does. */
  readonly now: string | null;
}
