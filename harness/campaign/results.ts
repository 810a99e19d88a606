import { SharedGraph } from "../explore/shared-graph.ts";
import { type CellShare, joined } from "../lanes/cell.ts";
import type { RecordedTrace } from "../lanes/corpus.ts";
import type { Cell } from "../lanes/search-cell.ts";
import { cellOf } from "../library/registry.ts";
import type { Campaign } from "../model/campaign.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import type { Database, Db } from "./database.ts";
import { cellsOf } from "./store.ts";

/** A cell of a campaign, and what it has come to so far. */
export interface CampaignCell {
  readonly spec: CellSpec;
  /** Null while nothing of it is done. */
  readonly report: CellReport | null;
}

/**
 * What the cells of a campaign have come to. A cell that was searched in parts comes to what one search comes to; one of which parts
 * are missing is interrupted, and nothing is complete before every share of it is done.
 */
export async function resultsOf(database: Database, campaign: Campaign): Promise<readonly CampaignCell[]> {
  const specs = await cellsOf(database, campaign);
  const cells: CampaignCell[] = [];
  for (const [number, spec] of specs.entries()) {
    cells.push({ spec, report: await reportOf(database.db, campaign.id, number, await cellOf(spec)) });
  }
  return cells;
}

async function reportOf(db: Db, campaign: number, number: number, cell: Cell): Promise<CellReport | null> {
  const rows = await db
    .selectFrom("holdfast_campaign_results")
    .select(["kind", "result"])
    .where("campaign", "=", campaign)
    .where("cell", "=", number)
    .orderBy("first_schedule")
    .orderBy("id")
    .execute();
  const [first] = rows;
  if (first === undefined) return null;
  if (first.kind === "whole") return first.result as CellReport;
  if (first.kind === "share") {
    const shares = rows.map(({ result }) => result as CellShare);
    return ofShares(cell, shares, await graphOf(db, campaign, number));
  }
  const found = await foundBy(db, campaign, number);
  return joined(
    cell,
    rows.map(({ result }) => withStates(result as Part, found)),
  );
}

/** By the number of a schedule, how many states it was the first of all to pass through. */
async function foundBy(db: Db, campaign: number, cell: number): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom("holdfast_campaign_states")
    .select(["first_schedule", (row) => row.fn.countAll<string>().as("count")])
    .where("campaign", "=", campaign)
    .where("cell", "=", cell)
    .groupBy("first_schedule")
    .execute();
  return new Map(rows.map((row) => [Number(row.first_schedule), Number(row.count)]));
}

/** A part as if it stood alone. States that it shares with one before are not its own, and one name is as good as another. */
function withStates(part: Part, foundBy: ReadonlyMap<number, number>): Part {
  const found = Array.from({ length: part.schedules }, (_, index) => foundBy.get(part.from + index) ?? 0);
  const count = found.reduce((sum, one) => sum + one, 0);
  return { ...part, found, states: Array.from({ length: count }, (_, index) => `${part.from} ${index}`) };
}

function ofShares(cell: Cell, shares: readonly CellShare[], graph: SharedGraph): CellReport {
  const start = shares.find((share) => share.start !== null)?.start ?? null;
  const coverage = graph.coverage(start, Math.max(...shares.map(({ depth }) => depth)));
  let from = 0;
  const parts = shares.map(({ part }) => {
    const numbered = { ...part, from, found: Array.from({ length: part.schedules }, () => 0) };
    from += part.schedules;
    return numbered;
  });
  const { result, counterexample } = joined(cell, parts, coverage);
  return { result: { ...result, growth: [[result.schedules, result.states]] }, counterexample };
}

async function graphOf(db: Db, campaign: number, cell: number): Promise<SharedGraph> {
  const graph = new SharedGraph();
  const states = await db
    .selectFrom("holdfast_campaign_states")
    .select("state")
    .where("campaign", "=", campaign)
    .where("cell", "=", cell)
    .execute();
  graph.add(states.map(({ state }) => ({ key: state, edges: [] })));
  const rows = await db
    .selectFrom("holdfast_campaign_edges")
    .select(["state", "alike", "is_followed", "leads_to"])
    .where("campaign", "=", campaign)
    .where("cell", "=", cell)
    .orderBy("state")
    .orderBy("edge")
    .execute();
  const edges = Map.groupBy(rows, ({ state }) => state);
  graph.add(
    [...edges].map(([key, own]) => ({
      key,
      edges: own.map(({ alike, is_followed, leads_to }) => ({ alike, ...(is_followed ? { to: leads_to } : {}) })),
    })),
  );
  return graph;
}

/** Counterexamples of all campaigns, for later runs to play first. */
export async function corpusOf({ db }: Database): Promise<readonly RecordedTrace[]> {
  const rows = await db.selectFrom("holdfast_campaign_corpus").select("trace").orderBy("added_at").orderBy("signature").execute();
  return rows.map(({ trace }) => trace);
}
