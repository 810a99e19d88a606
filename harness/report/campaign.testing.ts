import type { CampaignStatus } from "../model/campaign.ts";

/** A campaign in its middle. */
export const campaignStatus: CampaignStatus = {
  campaign: { id: 3, name: "nightly", code: "0.0.0-0123456789ab", seed: 1, seconds: 15, schedulesPerJob: null, isStopped: false },
  cells: 25,
  jobs: { open: 120, done: 1_300, aside: 0 },
  schedules: 1_204_000,
  schedulesPerSecond: 1_810.4,
  jobsPerMinute: 64.2,
  states: 3_456_789,
  workers: 16,
  machines: 2,
  violations: 0,
  limits: 0,
  secondsLeft: 112,
  queueShare: 0.0142,
  medianJob: 14_870,
  aside: [],
};
