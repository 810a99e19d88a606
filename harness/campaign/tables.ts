import type { ColumnType, Generated } from "kysely";
import type { RecordedTrace } from "../lanes/corpus.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Piece, PieceResult } from "./pieces.ts";

/** `bigint` comes as text, which is what no number of JavaScript's loses. */
type Count = ColumnType<string, number | string, number | string>;
/** Given as text: `pg` would take an array for one of Postgres'. */
type Json<T> = ColumnType<T, string, string>;
type Time = ColumnType<Date, Date | undefined, Date>;

/** The tables of campaigns, see migrations. A code version is part of every row that says what code came to. */
export interface Tables {
  readonly holdfast_campaigns: {
    readonly id: Generated<number>;
    readonly name: string;
    readonly code: string;
    readonly seed: number;
    /** How long a job should take. */
    readonly seconds: number;
    readonly schedules_per_job: number | null;
    readonly created_at: Time;
    readonly stopped_at: Date | null;
  };
  readonly holdfast_campaign_cells: { readonly campaign: number; readonly cell: number; readonly spec: Json<CellSpec> };
  readonly holdfast_campaign_jobs: {
    readonly id: string;
    readonly campaign: number;
    readonly code: string;
    readonly pieces: Json<readonly Piece[]>;
    readonly state: Generated<"open" | "done" | "aside">;
    /** Workers that it has killed. */
    readonly deaths: Generated<number>;
    readonly last_death: string | null;
    readonly worker: string | null;
    /** What a worker spent on the job itself, and what on fetching it and on handing in what it came to. */
    readonly work_ms: number | null;
    readonly queue_ms: number | null;
    readonly schedules: Count | null;
    readonly done_at: Date | null;
  };
  readonly holdfast_campaign_results: {
    readonly id: Generated<string>;
    readonly campaign: number;
    readonly code: string;
    readonly cell: number;
    readonly job: string;
    readonly kind: PieceResult["kind"];
    /** The number of the first schedule of a stretch; 0 for the others. */
    readonly first_schedule: Count;
    readonly schedules: Count;
    /** What comes after it in the cell does not count. */
    readonly decided: boolean;
    readonly result: Json<unknown>;
  };
  readonly holdfast_campaign_states: {
    readonly campaign: number;
    readonly cell: number;
    readonly state: string;
    /** The number of the first schedule that is known to pass through it. */
    readonly first_schedule: Count;
  };
  readonly holdfast_campaign_edges: {
    readonly campaign: number;
    readonly cell: number;
    readonly state: string;
    /** Which of the state's choices it is, in the order of their names. */
    readonly edge: number;
    /** How many choices of the state are this one by another name. */
    readonly alike: number;
    readonly is_followed: boolean;
    /** Null where it is not followed, and where the run ends. */
    readonly leads_to: string | null;
  };
  readonly holdfast_campaign_counterexamples: {
    readonly campaign: number;
    readonly signature: string;
    readonly code: string;
    readonly cell: number;
    readonly steps: number;
    /** In how many results it was found. */
    readonly times: Generated<number>;
    readonly report: Json<CellReport>;
  };
  readonly holdfast_campaign_corpus: {
    readonly signature: string;
    readonly code: string;
    readonly trace: Json<RecordedTrace>;
    readonly added_at: Time;
  };
  readonly holdfast_campaign_workers: {
    readonly id: string;
    readonly campaign: number;
    readonly code: string;
    readonly host: string;
    readonly pid: number;
    readonly node: string;
    readonly started_at: Time;
    readonly seen_at: Time;
    readonly left_at: Date | null;
  };
}
