/** One step of a run as a person reads it. No entry ever contains a secret: tokens appear by name. */
export interface TraceEntry {
  /** 1, 2, 3, … */
  readonly step: number;
  /** Virtual milliseconds since the run began. */
  readonly at: number;
  /** See {@link Choice.kind}. */
  readonly kind: string;
  /** The actor that caused it, where there is one: the sender of a request or response. */
  readonly from: string | null;
  /** The actor that it resumes. */
  readonly to: string;
  readonly label: string;
  /** Which choice was taken, 0 being FIFO, and out of how many; out of none where time itself decided. */
  readonly choice: number;
  readonly of: number;
  /** What FIFO would have taken, where it is known and something else was. */
  readonly instead?: { readonly label: string; readonly to: string };
  /** What the monitors saw happen in this step, a sentence each. */
  readonly events: readonly string[];
}
