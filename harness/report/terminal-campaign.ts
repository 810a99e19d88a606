import type { CampaignStatus } from "../model/campaign.ts";
import { type Paint, paintIn } from "./paint.ts";
import { counted, plain } from "./words.ts";

/**
 * How far a campaign is, as text.
 *
 * @example
 * ```ts
 * renderCampaign(status, { colour: process.stdout.isTTY });
 * ```
 */
export function renderCampaign(status: CampaignStatus, { colour = false }: { readonly colour?: boolean } = {}): string {
  const paint = paintIn(colour);
  const { campaign, cells, aside } = status;
  const head = `Campaign ${campaign.id} · ${plain(campaign.name)} · ${counted(cells, "cell")} · code ${plain(campaign.code)}`;
  const lines = [
    ["jobs", jobs(status, paint)],
    ["rate", rate(status)],
    ["seen", `${counted(status.schedules, "schedule")}, ${counted(status.states, "state")}`],
    ["found", found(status, paint)],
    ["workers", `${counted(status.workers, "worker")} on ${counted(status.machines, "machine")}`],
    ["queue", queue(status)],
  ] as const;
  return [
    `${paint.bold(head)}${campaign.isStopped ? ` · ${paint.yellow("stopped")}` : ""}`,
    ...lines.map(([what, words]) => `  ${what.padEnd(8)} ${words}`),
    ...aside.map(({ id, deaths, why }) =>
      paint.red(`  set aside after it had killed ${counted(deaths, "worker")}: job ${id}: ${plain(why)}`),
    ),
    "",
  ].join("\n");
}

function jobs({ jobs: { open, done, aside }, secondsLeft }: CampaignStatus, paint: Paint): string {
  const parts = [`${done.toLocaleString("en-US")} of ${counted(open + done + aside, "job")} done`];
  if (aside > 0) parts.push(paint.red(`${aside} set aside`));
  if (open > 0 && secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  return parts.join(", ");
}

function rate({ schedulesPerSecond, jobsPerMinute }: CampaignStatus): string {
  return `${Math.round(schedulesPerSecond).toLocaleString("en-US")} schedules/s, ${Math.round(jobsPerMinute)} jobs/min over the last minute`;
}

function found({ violations, limits }: CampaignStatus, paint: Paint): string {
  if (violations + limits === 0) return "nothing";
  const broken = violations === 0 ? [] : [paint.red(counted(violations, "violation"))];
  const cannot = limits === 0 ? [] : [`${counted(limits, "limit")} of issuers`];
  return [...broken, ...cannot].join(", ");
}

function queue({ queueShare, medianJob }: CampaignStatus): string {
  if (queueShare === null || medianJob === null) return "–";
  return `${(100 * queueShare).toFixed(1)} % of the workers' time; a job takes ${(medianJob / 1000).toFixed(1)} s (median)`;
}

/** Hours and minutes, or minutes and seconds. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
  return `${Math.floor(whole / 3_600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")} h`;
}
