import { sql } from "kysely";
import type { Campaign, CampaignStatus } from "../model/campaign.ts";
import type { CellReport } from "../model/cell.ts";
import type { Database } from "./database.ts";
import { GONE } from "./presence.ts";

/** Seconds over which rates are taken. */
const WINDOW = 60;

/** Reads how far a campaign is. It changes nothing, so that anybody may ask as often as he likes. */
export async function statusOf({ db }: Database, campaign: Campaign): Promise<CampaignStatus> {
  const { id } = campaign;
  const { rows: sums } = await sql<{
    cells: number;
    open: number;
    done: number;
    aside: number;
    schedules: number;
    recent: number;
    recent_jobs: number;
    window: number;
    states: number;
    workers: number;
    machines: number;
    queue_share: number | null;
    median: number | null;
  }>`
    with jobs as (select * from campaign_jobs where campaign = ${id}),
      recent as (select * from jobs where done_at > now() - make_interval(secs => ${WINDOW})),
      alive as (
        select * from campaign_workers
        where campaign = ${id} and left_at is null and seen_at > now() - make_interval(secs => ${GONE})
      )
    select
      (select count(*)::int from campaign_cells where campaign = ${id}) as cells,
      (select count(*)::int from jobs where state = 'open') as open,
      (select count(*)::int from jobs where state = 'done') as done,
      (select count(*)::int from jobs where state = 'aside') as aside,
      (select coalesce(sum(schedules), 0)::float8 from jobs) as schedules,
      (select coalesce(sum(schedules), 0)::float8 from recent) as recent,
      (select count(*)::int from recent) as recent_jobs,
      (select greatest(1, least(${WINDOW}, extract(epoch from now() - min(started_at))))::float8
        from campaign_workers where campaign = ${id}) as window,
      (select count(*)::float8 from campaign_states where campaign = ${id}) as states,
      (select count(*)::int from alive) as workers,
      (select count(distinct host)::int from alive) as machines,
      (select sum(queue_ms) / nullif(sum(queue_ms + work_ms), 0) from jobs where state = 'done' and schedules > 0) as queue_share,
      (select percentile_cont(0.5) within group (order by work_ms) from jobs where state = 'done' and schedules > 0) as median`.execute(db);
  const [sum] = sums;
  if (sum === undefined) throw new Error("unreachable: sums are one row");
  const told = await db.selectFrom("campaign_counterexamples").select("report").where("campaign", "=", id).execute();
  const aside = await db
    .selectFrom("campaign_jobs")
    .select(["id", "deaths", "last_death"])
    .where("campaign", "=", id)
    .where("state", "=", "aside")
    .orderBy("id")
    .execute();
  const broken = told.filter(({ report }) => isBroken(report)).length;
  const perSecond = sum.recent_jobs / (sum.window ?? WINDOW);
  return {
    campaign,
    cells: sum.cells,
    jobs: { open: sum.open, done: sum.done, aside: sum.aside },
    schedules: sum.schedules,
    schedulesPerSecond: sum.recent / (sum.window ?? WINDOW),
    jobsPerMinute: 60 * perSecond,
    states: sum.states,
    workers: sum.workers,
    machines: sum.machines,
    violations: broken,
    limits: told.length - broken,
    secondsLeft: perSecond === 0 ? null : sum.open / perSecond,
    queueShare: sum.queue_share,
    medianJob: sum.median,
    aside: aside.map((job) => ({ id: job.id, deaths: job.deaths, why: job.last_death ?? "" })),
  };
}

function isBroken({ result }: CellReport): boolean {
  return result.verdict === "violated";
}
