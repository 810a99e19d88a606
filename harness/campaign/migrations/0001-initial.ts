import { type Kysely, sql } from "kysely";

/** The tables of campaigns. Job queues have a schema of their own, which pg-boss keeps. */
export const initial = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table holdfast_campaigns (
        id serial primary key,
        name text not null,
        code text not null,
        seed integer not null,
        seconds double precision not null,
        schedules_per_job integer,
        created_at timestamptz not null default now(),
        stopped_at timestamptz
      )`.execute(db);
    await sql`
      create table holdfast_campaign_cells (
        campaign integer not null references holdfast_campaigns on delete cascade,
        cell integer not null,
        spec json not null,
        primary key (campaign, cell)
      )`.execute(db);
    await sql`
      create table holdfast_campaign_jobs (
        id uuid primary key,
        campaign integer not null references holdfast_campaigns on delete cascade,
        code text not null,
        pieces json not null,
        state text not null default 'open' check (state in ('open', 'done', 'aside')),
        deaths integer not null default 0,
        last_death text,
        worker uuid,
        work_ms double precision,
        queue_ms double precision,
        schedules bigint,
        done_at timestamptz
      )`.execute(db);
    await sql`create index campaign_jobs_by_state on holdfast_campaign_jobs (campaign, state)`.execute(db);
    await sql`
      create table holdfast_campaign_results (
        id bigserial primary key,
        campaign integer not null references holdfast_campaigns on delete cascade,
        code text not null,
        cell integer not null,
        job uuid not null references holdfast_campaign_jobs on delete cascade,
        kind text not null check (kind in ('whole', 'stretch', 'share')),
        first_schedule bigint not null,
        schedules bigint not null,
        decided boolean not null,
        result json not null
      )`.execute(db);
    await sql`create unique index campaign_results_once on holdfast_campaign_results (campaign, cell, first_schedule) where kind <> 'share'`.execute(
      db,
    );
    await sql`create index campaign_results_by_cell on holdfast_campaign_results (campaign, cell)`.execute(db);
    await sql`
      create table holdfast_campaign_states (
        campaign integer not null references holdfast_campaigns on delete cascade,
        cell integer not null,
        state text not null,
        first_schedule bigint not null,
        primary key (campaign, cell, state)
      )`.execute(db);
    await sql`
      create table holdfast_campaign_edges (
        campaign integer not null references holdfast_campaigns on delete cascade,
        cell integer not null,
        state text not null,
        edge integer not null,
        alike integer not null,
        is_followed boolean not null,
        leads_to text,
        primary key (campaign, cell, state, edge)
      )`.execute(db);
    await sql`
      create table holdfast_campaign_counterexamples (
        campaign integer not null references holdfast_campaigns on delete cascade,
        signature text not null,
        code text not null,
        cell integer not null,
        steps integer not null,
        times integer not null default 1,
        report json not null,
        primary key (campaign, signature)
      )`.execute(db);
    await sql`
      create table holdfast_campaign_corpus (
        signature text primary key,
        code text not null,
        trace json not null,
        added_at timestamptz not null default now()
      )`.execute(db);
    await sql`
      create table holdfast_campaign_workers (
        id uuid primary key,
        campaign integer not null references holdfast_campaigns on delete cascade,
        code text not null,
        host text not null,
        pid integer not null,
        node text not null,
        started_at timestamptz not null default now(),
        seen_at timestamptz not null default now(),
        left_at timestamptz
      )`.execute(db);
  },
};
